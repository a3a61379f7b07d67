"""Where among the other lanes one is put down that is dragged."""

from PySide6.QtWidgets import QWidget


def index_at(lanes: list[QWidget], y: int) -> int:
    """The place among `lanes`, given from the top, that pixel `y` of the screen stands for."""
    return sum(lane.mapToGlobal(lane.rect().center()).y() < y for lane in lanes)


def gap_at(lanes: list[QWidget], y: int, spacing: int) -> int | None:
    """The middle of the gap there, in pixels of the widget that holds the lanes; None where there are no others."""
    index = index_at(lanes, y)
    if index < len(lanes):
        return lanes[index].y() - spacing // 2
    return lanes[-1].geometry().bottom() + spacing // 2 if lanes else None

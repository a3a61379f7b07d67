"""What can be done with a take at the place that was clicked."""

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from calm_studio import theme
from calm_studio.requests import AGAIN_STEPS
from calm_studio.values import Lane


class TakeMenu(QMenu):
    """Opens at once and blocks nothing; each signal is one of its lines. `colour_wanted` carries a number of
    `theme.LANE_COLOURS`, or None."""

    branch_wanted = Signal()
    back_wanted = Signal()
    again_wanted = Signal()
    land_wanted = Signal()
    rename_wanted = Signal()
    notes_wanted = Signal()
    star_wanted = Signal()
    mute_wanted = Signal()
    colour_wanted = Signal(object)
    duplicate_wanted = Signal()
    reveal_wanted = Signal()
    copy_wanted = Signal()
    export_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, parent: QWidget, where: QPoint, lane: Lane):
        super().__init__(parent)
        marks = lane.marks
        again = f"Render again at {AGAIN_STEPS} steps"
        self._add(("Branch here\tB", self.branch_wanted), ("Land here", self.land_wanted), (again, self.again_wanted))
        if lane.alarm is not None:
            self._add(("Back to the last good bar\tShift+B", self.back_wanted))
        self._add(
            ("Rename\tF2", self.rename_wanted),
            ("Notes\N{HORIZONTAL ELLIPSIS}\tN", self.notes_wanted),
            ("Take the star off\tS" if marks.starred else "Star\tS", self.star_wanted),
            ("Let it sound\tM" if marks.muted else "Mute\tM", self.mute_wanted),
        )
        self._add_colours(marks.colour)
        self._add(
            ("Duplicate\tCtrl+D", self.duplicate_wanted),
            ("Copy file", self.copy_wanted),
            ("Reveal in its folder", self.reveal_wanted),
            ("Export\N{HORIZONTAL ELLIPSIS}\tCtrl+Shift+E", self.export_wanted),
        )
        self._add(("Delete\tDel", self.delete_wanted))
        self.aboutToHide.connect(self.deleteLater)
        self.popup(where)

    def _add(self, *lines: tuple[str, Signal]) -> None:
        """A group."""
        if self.actions():
            self.addSeparator()
        for words, signal in lines:
            self.addAction(words).triggered.connect(signal)

    def _add_colours(self, now: int | None) -> None:
        menu = self.addMenu("Colour")
        for number, (name, colour) in enumerate((("None", theme.LINE), *theme.LANE_COLOURS), -1):
            value = number if number >= 0 else None
            action = menu.addAction(_swatch(colour), name)
            action.setCheckable(True)
            action.setChecked(value == now)
            action.triggered.connect(lambda checked, value=value: self.colour_wanted.emit(value))


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(QSize(12, 12))
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)

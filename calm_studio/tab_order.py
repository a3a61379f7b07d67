"""Where Tab goes: through one part of the window after the other, and in each along its lines as one reads. Worked out
when Tab is pressed, because cards, takes and fields come and go."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

SAME_LINE = 10
"""Pixels by which the middles of two widgets on one line may differ in height."""


def stops(parts: Sequence[QWidget]) -> list[QWidget]:
    """All that Tab stops at in these parts of a window, in order."""
    return [widget for part in parts for line in _lines(part) for widget in line]


def neighbour(order: list[QWidget], now: QWidget | None, step: int) -> QWidget | None:
    """The stop `step` after the one that has the keyboard, or that holds what has it; from the last to the first."""
    while now is not None and now not in order:
        now = now.parentWidget()
    if not order:
        return None
    return order[0 if now is None else (order.index(now) + step) % len(order)]


def press_by_enter(button: QAbstractButton) -> None:
    """Space is for playing, so Enter presses the button that has the keyboard."""
    if button.findChild(QShortcut) is None:
        for key in ("Return", "Enter"):
            QShortcut(QKeySequence(key), button, activated=button.click, context=Qt.ShortcutContext.WidgetShortcut)


def _lines(part: QWidget) -> list[list[QWidget]]:
    """From the top, each from the left; the part itself first."""
    inside = [widget for widget in part.findChildren(QWidget) if _is_stop(widget)]
    lines: list[list[QWidget]] = []
    for widget in sorted(inside, key=lambda widget: _middle(widget, part).y()):
        if lines and _middle(widget, part).y() - _middle(lines[-1][0], part).y() <= SAME_LINE:
            lines[-1].append(widget)
        else:
            lines.append([widget])
    across = [sorted(line, key=lambda widget: _middle(widget, part).x()) for line in lines]
    return [[part], *across] if _is_stop(part) else across


def _is_stop(widget: QWidget) -> bool:
    """Of choices that exclude each other only the chosen one is: the arrow keys go to the others."""
    if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()):
        return False
    if widget.objectName() == "qt_spinbox_lineedit":  # its spin box is
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is None or not group.exclusive() or group.checkedButton() in (None, widget)


def _middle(widget: QWidget, part: QWidget) -> QPoint:
    return widget.mapTo(part, widget.rect().center())

"""Editing one knob over time: points by mouse and keyboard."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent

from calm_studio.moves import Knob, Moves, erased, moved, points_of, put
from calm_studio.timeline.line_editor import LineEditor
from calm_studio.timeline.strip_view import BOTTOM, HEIGHT, TOP, StripView
from calm_studio.timeline.time_drag import THRESHOLD

GRIP = 8
"""Pixels around a point where the mouse takes hold of it."""
LEAP = 25
"""Frames that an arrow key goes with Shift: a second."""


class Strip(StripView):
    """`edited` carries all moves as they are now, and whether that belongs to the edit before, as in one drag.

    A click puts a point, a drag moves one, a double click takes it away; a drag elsewhere chooses all points that it
    passes. The keys: arrows move what is chosen, Ctrl and the arrows choose, Insert puts a point, Enter types its
    value, Delete takes away.
    """

    edited = Signal(object, bool)

    def __init__(self, knob: Knob):
        super().__init__(knob)
        self._held: int | None = None
        self._pressed: QPointF | None = None
        self._goes_on = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(
            "Click to put a point, drag it, double-click to take it away; drag over some and press Del.\n"
            "Keys: Insert, Ctrl+arrows to choose, arrows to move, Enter to type a value"
        )

    def _point_at(self, at: QPointF) -> int | None:
        """The frame of the point under the mouse."""
        near = [
            (abs(self.x(frame) - at.x()) + abs(self.y(value) - at.y()), frame)
            for frame, value in points_of(self.moves, self.knob)
            if abs(self.x(frame) - at.x()) <= GRIP and abs(self.y(value) - at.y()) <= GRIP
        ]
        return min(near)[1] if near else None

    def _place(self, at: QPointF) -> tuple[int, float]:
        """The frame and the value under the mouse."""
        frame = self.clock.frame(self.span.time(at.x(), self.width()))
        return frame, self.knob.at_share(1 - (at.y() - TOP) / (HEIGHT - TOP - BOTTOM))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.editable:
            return
        self._pressed, self._held, self._goes_on = event.position(), self._point_at(event.position()), False
        self._choose(frozenset() if self._held is None else frozenset({self._held}))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if self._held is not None:
            self._move_held(*self._place(event.position()))
        elif self.box is not None or abs(event.position().x() - self._pressed.x()) >= THRESHOLD:
            left, right = sorted((self._pressed.x(), event.position().x()))
            self.box = QRectF(left, 1, right - left, HEIGHT - 2)
            frames = (frame for frame, _ in points_of(self.moves, self.knob))
            self._choose(frozenset(frame for frame in frames if left <= self.x(frame) <= right))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and self._held is None and self.box is None:
            frame, value = self._place(event.position())
            self._put(frame, value)
        self._pressed = self._held = self.box = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self._point_at(event.position()) if self.editable else None
        if point is not None:
            self._choose(frozenset({point}))
            self._erase()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Type the value of the point there."""
        point = self._point_at(QPointF(event.pos())) if self.editable else None
        if point is not None:
            self._choose(frozenset({point}))
            self._type()

    def event(self, event: QEvent) -> bool:
        """The keys below are for this strip while it has the keyboard, not for the window."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _own_keys(_with_control(event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(event.key())
        upwards = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(event.key())
        if not self.editable:
            super().keyPressEvent(event)
        elif sideways is not None and _with_control(event):
            self._choose_next(sideways)
        elif sideways is not None or upwards is not None:
            leap = LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._step((sideways or 0) * leap, (upwards or 0) * self.knob.step)
        elif event.key() == Qt.Key.Key_Insert:
            self._insert()
        elif event.key() == Qt.Key.Key_Delete:
            self._erase()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not _with_control(event):
            self._type()
        else:
            super().keyPressEvent(event)

    def _choose(self, frames: frozenset[int]) -> None:
        self.chosen = frames
        self.update()

    def _choose_next(self, way: int) -> None:
        """The next point, or the first."""
        frames = [frame for frame, _ in points_of(self.moves, self.knob)]
        place = frames.index(min(self.chosen)) + way if self.chosen else 0
        self._choose(frozenset({frames[min(max(place, 0), len(frames) - 1)]}))

    def _put(self, frame: int, value: float) -> None:
        self._tell(put(self.moves, self.knob, frame, value), False, frame)

    def _insert(self) -> None:
        """A point in the middle of the step that begins at the chosen one, or at the first."""
        points = points_of(self.moves, self.knob)
        place = [frame for frame, _ in points].index(min(self.chosen, default=0))
        stop = points[place + 1][0] if place + 1 < len(points) else self.clock.count
        value = points[place][1]
        near = value + self.knob.step if value + self.knob.step <= self.knob.most else value - self.knob.step
        if (middle := (points[place][0] + stop) // 2) > points[place][0]:
            self._put(middle, near)

    def _move_held(self, frame: int, value: float) -> None:
        after = moved(self.moves, self.knob, self._held, frame, value)
        self._held = self._follow(after, self._held, frame)
        self._tell(after, self._goes_on, self._held)
        self._goes_on = True

    def _step(self, frames: int, value: float) -> None:
        """Move the one point that is chosen."""
        if len(self.chosen) == 1:
            (point,) = self.chosen
            to = self.clock.frame(self.clock.seconds(point + frames))
            after = moved(self.moves, self.knob, point, to, dict(points_of(self.moves, self.knob))[point] + value)
            self._tell(after, False, self._follow(after, point, to))

    def _follow(self, after: Moves, point: int, to: int) -> int:
        """Where a point is that was to go from one frame to another: it may have met its neighbour."""
        before = {frame for frame, _ in points_of(self.moves, self.knob)} - {point}
        new = [frame for frame, _ in points_of(after, self.knob) if frame not in before]
        return new[0] if new else point

    def _erase(self) -> None:
        self._tell(erased(self.moves, self.knob, self.chosen), False, None)

    def _type(self) -> None:
        """Have the value of the one point that is chosen typed in."""
        if len(self.chosen) != 1:
            return
        (point,) = self.chosen
        value = dict(points_of(self.moves, self.knob))[point]
        left = min(max(round(self.x(point)) - 30, 2), self.width() - 84)
        room = QRect(left, (HEIGHT - 24) // 2, 82, 24)
        editor = LineEditor(self, room, f"{value:{self.knob.form}}", f"{self.knob.name} here", 8)
        editor.kept.connect(lambda text: self._on_typed(point, text))
        editor.left.connect(self.setFocus)

    def _on_typed(self, point: int, text: str) -> None:
        """What is no number changes nothing."""
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            return
        if value == value:
            self._put(point, value)

    def _tell(self, moves: Moves, goes_on: bool, chosen: int | None) -> None:
        if moves != self.moves:
            self.edited.emit(moves, goes_on)
        frames = {frame for frame, _ in points_of(self.moves, self.knob)}
        self._choose(frozenset({chosen} & frames))


def _own_keys(control: bool) -> tuple[Qt.Key, ...]:
    """Those that the window uses otherwise."""
    if control:
        return Qt.Key.Key_Left, Qt.Key.Key_Right
    return Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Insert


def _with_control(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

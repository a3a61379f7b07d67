"""The lanes on their common ruler: the prompt, then the takes, newest first; the selected one is large."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from calm_studio.drag_out import DragHandle
from calm_studio.state import timeline_end
from calm_studio.timeline.automation import AutomationStrip
from calm_studio.timeline.lane import WaveLane
from calm_studio.timeline.prompt_lane import PromptLane
from calm_studio.timeline.ruler import Ruler
from calm_studio.timeline.span import Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.values import Lane, State

HINT = (
    "Drag the teal edges to choose the prompt \N{MIDDLE DOT} Double-click a take to branch there "
    "\N{MIDDLE DOT} Space plays \N{MIDDLE DOT} L loops \N{MIDDLE DOT} Ctrl+wheel zooms"
)
EMPTY = "Drop a clip here, or pick one on the left, and press Continue"


class TimelinePanel(QWidget):
    """Shows the state's clip and lanes. Signals about a take carry its id, `sought` None for the prompt; seconds are
    of the timeline.

    The up and down keys ask for the lane `neighbour_wanted` (-1 or 1) away from the selected one.
    """

    sought = Signal(object, float)
    branch_wanted = Signal(int, float)
    menu_wanted = Signal(int, float, QPoint)
    drag_all_wanted = Signal()
    trimmed = Signal(float, float)
    drag_wanted = Signal(int)
    neighbour_wanted = Signal(int)

    def __init__(self):
        super().__init__()
        self._end = 1.0
        self._fitted = True
        self._span = Span(0.0, 1.0)
        self._order: list[QWidget] = []
        self._playing: int | None = None
        self.lanes: dict[int, TakeLane] = {}
        self.ruler = Ruler()
        self.prompt_lane = PromptLane()
        self.automation = AutomationStrip()
        self.drag_all = DragHandle("all takes out as WAV files", "Drag all takes", "Drag all takes")
        self.drag_all.wanted.connect(self.drag_all_wanted)
        self.hint = QLabel(EMPTY)
        self.hint.setObjectName("hint")
        self.hint.setWordWrap(True)
        self.hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.footer = QWidget()
        footer = QHBoxLayout(self.footer)
        footer.setContentsMargins(0, 0, 0, 0)
        footer.addWidget(self.hint, 1)
        footer.addWidget(self.drag_all, 0, Qt.AlignmentFlag.AlignTop)
        self._build()
        self.sought.connect(lambda take_id, seconds: self.setFocus())
        self.ruler.sought.connect(lambda seconds: self.sought.emit(self._playing, seconds))
        self.ruler.fit_wanted.connect(self._fit)
        self.prompt_lane.sought.connect(lambda seconds: self.sought.emit(None, seconds))
        self.prompt_lane.trimmed.connect(self.trimmed)
        self.prompt_lane.wheeled.connect(self._on_wheel)

    def _build(self) -> None:
        content = _Content()
        content.resized.connect(self.ruler.setMaximumWidth)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.ruler)
        layout.addWidget(area, 1)

    def show_state(self, state: State, planned: float) -> None:
        """`planned` is the length in seconds that Continue would write."""
        for take_id in self.lanes.keys() - {lane.take.id for lane in state.lanes}:
            self.lanes.pop(take_id).deleteLater()
        for lane in state.lanes:
            self._show_lane(lane, lit=lane is state.lane)
        self._arrange(state)
        if state.clip is not None:
            self.prompt_lane.show_clip(state.clip, planned)
        if state.lane is not None:
            self.automation.show_lane(state.lane)
        self._show_hint(empty=state.clip is None and not state.lanes)
        self.drag_all.setVisible(len(state.lanes) > 1)
        self._show_end(timeline_end(state, planned))

    def _show_lane(self, lane: Lane, lit: bool) -> None:
        widget = self.lanes.get(lane.take.id)
        if widget is None:
            widget = self.lanes[lane.take.id] = TakeLane(lane)
            widget.show_span(self._span)
            widget.sought.connect(lambda seconds, take_id=lane.take.id: self.sought.emit(take_id, seconds))
            widget.double_clicked.connect(lambda at, take_id=lane.take.id: self.branch_wanted.emit(take_id, at))
            widget.menu_wanted.connect(
                lambda at, where, take_id=lane.take.id: self.menu_wanted.emit(take_id, at, where)
            )
            widget.drag.wanted.connect(lambda take_id=lane.take.id: self.drag_wanted.emit(take_id))
            widget.wheeled.connect(self._on_wheel)
            widget.set_lit(lit)
        if widget.lit != lit:
            widget.set_lit(lit)
        widget.show_lane(lane)

    def _arrange(self, state: State) -> None:
        order: list[QWidget] = [self.prompt_lane]
        for lane in state.lanes:
            order += [self.lanes[lane.take.id]] + [self.automation] * (lane is state.lane)
        order.append(self.footer)
        if self.prompt_lane.lit != (state.lane is None):
            self.prompt_lane.set_lit(state.lane is None)
        if order != self._order:
            self._fill_column(order)
        self.prompt_lane.setVisible(state.clip is not None)
        self.automation.setVisible(has_curve(state.lane))

    def _show_hint(self, empty: bool) -> None:
        self.hint.setText(EMPTY if empty else HINT)
        self.hint.setMinimumHeight(300 if empty else 0)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter if empty else Qt.AlignmentFlag.AlignLeft)

    def _fill_column(self, order: list[QWidget]) -> None:
        while self._column.count():
            self._column.takeAt(0)
        for widget in order:
            self._column.addWidget(widget, int(isinstance(widget, WaveLane) and widget.lit))
        self._column.addStretch(0)
        self._order = order

    def _show_end(self, end: float) -> None:
        if end != self._end:
            self._end = end
            self._show_span(Span(0.0, end) if self._fitted else self._span.within(end))

    def _fit(self) -> None:
        self._show_span(Span(0.0, self._end))

    def _show_span(self, span: Span) -> None:
        self._span = span
        self._fitted = span == Span(0.0, self._end)
        for each in (self.ruler, self.prompt_lane, self.automation, *self.lanes.values()):
            each.show_span(span)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.neighbour_wanted.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def _on_wheel(self, event: QWheelEvent) -> None:
        turn = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            pointer = self._span.time(event.position().x(), self.ruler.width())
            self._show_span(self._span.zoomed(0.8**turn, pointer, self._end))
        else:
            self._show_span(self._span.panned(-turn * self._span.seconds / 8, self._end))

    def refresh(self) -> None:
        """Paint what was written since the last call."""
        for lane in self.lanes.values():
            lane.refresh()

    def show_cursor(self, take_id: int | None, seconds: float) -> None:
        """Draw the cursor on the lane of `take_id`, None for the prompt's, and on no other."""
        self._playing = take_id
        self.prompt_lane.show_cursor(seconds if take_id is None else None)
        for each, lane in self.lanes.items():
            lane.show_cursor(seconds if each == take_id else None)


def has_curve(lane: Lane | None) -> bool:
    """Whether it is known when the controls of the take were moved: of a take that comes out of a file it is not."""
    return lane is not None and (lane.growth is not None or lane.take.state == "writing")


class _Content(QWidget):
    resized = Signal(int)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resized.emit(event.size().width())

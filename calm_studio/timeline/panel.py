"""The lanes on their common ruler: the prompt, then the takes, newest first; the selected one is large."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from calm_studio.bridge import Background
from calm_studio.selecting import length_words
from calm_studio.state import timeline_end
from calm_studio.timeline.automation import Automation, has_curve
from calm_studio.timeline.bars import bars_of
from calm_studio.timeline.footer import Footer
from calm_studio.timeline.lane import WaveLane
from calm_studio.timeline.navigation import Navigation
from calm_studio.timeline.overlay import Overlay
from calm_studio.timeline.places import gap_at, index_at
from calm_studio.timeline.prompt_lane import PromptLane
from calm_studio.timeline.ruler import Ruler
from calm_studio.timeline.sheet_lane import SheetLane
from calm_studio.timeline.span import Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.timeline.view import View
from calm_studio.values import Lane, State


class TimelinePanel(QWidget):
    """Shows the state's clip and lanes. Signals about a take carry its id, `sought` None for the prompt; seconds are
    of the timeline.

    The arrow keys ask for the lane `neighbour_wanted` (-1 or 1) away from the selected one, for the cursor `nudged` by
    so many steps or, with Shift, what is selected `stretched` by them; with Alt, for the take `moved` so many places
    down, or for the take `along_branch_wanted`: the parent (-1) or a branch (1). Every new lane is told by
    `lane_added`, for what can be asked of it alone; `placed` is a take that was dragged to another place.
    """

    sought = Signal(object, float)
    branch_wanted = Signal(int, float)
    menu_wanted = Signal(int, float, QPoint)
    drag_all_wanted = Signal()
    export_starred_wanted = Signal()
    trim_begun = Signal()
    trimmed = Signal(float, float)
    drag_wanted = Signal(int)
    neighbour_wanted = Signal(int)
    marked = Signal(float, float)
    extended = Signal(float)
    nudged = Signal(int)
    stretched = Signal(int)
    moved = Signal(int)
    along_branch_wanted = Signal(int)
    lane_added = Signal(TakeLane)
    placed = Signal(int, int)

    def __init__(self):
        super().__init__()
        self.view = View()
        self._navigation = Navigation(self.view)
        self.drawing = Background("drawing", lambda error: None)
        self._order: list[QWidget] = []
        self._lit: WaveLane | None = None
        self._playing: int | None = None
        self.lanes: dict[int, TakeLane] = {}
        self.ruler, self.sheet = Ruler(), SheetLane()
        self.prompt_lane = PromptLane()
        self.automation = Automation()
        self.footer = Footer()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        self.setToolTip("Arrow keys go along it and from take to take; ? shows all keys")
        self._build()
        self._connect()

    def _connect(self) -> None:
        self.sought.connect(lambda take_id, seconds: self.setFocus())
        self.footer.drag_all.wanted.connect(self.drag_all_wanted)
        self.footer.export_starred.clicked.connect(self.export_starred_wanted)
        self.ruler.sought.connect(lambda seconds: self.sought.emit(self._playing, seconds))
        self.ruler.marked.connect(self.marked)
        self.ruler.fit_wanted.connect(self.view.fit)
        self.view.changed.connect(self._show_span)
        for widget in (self.ruler, self.sheet.row, *self.automation.strips):
            self._navigation.watch(widget)
        self.prompt_lane.sought.connect(lambda seconds: self.sought.emit(None, seconds))
        self.prompt_lane.trim_begun.connect(self.trim_begun)
        self.prompt_lane.trimmed.connect(self.trimmed)
        self._connect_lane(self.prompt_lane)

    def _connect_lane(self, lane: WaveLane) -> None:
        """What is the same for the prompt and the takes."""
        lane.marked.connect(self.marked)
        lane.extended.connect(self.extended)
        self._navigation.watch(lane)
        lane.spectrum_clicked.connect(lambda: self.toggle_spectrum(lane))

    def _build(self) -> None:
        content = _Content()
        self.overlay = Overlay(content)
        content.resized.connect(lambda width: self.overlay.resize(content.size()))
        content.resized.connect(self.ruler.setMaximumWidth)
        content.resized.connect(self.sheet.setMaximumWidth)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.ruler)
        layout.addWidget(self.sheet)
        layout.addWidget(area, 1)

    def show_state(self, state: State, planned: float) -> None:
        """`planned` is the length in seconds that Continue would write."""
        for take_id in self.lanes.keys() - {lane.take.id for lane in state.lanes}:
            self.lanes.pop(take_id).deleteLater()
        for lane in state.lanes:
            self._show_lane(lane, lit=lane is state.lane, parent=lane.branch and state.lane_of(lane.branch.take_id))
        self._arrange(state)
        if state.clip is not None:
            self.prompt_lane.show_clip(state.clip, planned)
        if state.lane is not None:
            self.automation.show_lane(state.lane)
        self.sheet.show_state(state, planned)
        self.footer.show_state(state)
        self._show_selection(state)
        self.overlay.show_branches(state, self.lanes)
        self.view.show_end(timeline_end(state, planned))

    def _show_selection(self, state: State) -> None:
        """On the ruler and the selected lane."""
        self.ruler.show_selection(state.selection)
        self.ruler.show_bars(bars_of(state))
        words, lit = length_words(state), self.prompt_lane if state.lane is None else self.lanes[state.chosen]
        for lane in (self.prompt_lane, *self.lanes.values()):
            lane.show_selection(state.selection if lane is lit else None, words if lane is lit else "")
        if lit is not self._lit:
            self._lit = lit
            self._reveal()

    def _reveal(self) -> None:
        """Scroll to the selected lane."""
        if self._lit is not None:
            self._column.activate()
            self._area.ensureWidgetVisible(self._lit, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reveal()

    def _show_lane(self, lane: Lane, lit: bool, parent: Lane | None) -> None:
        widget = self.lanes.get(lane.take.id)
        if widget is None:
            widget = self._add_lane(lane)
            widget.set_lit(lit)
        if widget.lit != lit:
            widget.set_lit(lit)
        widget.show_lane(lane, parent)

    def _add_lane(self, lane: Lane) -> TakeLane:
        take_id = lane.take.id
        widget = self.lanes[take_id] = TakeLane(lane)
        widget.show_span(self.view.span)
        widget.sought.connect(lambda seconds: self.sought.emit(take_id, seconds))
        widget.double_clicked.connect(lambda at: self.branch_wanted.emit(take_id, at))
        widget.menu_wanted.connect(lambda at, where: self.menu_wanted.emit(take_id, at, where))
        widget.drag.wanted.connect(lambda: self.drag_wanted.emit(take_id))
        widget.picked.connect(self.setFocus)
        widget.editor_left.connect(self.setFocus)
        widget.head_dragged.connect(lambda y: self._on_head_dragged(take_id, y))
        widget.head_dropped.connect(lambda y: self._on_head_dropped(take_id, y))
        self._connect_lane(widget)
        self.lane_added.emit(widget)
        return widget

    def _others(self, take_id: int) -> list[WaveLane]:
        """All takes but one, from the top."""
        return sorted((lane for each, lane in self.lanes.items() if each != take_id), key=lambda lane: lane.y())

    def _on_head_dragged(self, take_id: int, y: int) -> None:
        self.overlay.show_gap(gap_at(self._others(take_id), y, self._column.spacing()))

    def _on_head_dropped(self, take_id: int, y: int) -> None:
        self.overlay.show_gap(None)
        self.placed.emit(take_id, index_at(self._others(take_id), y))

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

    def _fill_column(self, order: list[QWidget]) -> None:
        while self._column.count():
            self._column.takeAt(0)
        for widget in order:
            self._column.addWidget(widget, int(isinstance(widget, WaveLane) and widget.lit))
        self._column.addStretch(0)
        self.overlay.raise_()
        self._order = order

    def _show_span(self, span: Span) -> None:
        for each in (self.ruler, self.sheet, self.prompt_lane, self.automation, *self.lanes.values()):
            each.show_span(span)
        self.overlay.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        upright = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        level = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() in upright:
            (self.moved if alt else self.neighbour_wanted).emit(upright[event.key()])
        elif event.key() in level:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            signal = self.along_branch_wanted if alt else self.stretched if shift else self.nudged
            signal.emit(level[event.key()])
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Paint what was written since the last call."""
        for lane in self.lanes.values():
            lane.refresh()

    def show_cursor(self, take_id: int | None, seconds: float, playing: bool) -> None:
        """Draw the cursor on the lane of `take_id`, None for the prompt's, and on no other; it is kept in view."""
        self._playing = take_id
        self.view.show_playhead(seconds, playing)
        self.prompt_lane.show_cursor(seconds if take_id is None else None)
        for each, lane in self.lanes.items():
            lane.show_cursor(seconds if each == take_id else None)

    def toggle_spectrum(self, lane: WaveLane | None = None) -> None:
        """Show the spectrogram of `lane`, or else of the selected one, in place of its waveform, or that again."""
        (lane or self._lit or self.prompt_lane).toggle_spectrum(self.drawing)


class _Content(QWidget):
    resized = Signal(int)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resized.emit(event.size().width())

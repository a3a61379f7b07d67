"""One take: the prompt's part teal, the continuation amber and growing while it is written."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel

from calm_studio import theme
from calm_studio.bridge import Background
from calm_studio.drag_out import DragHandle
from calm_studio.edits import LONGEST_NOTES, LONGEST_TITLE
from calm_studio.timeline.lane import HEADER, WaveLane
from calm_studio.timeline.line_editor import LineEditor
from calm_studio.timeline.mark_button import MarkButton
from calm_studio.timeline.spectrogram import Spectrogram
from calm_studio.timeline.take_words import describe, score_tip, score_words
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Lane, Selection

SMALL = 92
COLOURS = ("TEAL_WAVE", "AMBER_DIM", "AMBER_WAVE")
NARROW = 620
"""Pixels below which a header leaves out what the controls were, and the scores."""
CAPTION = 120
"""Pixels beside the edge of what is written, where that says so."""
STRIPE = 4
"""Pixels of the take's own colour at its left."""


class TakeLane(WaveLane):
    """Shows `lane`; pull `refresh` regularly, it paints again only what was written since.

    `menu_wanted` carries the second of the timeline that was clicked, and where that is on the screen. The header can
    be clicked (`picked`), dragged (`head_dragged` and `head_dropped` carry the pixel of the screen, from its top), and
    double-clicked to change the name.
    """

    menu_wanted = Signal(float, QPoint)
    picked = Signal()
    head_dragged = Signal(int)
    head_dropped = Signal(int)
    star_clicked = Signal()
    mute_clicked = Signal()
    titled = Signal(str)
    noted = Signal(str)
    editor_left = Signal()

    def __init__(self, lane: Lane):
        super().__init__("AMBER", SMALL)
        self.take = lane.take
        self._lane, self._parent = lane, None
        self._offset = lane.offset
        self._painted = (lane.take.written, lane.take.state)
        self._rewinds = 0
        self._head: int | None = None
        self._head_moved = False
        self._waveform = Waveform(self.take.peaks, self.take.rate, lane.offset, COLOURS)
        self.scores = QLabel()
        self.scores.setObjectName("scores")
        self.star, self.mute = MarkButton(self.star_clicked), MarkButton(self.mute_clicked)
        self.drag = DragHandle(f"{lane.name} out as a WAV file")
        for widget in (self.scores, self.spectrum, self.mute, self.star, self.drag):
            self.header.addWidget(widget)
        self.title.setToolTip("Double-click or F2 to rename, drag up or down to move the take")
        self._show_marks()
        self.show_lane(lane)

    def show_lane(self, lane: Lane, parent: Lane | None = None) -> None:
        """`parent` is the take that it branches off, while that is there."""
        before, self._lane, self._parent = self._lane, lane, parent
        colour = theme.AMBER if self.lit else theme.TEXT
        if lane.marks.colour is not None:
            colour = theme.LANE_COLOURS[lane.marks.colour][1]
        narrow = self.width() < NARROW
        self.title.setText(describe(lane, colour, narrow, parent))
        self.scores.setVisible(not narrow)
        self.scores.setText(score_words(lane.scores))
        self.scores.setToolTip(score_tip(lane.scores))
        if lane.marks != before.marks:
            self._show_marks()
        if lane.loop is not before.loop or lane.alarm != before.alarm:
            self.update()

    def _show_marks(self) -> None:
        lane, marks = self._lane, self._lane.marks
        self.setAccessibleName(f"{lane.called}. {marks.notes}" if marks.notes else lane.called)
        self.setToolTip(marks.notes)
        self.drag.setAccessibleName(f"Drag {lane.called} out as a WAV file")
        self.star.show_mark("star" if marks.starred else "outline", marks.starred, "Star (S)")
        self.mute.show_mark("sound", not marks.muted, "Mute: silent, and not among all takes (M)")
        self.update()

    def show_selection(self, selection: Selection | None, words: str) -> None:
        """Of the selected lane, what is marked is dragged out of the window."""
        super().show_selection(selection, words)
        marked = selection is not None and selection.start < self._end and selection.stop > self._offset
        self.drag.set_lit(self.lit, "Drag selection" if marked else "Drag to DAW" if self.lit else "Drag")

    def edit_title(self) -> None:
        self._edit(self._lane.called, "Name of the take", LONGEST_TITLE, self.titled)

    def edit_notes(self) -> None:
        self._edit(self._lane.marks.notes, "Notes: a line that goes into its files", LONGEST_NOTES, self.noted)

    def _edit(self, text: str, name: str, longest: int, kept: Signal) -> None:
        room = QRect(3, 2, self.spectrum.x() - 8, HEADER - 3)
        editor = LineEditor(self, room, text, name, longest)
        editor.kept.connect(kept)
        editor.left.connect(self.editor_left)

    def refresh(self) -> None:
        """Paint again what came since it was painted last, and what was written anew."""
        rewinds = len(self.take.peaks.rewound)
        now = (self.take.written, self.take.state)
        if now != self._painted or rewinds != self._rewinds:
            edges = (self._painted[0], now[0], *self.take.peaks.rewound[self._rewinds : rewinds])
            left, ended = int(self._x_of(min(edges))) - 2, now[1] != self._painted[1]
            right = self.width() if ended else int(self._x_of(max(edges))) + CAPTION
            if right > self.width():
                left = min(left, self.width() - 2 * CAPTION)
            self._painted, self._rewinds = now, rewinds
            self.update(QRect(left, 0, right - left, self.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_lane(self._lane, self._parent)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.time(event.pos().x()), event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().y() >= HEADER:
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._head, self._head_moved = event.globalPosition().toPoint().y(), False
            self.picked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._head is None:
            super().mouseMoveEvent(event)
            return
        y = event.globalPosition().toPoint().y()
        self._head_moved = self._head_moved or abs(y - self._head) > HEADER // 2
        if self._head_moved:
            self.head_dragged.emit(y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._head is not None and self._head_moved:
            self.head_dropped.emit(event.globalPosition().toPoint().y())
        self._head = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().y() < HEADER:
            self.edit_title()
        else:
            super().mouseDoubleClickEvent(event)

    @property
    def _end(self) -> float:
        return self._offset + self.take.written / self.take.rate

    @property
    def _shown(self) -> int:
        """Samples that are painted: what came since the last refresh waits for the next."""
        return min(self._painted[0], self.take.written)

    def _x_of(self, sample: int) -> float:
        return self.x(self._offset + sample / self.take.rate)

    def paint_sound(self, painter: QPainter, rect: QRect) -> None:
        take, start, cut = self.take, self._x_of(0), self._x_of(self.take.cut)
        if self.lit:
            self._paint_ground(painter, rect, start)
        painter.setOpacity(0.25 if self._lane.marks.muted else 1.0 if self.lit else 0.6)
        edges = (self._lane.human, take.cut)
        (self.spectrogram or self._waveform).draw(painter, rect, self.span, self._shown, edges, folded=not self.lit)
        if self._lane.branch:
            self._paint_branch(painter, self.x(self._lane.branch.seconds))
        painter.setOpacity(1.0)
        if self._lane.marks.colour is not None:
            stripe = QRectF(0, 0, STRIPE, self.height())
            painter.fillRect(stripe, QColor(theme.LANE_COLOURS[self._lane.marks.colour][1]))
        if self.lit:
            self.paint_marker(painter, cut, theme.TEAL, Qt.PenStyle.DashLine)
            self.paint_caption(painter, cut, "prompt \N{RIGHTWARDS ARROW}", theme.TEAL, to_the_left=cut - start > 70)
            self._paint_notes(painter)
        if self.lit and self._lane.loop:
            self._paint_loop(painter, rect)
        if self._lane.alarm:
            self._paint_alarm(painter, rect, self._x_of(self._lane.alarm.sample))
        if take.state == "writing":
            self._paint_writing_edge(painter)

    def make_spectrogram(self, drawing: Background) -> Spectrogram:
        return Spectrogram(self.take.peaks, self.take.rate, self._offset, COLOURS, drawing)

    def _paint_ground(self, painter: QPainter, rect: QRect, start: float) -> None:
        """Behind what is the user's own, and between the channels."""
        human = self._x_of(self._lane.human)
        painter.fillRect(QRectF(start, rect.top(), human - start, rect.height()), QColor(theme.TEAL_GROUND))
        if self.spectrogram is None:
            middle = rect.top() + rect.height() / 2
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))

    def _paint_notes(self, painter: QPainter) -> None:
        painter.setFont(theme.font(self, 11))
        painter.setPen(QColor(theme.MUTED))
        room = QRectF(10, HEADER + 2, self.width() - 20, 16)
        words = painter.fontMetrics().elidedText(
            self._lane.marks.notes, Qt.TextElideMode.ElideRight, round(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_branch(self, painter: QPainter, x: float) -> None:
        """A ring on a dotted line, where the other take was left."""
        self.paint_marker(painter, x, theme.VIOLET, Qt.PenStyle.DotLine)
        painter.setPen(QPen(QColor(theme.VIOLET), 2))
        painter.setBrush(QColor(theme.PANEL))
        painter.drawEllipse(QPointF(x, HEADER + (self.height() - HEADER) / 2), 5, 5)

    def _paint_loop(self, painter: QPainter, rect: QRect) -> None:
        """A bar above what is repeated."""
        loop = self._lane.loop
        left, right = self._x_of(loop.start), self._x_of(loop.stop)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.GREEN))
        painter.drawRoundedRect(QRectF(left, rect.top(), right - left, 3), 1.5, 1.5)

    def _paint_alarm(self, painter: QPainter, rect: QRect, x: float) -> None:
        """From where on it is no music any more."""
        lost = QRectF(x, rect.top(), self._x_of(self.take.written) - x, rect.height())
        painter.fillRect(lost, theme.see_through(theme.RED, 36))
        self.paint_marker(painter, x, theme.RED, Qt.PenStyle.SolidLine)
        self.paint_caption(painter, x, self._lane.alarm.kind, theme.RED)

    def _paint_writing_edge(self, painter: QPainter) -> None:
        edge = self._x_of(self._shown)
        self.paint_marker(painter, edge, theme.AMBER, Qt.PenStyle.SolidLine, 1.6)
        if self._shown > self.take.cut:
            seconds = self._offset + self._shown / self.take.rate
            near_the_end = edge > self.width() - CAPTION
            self.paint_caption(painter, edge, f"writing {seconds:.1f} s", theme.AMBER, to_the_left=near_the_end)

"""The chords, bar lines and sections of the lead-sheet lane, on the same ruler as the lanes."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from calm_studio import theme
from calm_studio.timeline.bars import Steady, beats_between
from calm_studio.timeline.chord_marks import ChordMark, SectionMark, Song
from calm_studio.timeline.span import Span

HEIGHT = 26
SECTION_HEIGHT = 15
"""Pixels below the chords, where there are sections."""
NARROWEST = 110
"""Pixels of the field in which a bar is written."""
FAINTEST = 80
"""Of 255: how a chord is drawn that was heard with no confidence at all."""


class ChordRow(QWidget):
    """A click, or Enter, asks for the chart to be edited; a double click for the bar that was hit, by its number after
    the cut. Left and Right choose a bar, which Enter edits then."""

    chart_wanted = Signal()
    bar_wanted = Signal(int)

    def __init__(self):
        super().__init__()
        self.span, self.song, self.chosen = Span(0.0, 1.0), None, None
        self._bars: tuple[Steady, ...] = ()
        self._marks: tuple[ChordMark, ...] = ()
        self._sections: tuple[SectionMark, ...] = ()
        self._lines: list[float] = []
        self._clicked = QTimer(self, singleShot=True, interval=QApplication.doubleClickInterval())
        self._clicked.timeout.connect(self.chart_wanted)
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Click to write chords for all bars, double-click a bar to write that one")
        self.setAccessibleName("Chords, bar by bar")

    def show_span(self, span: Span) -> None:
        self.span = span
        self.update()

    def show_song(self, song: Song | None, bars: tuple[Steady, ...]) -> None:
        marks, sections, lines = ((), (), []) if song is None else (song.marks, song.sections, song.bar_lines())
        self.song = song
        if (marks, sections, lines, bars) != (self._marks, self._sections, self._lines, self._bars):
            self._marks, self._sections, self._lines, self._bars = marks, sections, lines, bars
            self.setFixedHeight(HEIGHT + SECTION_HEIGHT * bool(sections))
            self.chosen = None if self.chosen is None or self.chosen >= len(lines) - 1 else self.chosen
            self.update()

    def bar_at(self, seconds: float) -> int | None:
        """The number of the bar after the cut, None elsewhere."""
        return next((n for n, (on, off) in enumerate(self._spans) if on <= seconds < off), None)

    def room_of(self, bar: int) -> QRect:
        """Where a field for a bar is to lie."""
        on, off = self._spans[bar]
        left, right = (round(self.span.x(at, self.width())) for at in (on, off))
        width = max(right - left, NARROWEST)
        return QRect(min(max(left, 0), max(0, self.width() - width)), 0, width, HEIGHT)

    @property
    def _spans(self) -> list[tuple[float, float]]:
        return list(zip(self._lines, self._lines[1:], strict=False))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(theme.font(self, 12))
            if self.chosen is not None and self.hasFocus():
                on, off = (self.span.x(at, self.width()) for at in self._spans[self.chosen])
                painter.fillRect(QRectF(on, 0, off - on, HEIGHT), theme.see_through(theme.BLUE, 50))
            for beat in beats_between(self._bars, self.span.start, self.span.stop, self.width()):
                x = round(self.span.x(beat.seconds, self.width()))
                painter.setPen(theme.see_through(theme.BLUE, 130 if beat.begins else 50))
                painter.drawLine(x, 3 if beat.begins else HEIGHT - 7, x, HEIGHT - 3)
            self._paint_chords(painter)
            painter.setFont(theme.font(self, 10))
            for section in self._sections:
                self._paint_section(painter, section)

    def _paint_chords(self, painter: QPainter) -> None:
        """Symbols, as far as there is room; what goes on unchanged is not said again."""
        end, last = -1.0, ""
        for mark in self._marks:
            x = self.span.x(mark.start, self.width()) + 5
            width = painter.fontMetrics().horizontalAdvance(mark.symbol)
            inside = x + width > 0 and x < self.width()
            if inside and x >= end and (mark.symbol != last or mark.confidence is None):
                painter.setPen(_colour_of(mark))
                painter.drawText(QPointF(x, HEIGHT - 9), mark.symbol)
                end, last = x + width + 4, mark.symbol

    def _paint_section(self, painter: QPainter, section: SectionMark) -> None:
        """A bar that is the fuller the more energy it has, and its name, which stays in sight."""
        left, right = (self.span.x(at, self.width()) for at in (section.start, section.stop))
        room = QRectF(left + 1, HEIGHT, right - left - 2, SECTION_HEIGHT - 2)
        painter.fillRect(room, theme.see_through(theme.AMBER, 30))
        painter.fillRect(
            room.adjusted(0, (1 - section.energy) * room.height(), 0, 0), theme.see_through(theme.AMBER, 70)
        )
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(room.adjusted(max(4.0, 4 - left), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, section.name)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return self._tell(event)
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in keys and not event.modifiers():
            event.accept()
            return True
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> bool:
        """About the chord or section under the mouse, or how to write chords."""
        seconds, marks = self.span.time(event.pos().x(), self.width()), self._marks
        if event.pos().y() >= HEIGHT:
            marks = self._sections
        words = next((mark.words for mark in marks if mark.start <= seconds < mark.stop), "")
        QToolTip.showText(event.globalPos(), f"{words}\n{self.toolTip()}" if words else self.toolTip(), self)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(event.key())
        if step is not None and self._spans and not event.modifiers():
            place = 0 if self.chosen is None else self.chosen + step
            self.chosen = min(max(place, 0), len(self._spans) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chart_wanted.emit() if self.chosen is None else self.bar_wanted.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen = self.bar_at(self.span.time(event.position().x(), self.width()))
            self.setFocus()
            self._clicked.start()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._clicked.stop()
        bar = self.bar_at(self.span.time(event.position().x(), self.width()))
        self.chart_wanted.emit() if bar is None else self.bar_wanted.emit(bar)


def _colour_of(mark: ChordMark) -> QColor:
    """What is heard fades with its confidence."""
    if mark.confidence is None:
        return QColor(theme.BLUE)
    return theme.see_through(theme.TEAL, round(FAINTEST + (255 - FAINTEST) * mark.confidence))

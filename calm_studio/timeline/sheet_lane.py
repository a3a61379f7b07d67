"""The lead-sheet lane under the ruler: what is followed, in words above and bar by bar below, both to be written in."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.lead_sheet_group import LeadSheetGroup
from calm_studio.timeline.bars import bars_told
from calm_studio.timeline.chord_marks import bar_of, chart_in_effect, song_of, with_bar
from calm_studio.timeline.chord_row import ChordRow
from calm_studio.timeline.line_editor import LineEditor
from calm_studio.timeline.span import Span
from calm_studio.values import State
from engine.errors import CalmError

LONGEST = 400
"""Characters of a chart."""


class SheetLane(QWidget):
    """`fields` hold what is wished; the row shows the chords of the selected take, or of what Continue would write."""

    def __init__(self):
        super().__init__()
        self.row = ChordRow()
        self.fields: LeadSheetGroup | None = None
        self._state, self._planned = State(), 0.0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 1)
        self._column.setSpacing(0)
        self._column.addWidget(self.row)
        self.row.chart_wanted.connect(self.edit_chart)
        self.row.bar_wanted.connect(self.edit_bar)
        self.hide()

    def take_in(self, fields: LeadSheetGroup) -> None:
        """The controls panel owns what they hold; here they are seen."""
        self.fields = fields
        self._column.insertWidget(0, fields)
        fields.changed.connect(self._show_song)
        fields.chart.clicked.connect(self.edit_chart)

    def show_span(self, span: Span) -> None:
        self.row.show_span(span)

    def show_state(self, state: State, planned: float) -> None:
        self._state, self._planned = state, planned
        self.setVisible(state.clip is not None or state.lane is not None)
        self._show_song()

    def _show_song(self) -> None:
        """With something that cannot be read, what was there stays."""
        if self.fields is None or self.fields.error is not None:
            return
        self.row.show_song(song_of(self._state, self.fields.wishes, self._planned), bars_told(self._state))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.FOCUS if self.row.hasFocus() else theme.LINE))
            painter.setBrush(QColor(theme.PANEL))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def edit_chart(self) -> None:
        """All bars, in a line over the row; nothing is written where nothing is followed."""
        if not (self.isVisible() and self.fields.chart.isEnabled()):
            return
        room = self.row.rect().adjusted(1, 0, -1, 0)
        written = self.fields.chords.text()
        shown = chart_in_effect(self.row.song, written)
        editor = self._editor(room, shown, "Chords, such as Dm7 | G7 | %; empty: as heard")
        editor.kept.connect(lambda text: self.fields.write_chart(written if text == shown else text))

    def edit_bar(self, bar: int) -> None:
        """One bar, in its place; it is another wherever it is repeated."""
        if not self.fields.chart.isEnabled():
            return
        chart = chart_in_effect(self.row.song, self.fields.chords.text())
        try:
            editor = self._editor(self.row.room_of(bar), bar_of(chart, bar) if chart else "", "Chords of this bar")
        except CalmError:  # the chart itself has to be mended first
            self.edit_chart()
            return
        editor.kept.connect(lambda text: self._on_bar_written(chart, bar, text))

    def _on_bar_written(self, chart: str, bar: int, text: str) -> None:
        try:
            if text.strip():
                self.fields.write_chart(with_bar(chart or "N.C.", bar, text))
        except CalmError as error:
            self.fields.show_problem(error)

    def _editor(self, room, text: str, name: str) -> LineEditor:
        editor = LineEditor(self.row, room, text, name, LONGEST)
        editor.left.connect(self.row.setFocus)
        return editor

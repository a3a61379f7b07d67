"""The selected prompt, with the handles that choose which part of it is used."""

from html import escape

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from calm_studio import theme
from calm_studio.bridge import Background
from calm_studio.timeline.lane import GRIP, HEADER, WaveLane
from calm_studio.timeline.spectrogram import Spectrogram
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Clip

SMALL = 74
COLOURS = ("TEAL_WAVE",)


class PromptLane(WaveLane):
    """Drag the left edge to choose where the prompt begins, the right edge to choose the cut. `trim_begun` comes before
    the first `trimmed` of a drag."""

    trim_begun = Signal()
    trimmed = Signal(float, float)

    def __init__(self):
        super().__init__("TEAL", SMALL)
        self._clip: Clip | None = None
        self._waveform: Waveform | None = None
        self._planned = 0.0
        self._held: str | None = None
        self.header.addWidget(self.spectrum)
        self.setAccessibleName("Prompt: drag the edges to choose the part that is used")

    def show_clip(self, clip: Clip, planned: float) -> None:
        """`planned` is the length in seconds that would be continued."""
        if self._clip is None or clip.peaks is not self._clip.peaks:
            rate = clip.prompt.audio.rate
            self._waveform = Waveform(clip.peaks, rate, 0.0, COLOURS)
        if clip is not self._clip or planned != self._planned:
            self._clip, self._planned = clip, planned
            self.update()
        if self.spectrogram is not None and clip.peaks is not self.spectrogram.peaks:
            self.spectrogram = self.make_spectrogram(self.spectrogram.drawing)
            self._show_spectrum()
        self.title.setText(_describe(clip))

    def paint_sound(self, painter: QPainter, rect: QRect) -> None:
        clip, audio = self._clip, self._clip.prompt.audio
        start, stop = self.x(clip.start), self.x(clip.stop)
        painter.fillRect(QRectF(start, rect.top(), stop - start, rect.height()), QColor(theme.TEAL_GROUND))
        written = audio.samples.shape[1]
        (self.spectrogram or self._waveform).draw(painter, rect, self.span, written, (), folded=not self.lit)
        shade = theme.see_through(theme.PANEL, 190)
        painter.fillRect(QRectF(0, rect.top(), start, rect.height()), shade)
        painter.fillRect(QRectF(stop, rect.top(), self.width() - stop, rect.height()), shade)
        if self.lit:
            self._paint_plan(painter, rect, stop)
        for x in (start, stop):
            self._paint_handle(painter, x)
        if self.lit:
            self.paint_caption(painter, stop, "prompt \N{RIGHTWARDS ARROW}", theme.TEAL, to_the_left=stop - start > 70)

    def make_spectrogram(self, drawing: Background) -> Spectrogram:
        return Spectrogram(self._clip.peaks, self._clip.prompt.audio.rate, 0.0, COLOURS, drawing)

    def _paint_plan(self, painter: QPainter, rect: QRect, stop: float) -> None:
        end = self.x(self._clip.stop + self._planned)
        painter.setPen(QPen(QColor(theme.AMBER_DIM), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = QRectF(stop + 8, rect.top() + 8, end - stop - 18, rect.height() - 18)
        painter.drawRoundedRect(area, 6, 6)
        painter.setPen(QColor(theme.MUTED))
        text = f"Continue writes {self._planned:g} seconds here, and you hear them while they are written"
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_handle(self, painter: QPainter, x: float) -> None:
        self.paint_marker(painter, x, theme.TEAL, Qt.PenStyle.SolidLine, 1.5)
        middle = QPointF(x, HEADER + (self.height() - HEADER) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.TEAL))
        painter.drawRoundedRect(QRectF(middle.x() - 3, middle.y() - 13, 6, 26), 3, 3)

    def _trim_at(self, x: float) -> str | None:
        distances = {"stop": abs(x - self.x(self._clip.stop)), "start": abs(x - self.x(self._clip.start))}
        nearest = min(distances, key=distances.get)
        return nearest if distances[nearest] <= GRIP else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self._trim_at(event.position().x())
        if self._held is None:
            super().mousePressEvent(event)
        else:
            self.trim_begun.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._held == "start":
            self.trimmed.emit(self.time(x), self._clip.stop)
        elif self._held == "stop":
            self.trimmed.emit(self._clip.start, self.time(x))
        elif not event.buttons() and self._trim_at(x):
            self.show_grip(True)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        super().mouseReleaseEvent(event)


def _describe(clip: Clip) -> str:
    audio = clip.prompt.audio
    used, channels = clip.stop - clip.start, "stereo" if audio.channels == 2 else "mono"
    part = f"{used:.1f} s" if used == audio.seconds else f"{used:.1f} of {audio.seconds:.1f} s used"
    name = f"<b style='color:{theme.TEAL}'>{escape(clip.prompt.name)}</b>"
    return f"{name} \N{MIDDLE DOT} {part} \N{MIDDLE DOT} {audio.rate / 1000:g} kHz {channels}"

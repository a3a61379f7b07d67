"""Pictures of waveforms, painted from peak columns into a cached pixmap; a growing take only paints its new columns."""

import math

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from calm_studio.timeline.span import Span
from engine.peaks import PeakPyramid


def columns_image(columns: np.ndarray, height: int, colours: np.ndarray) -> QImage:
    """Paint peaks as anti-aliased vertical bars, one below the other for each channel.

    `columns` is (C, n, 2) min/max in -1..1, `colours` (n, 3) red, green, blue 0..255; the image is n x `height` pixels.
    """
    band = height // len(columns)
    alpha = np.zeros((height, columns.shape[1]), np.float32)
    for channel, peaks in enumerate(columns):
        alpha[channel * band : (channel + 1) * band] = _coverage(peaks, band)
    pixels = np.empty((*alpha.shape, 4), np.uint8)
    pixels[..., :3] = alpha[..., None] * colours[None, :, ::-1]
    pixels[..., 3] = alpha * 255
    image = QImage(pixels.data, pixels.shape[1], height, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()


def _coverage(peaks: np.ndarray, height: int) -> np.ndarray:
    """How much of every pixel the bars of `peaks` (n, 2) cover: (height, n) in 0..1; never less than one pixel."""
    middle = height / 2
    top = middle - peaks[:, 1] * middle * 0.94
    bottom = middle - peaks[:, 0] * middle * 0.94
    thin = np.maximum(0.0, 1.0 - (bottom - top)) / 2
    row = np.arange(height)[:, None]
    return np.clip(np.minimum(row + 1, bottom + thin) - np.maximum(row, top - thin), 0.0, 1.0)


def joined(columns: np.ndarray) -> np.ndarray:
    """Stretch every column to touch the one before it, so that a close zoom shows a line and not dots."""
    lows, highs = columns[..., 0].copy(), columns[..., 1].copy()
    lows[:, 1:] = np.minimum(lows[:, 1:], columns[:, :-1, 1])
    highs[:, 1:] = np.maximum(highs[:, 1:], columns[:, :-1, 0])
    return np.stack([lows, highs], axis=-1)


class Waveform:
    """The cached picture of one pyramid, whose sample 0 lies `offset` seconds into the timeline, in `colours`."""

    def __init__(self, peaks: PeakPyramid, rate: int, offset: float, colours: tuple[str, ...]):
        self._peaks = peaks
        self._rate = rate
        self._offset = offset
        self._colours = np.array([QColor(colour).getRgb()[:3] for colour in colours], np.uint8)
        self._key: tuple | None = None
        self._pixmap = QPixmap()
        self._painted = 0  # samples that are, and will not change any more
        self._reach = 0  # samples that are painted

    def draw(
        self,
        painter: QPainter,
        rect: QRect,
        span: Span,
        lengths: tuple[int, int],
        edges: tuple[int, ...],
        folded: bool,
    ) -> None:
        """Draw `lengths[0]` samples into `rect`, which shows `span`; the first `lengths[1]` of them will not change any
        more. At each of the samples `edges` the next colour begins; `folded` draws all channels into one band."""
        if rect.isEmpty():
            return
        scale = painter.deviceTransform().m11()
        key = (rect.size(), span, scale, edges, folded)
        if key != self._key:
            self._key, self._painted, self._reach = key, 0, 0
            self._pixmap = QPixmap(rect.size() * scale)
            self._pixmap.fill(Qt.GlobalColor.transparent)
        written, settled = lengths
        self._painted = min(self._painted, settled)
        if self._painted < written or written < self._reach:
            self._paint(span, written, edges, folded)
        self._painted, self._reach = min(written, settled), written
        painter.drawPixmap(rect, self._pixmap)

    def _paint(self, span: Span, written: int, edges: tuple[int, ...], folded: bool) -> None:
        """What is not painted yet, and nothing after it."""
        width = self._pixmap.width()
        seconds = span.seconds / width
        first = self._column(self._painted, span, width)
        last = math.ceil(self._x(written, span, width))
        samples = ((np.array([first, last]) * seconds + span.start - self._offset) * self._rate).round().astype(int)
        start, stop = np.clip(samples, 0, written)
        painter = QPainter(self._pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(QRect(first, 0, width - first, self._pixmap.height()), Qt.GlobalColor.transparent)
        if last > first and stop > start:
            columns = self._columns(int(start), int(stop), last - first, folded)
            begins = [self._column(edge, span, width) for edge in edges]
            colours = self._colours[np.searchsorted(begins, np.arange(first, last), side="right")]
            painter.drawImage(first, 0, columns_image(columns, self._pixmap.height(), colours))
        painter.end()

    def _columns(self, start: int, stop: int, count: int, folded: bool) -> np.ndarray:
        """Peaks (C or 1, count, 2) of the samples from `start` to `stop`."""
        columns = joined(self._peaks.columns(start, stop, count))
        if folded:
            columns = np.stack([columns[..., 0].min(0), columns[..., 1].max(0)], axis=-1)[None]
        return columns

    def _column(self, sample: int, span: Span, width: int) -> int:
        return math.floor(self._x(sample, span, width))

    def _x(self, sample: int, span: Span, width: int) -> float:
        """Where `sample` is drawn, kept within the picture; rounded, because seconds of whole samples are not exact."""
        return max(0.0, min(width, round(span.x(self._offset + sample / self._rate, width), 6)))

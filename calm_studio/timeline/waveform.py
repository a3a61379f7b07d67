"""Pictures of waveforms, painted from peak columns into a cached pixmap; a growing take only paints its new columns,
and a moved view those that come into it. Where samples can be told apart, they are painted themselves."""

import math
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from calm_studio import theme
from calm_studio.timeline.columns import columns_image, joined
from calm_studio.timeline.sample_line import paint_samples
from calm_studio.timeline.span import Span
from engine.peaks import BUCKET, PeakPyramid

APART = 2.0
"""Pixels between samples from which on they are painted one by one."""


class Waveform:
    """The cached picture of one pyramid, whose sample 0 lies `offset` seconds into the timeline; `colours` are names of
    the theme's.

    Its columns are numbered from the start of the timeline on, so that they stay as they are when the view moves.
    """

    def __init__(self, peaks: PeakPyramid, rate: int, offset: float, colours: tuple[str, ...]):
        self._peaks = peaks
        self._rate = rate
        self._offset = offset
        self._names = colours
        self._key: tuple | None = None
        self._pixmap = QPixmap()
        self._step = 1.0  # seconds of a column
        self._first = 0  # column at the left of the picture
        self._done = range(0)  # columns that are painted and will not change, unless the take is rewound
        self._painted: tuple | None = None
        self._rewinds = (0, 0)

    @property
    def _colours(self) -> tuple[QColor, ...]:
        return tuple(QColor(theme.named(name)) for name in self._names)

    def draw(
        self, painter: QPainter, rect: QRect, span: Span, written: int, edges: tuple[int, ...], folded: bool
    ) -> None:
        """Draw the first `written` samples into `rect`, which shows `span`. At each of the samples `edges` the next
        colour begins; `folded` draws all channels into one band."""
        if rect.isEmpty():
            return
        if rect.width() / (span.seconds * self._rate) >= APART:
            self._draw_samples(painter, rect, span, written, edges, folded)
            return
        self._fit_picture(rect, span, painter.deviceTransform().m11(), edges, folded)
        self._forget_rewound(written)
        self._paint_missing(written, edges, folded)
        painter.drawPixmap(rect, self._pixmap)

    def _fit_picture(self, rect: QRect, span: Span, scale: float, edges: tuple[int, ...], folded: bool) -> None:
        """Have a picture of that size and zoom, with whatever of it is there already, moved to its place."""
        key = (rect.size(), round(span.seconds, 9), scale, edges, folded, self._colours)
        if key != self._key:
            self._key, self._pixmap = key, QPixmap(rect.size() * scale)
            self._pixmap.fill(Qt.GlobalColor.transparent)  # else it has no alpha channel, and hides what lies behind
            self._step = span.seconds / self._pixmap.width()
            self._done, self._painted = range(0), None
        first, width = round(span.start / self._step), self._pixmap.width()
        if self._done and first != self._first:
            self._pixmap.scroll(self._first - first, 0, self._pixmap.rect())
        self._first = first
        self._done = _common(self._done, range(first, first + width))

    def _forget_rewound(self, written: int) -> None:
        """What the writer went back over since is painted anew. He may have done so just after `written` was read, so
        each of his steps back is looked at twice."""
        rewound = self._peaks.rewound
        settled = min([written, *rewound[self._rewinds[0] :]])
        self._rewinds = (self._rewinds[1], len(rewound))
        self._done = _common(self._done, range(self._first, self._whole(settled)))

    def _paint_missing(self, written: int, edges: tuple[int, ...], folded: bool) -> None:
        """What is in view and not painted yet; behind the sound and before it, nothing."""
        left, right, height = self._first, self._first + self._pixmap.width(), self._pixmap.height()
        if self._painted == (left, written, self._done):
            return
        with QPainter(self._pixmap) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            for gap in (range(left, self._done.start), range(self._done.stop, right)):
                painter.fillRect(QRect(gap.start - left, 0, len(gap), height), Qt.GlobalColor.transparent)
                for sound, colour in self._coloured(written, edges):
                    part = _common(gap, sound)
                    if part:
                        image = columns_image(self._columns(part, written, folded), height, colour)
                        painter.drawImage(part.start - left, 0, image)
        self._done = _common(range(left, right), range(left, self._whole(written)))
        self._painted = (left, written, self._done)

    def _whole(self, written: int) -> int:
        """The first column that shows samples which are not there yet, or whose peaks are not."""
        return math.floor(self._column(max(0, written - BUCKET)))

    def _columns(self, wanted: range, written: int, folded: bool) -> np.ndarray:
        """Peaks (C or 1, len(wanted), 2), each touching the one before it."""
        begun = range(max(wanted.start - 1, math.floor(self._column(0))), wanted.stop)
        inner = (math.ceil(self._column(0)), math.floor(self._column(written)))
        borders = sorted({begun.start, begun.stop, *(min(max(at, begun.start), begun.stop) for at in inner)})
        parts = [self._peaks_of(start, stop, written) for start, stop in pairwise(borders)]
        columns = joined(np.concatenate(parts, axis=1))[:, wanted.start - begun.start :]
        if folded:
            columns = np.stack([columns[..., 0].min(0), columns[..., 1].max(0)], axis=-1)[None]
        return columns

    def _peaks_of(self, first: int, last: int, written: int) -> np.ndarray:
        """(C, last - first, 2) of columns that are all full, or of one that is not."""
        times = np.array([first, last]) * self._step - self._offset
        start, stop = np.clip((times * self._rate).round().astype(int), 0, written)
        start = min(start, written - 1)
        return self._peaks.columns(int(start), int(max(stop, start + 1)), last - first)

    def _coloured(self, written: int, edges: tuple[int, ...]) -> list[tuple[range, QColor]]:
        """The columns of the sound, and the colour of each part of them."""
        borders = [math.floor(self._column(sample)) for sample in (0, *edges)] + [math.ceil(self._column(written))]
        return [(range(*span), colour) for span, colour in zip(pairwise(borders), self._colours, strict=True)]

    def _column(self, sample: int) -> float:
        """Where `sample` is; rounded, because seconds of whole samples are not exact."""
        return round((self._offset + sample / self._rate) / self._step, 6)

    def _draw_samples(
        self, painter: QPainter, rect: QRect, span: Span, written: int, edges: tuple[int, ...], folded: bool
    ) -> None:
        borders = [0, *(min(edge, written) for edge in edges), written]
        for colour, (begin, end) in zip(self._colours, pairwise(borders), strict=True):
            start = max(begin - 1, math.floor((span.start - self._offset) * self._rate) - 1, 0)
            stop = min(end, math.ceil((span.stop - self._offset) * self._rate) + 2)
            if begin < end and start < stop:
                times = self._offset + np.arange(start, stop) / self._rate
                x = rect.left() + (times - span.start) / span.seconds * rect.width()
                paint_samples(painter, rect, x, self._peaks.samples(start, stop), colour, folded)


def _common(one: range, other: range) -> range:
    """What is in both; where that is nothing, an empty range at the beginning of the second."""
    start, stop = max(one.start, other.start), min(one.stop, other.stop)
    return range(start, stop) if start < stop else range(other.start, other.start)

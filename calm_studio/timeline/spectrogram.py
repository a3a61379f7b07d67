"""Spectrograms, drawn from tiles: short pictures of the sound, computed in a thread of their own as they come into view
and kept. A growing take has only its new columns computed."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from calm_studio import theme
from calm_studio.bridge import Background
from calm_studio.timeline.span import Span
from calm_studio.timeline.spectra import BANDS, WINDOW, levels, reach
from engine.peaks import PeakPyramid

COLUMNS = 256
"""In a tile."""
FINEST = 5
"""Columns are 2**5 samples long at least; where fewer fit on a pixel, they are drawn wider."""
KEPT = 64
"""Tiles: 25 kB each, and as much again as a picture."""
GLOW = 0.6
"""Part of the way to the colour of words that the loudest pixels go."""

Place = tuple[int, int]
"""Of a tile: its columns are 2**octave samples long, and its number from the start."""


@dataclass(frozen=True, eq=False)
class Tile:
    """`columns` of its levels (BANDS, COLUMNS) are computed, and the first `settled` of them will stay as they are."""

    levels: np.ndarray
    columns: int
    settled: int


EMPTY = Tile(np.zeros((BANDS, COLUMNS), np.uint8), 0, 0)


class Spectrogram(QObject):
    """Of one pyramid, whose sample 0 lies `offset` seconds into the timeline; `colours` are names of the theme's.
    `grown` says that there is more to draw; `waits` tells whether, when it was drawn last, some of it was not computed
    yet."""

    grown = Signal()

    def __init__(self, peaks: PeakPyramid, rate: int, offset: float, colours: tuple[str, ...], drawing: Background):
        super().__init__()
        self.peaks, self._rate, self._offset, self._names = peaks, rate, offset, colours
        self.drawing, self._busy = drawing, False
        self.tiles: OrderedDict[Place, Tile] = OrderedDict()
        self._pictures: dict[Place, tuple[tuple, QPixmap]] = {}
        self._rewinds = (0, 0)
        self.waits = False

    def draw(
        self, painter: QPainter, rect: QRect, span: Span, written: int, edges: tuple[int, ...], folded: bool
    ) -> None:
        """As a waveform is drawn; both channels are always mixed."""
        if rect.isEmpty():
            return
        self._forget_rewound()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = painter.deviceTransform().m11()
        octave = max(FINEST, round(math.log2(span.seconds * self._rate / (rect.width() * scale))))
        length, missing = COLUMNS << octave, []
        start, stop = ((at - self._offset) * self._rate for at in (span.start, span.stop))
        for number in range(max(0, int(start // length)), math.ceil(min(stop, written) / length)):
            place = (octave, number)
            tile = self.tiles.get(place, EMPTY)
            self._draw_tile(painter, rect, span, place, tile, edges)
            if tile.columns < self._wanted(place, written):
                missing.append(place)
        painter.restore()
        self.waits = bool(missing)
        if missing and not self._busy:
            self._compute(missing[len(missing) // 2], written)

    def _draw_tile(
        self, painter: QPainter, rect: QRect, span: Span, place: Place, tile: Tile, edges: tuple[int, ...]
    ) -> None:
        octave, number = place
        if not tile.columns:
            return
        first = number * COLUMNS
        seconds = [self._offset + ((first + column) << octave) / self._rate for column in (0, tile.columns)]
        left, right = (rect.left() + span.x(at, rect.width()) for at in seconds)
        target = QRectF(left, rect.top(), right - left, rect.height())
        painter.drawPixmap(target, self._picture(place, tile, edges), QRectF(0, 0, tile.columns, BANDS))

    def _picture(self, place: Place, tile: Tile, edges: tuple[int, ...]) -> QPixmap:
        colours = tuple(theme.named(name) for name in (*self._names, "TEXT"))
        key = (id(tile), edges, colours)
        known = self._pictures.get(place)
        if known is None or known[0] != key:
            borders = [(edge >> place[0]) - place[1] * COLUMNS for edge in edges]
            known = self._pictures[place] = (key, QPixmap.fromImage(picture(tile.levels, colours, borders)))
        return known[1]

    def _wanted(self, place: Place, written: int) -> int:
        """Columns of a tile of which something is written."""
        return min(COLUMNS, max(0, -(-written >> place[0]) - place[1] * COLUMNS))

    def _compute(self, place: Place, written: int) -> None:
        self._busy = True
        tile, wanted = self.tiles.get(place, EMPTY), self._wanted(place, written)
        work = partial(computed, self.peaks, self._rate, place, tile, wanted, written)
        self.drawing.run(work, partial(self._on_computed, place, self._rewinds[0]))

    def _on_computed(self, place: Place, rewinds: int, tile: Tile) -> None:
        self._busy = False
        self.tiles[place] = _cut(tile, place, min(self.peaks.rewound[rewinds:], default=None))
        self.tiles.move_to_end(place)
        if len(self.tiles) > KEPT:
            oldest, _ = self.tiles.popitem(last=False)
            self._pictures.pop(oldest, None)
        self.grown.emit()

    def _forget_rewound(self) -> None:
        """As in `Waveform`."""
        rewound = self.peaks.rewound[self._rewinds[0] :]
        self._rewinds = (self._rewinds[1], self._rewinds[0] + len(rewound))
        if rewound:
            self.tiles = OrderedDict((place, _cut(tile, place, min(rewound))) for place, tile in self.tiles.items())


def computed(peaks: PeakPyramid, rate: int, place: Place, tile: Tile, wanted: int, written: int) -> Tile:
    """The tile with the columns up to `wanted`. Slow, so not for the GUI thread."""
    octave, number = place
    hop, first = 1 << octave, number * COLUMNS
    columns = range(first + tile.settled, first + wanted)
    start, stop = reach(rate, hop, columns)
    new = tile.levels.copy()
    new[:, tile.settled : wanted] = levels(peaks.samples(start, min(stop, written)), start, rate, hop, columns)
    settled = ((written - WINDOW) >> octave) - first
    return Tile(new, wanted, min(max(settled, 0), wanted))


def picture(levels: np.ndarray, colours: tuple[str, ...], borders: list[int]) -> QImage:
    """`levels` (BANDS, n) as shades of `colours`, each after the column in `borders`: the louder the less to be seen
    through, and the nearer to the last colour, that of words."""
    shades = np.stack([_shades(colour, colours[-1]) for colour in colours[:-1]])
    numbers = np.searchsorted(borders, np.arange(levels.shape[1]), side="right")
    pixels = np.ascontiguousarray(shades[numbers[None], levels])
    height, width = levels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()


def _shades(colour: str, bright: str) -> np.ndarray:
    """(256,) of 0xAARRGGBB, premultiplied."""
    level = np.arange(256)
    glow = GLOW * (level / 255) ** 3
    ends = zip(QColor(colour).getRgb()[:3], QColor(bright).getRgb()[:3], strict=True)
    red, green, blue = (((1 - glow) * low + glow * high).astype(np.uint32) * level // 255 for low, high in ends)
    return (level << 24 | red << 16 | green << 8 | blue).astype(np.uint32)


def _cut(tile: Tile, place: Place, rewound: int | None) -> Tile:
    """What of `tile` stays when sample `rewound` and all that follows are written anew; all of it for None."""
    if rewound is None:
        return tile
    kept = max(0, ((rewound - WINDOW) >> place[0]) - place[1] * COLUMNS)
    return Tile(tile.levels, min(tile.columns, kept), min(tile.settled, kept))

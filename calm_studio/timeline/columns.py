"""From peaks to a picture of them: one upright bar for every column of pixels."""

import numpy as np
from PySide6.QtGui import QImage

FILLED = np.float32(0.94)
"""Of its band's height that a waveform at full scale takes."""


def columns_image(columns: np.ndarray, height: int, colours: np.ndarray) -> QImage:
    """Paint peaks as anti-aliased vertical bars, one below the other for each channel.

    `columns` is (C, n, 2) min/max in -1..1, `colours` (n, 3) red, green, blue 0..255; the image is n x `height` pixels.
    """
    band = height // len(columns)
    alpha = np.zeros((height, columns.shape[1]), np.uint8)
    for channel, peaks in enumerate(columns):
        alpha[channel * band : (channel + 1) * band] = _coverage(peaks, band)
    pixels = _coloured(alpha, colours)
    image = QImage(pixels.data, pixels.shape[1], height, 4 * pixels.shape[1], QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()


def _coverage(peaks: np.ndarray, height: int) -> np.ndarray:
    """How much of every pixel the bars of `peaks` (n, 2) cover: (height, n) in 0..255; never less than one pixel."""
    middle, peaks = np.float32(height / 2), peaks.astype(np.float32)
    top = middle - peaks[:, 1] * middle * FILLED
    bottom = middle - peaks[:, 0] * middle * FILLED
    thin = np.maximum(np.float32(0), 1 - (bottom - top)) / 2
    row = np.arange(height, dtype=np.float32)[:, None]
    covered = np.minimum(row + 1, bottom + thin)
    covered -= np.maximum(row, top - thin)
    return (np.clip(covered, 0, 1, out=covered) * 255).astype(np.uint8)


def _coloured(alpha: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """(height, n) of uint32 0xAARRGGBB, premultiplied. Of each run of one colour by a table of all its 256 shades."""
    shades, pixels = np.arange(256, dtype=np.uint32), np.empty(alpha.shape, np.uint32)
    changes = np.flatnonzero((colours[1:] != colours[:-1]).any(axis=1)) + 1
    borders = [0, *changes.tolist(), len(colours)]
    for start, stop in zip(borders, borders[1:], strict=False):
        red, green, blue = (shades * np.uint32(part) // 255 for part in colours[start])
        table = shades << 24 | red << 16 | green << 8 | blue
        pixels[:, start:stop] = table[alpha[:, start:stop]]
    return pixels


def joined(columns: np.ndarray) -> np.ndarray:
    """Stretch every column to touch the one before it, so that a close zoom shows a line and not dots."""
    lows, highs = columns[..., 0].copy(), columns[..., 1].copy()
    lows[:, 1:] = np.minimum(lows[:, 1:], columns[:, :-1, 1])
    highs[:, 1:] = np.maximum(highs[:, 1:], columns[:, :-1, 0])
    return np.stack([lows, highs], axis=-1)

"""From peaks to a picture of them: one upright bar for every column of pixels."""

import numpy as np
from PySide6.QtGui import QColor, QImage

FILLED = 0.94
"""Of its band's height that a waveform at full scale takes."""


def columns_image(columns: np.ndarray, height: int, colour: QColor) -> QImage:
    """Paint peaks as anti-aliased vertical bars, one below the other for each channel.

    `columns` is (C, n, 2) min/max in -1..1; the image is n x `height` pixels, of 256 shades of `colour`: so many bytes
    are made several times as fast as pixels.
    """
    count, band = columns.shape[1], height // len(columns)
    alpha = np.zeros((height, count), np.uint8)
    for channel, peaks in enumerate(columns):
        _fill(alpha[channel * band : (channel + 1) * band], peaks)
    image = QImage(alpha.data, count, height, count, QImage.Format.Format_Indexed8).copy()
    rgb = colour.rgb() & 0xFFFFFF
    image.setColorTable([shade << 24 | rgb for shade in range(256)])
    return image


def _fill(alpha: np.ndarray, peaks: np.ndarray) -> None:
    """Write into `alpha` (height, n) how much of every pixel the bars of `peaks` (n, 2) cover, in 0..255; never less
    than one pixel. Only the pixels at the ends of a bar are covered in part."""
    height, columns = alpha.shape[0], np.arange(len(peaks))
    middle = height / 2
    top, bottom = middle - peaks[:, 1] * (middle * FILLED), middle - peaks[:, 0] * (middle * FILLED)
    thin = np.maximum(0.0, 1.0 - (bottom - top)) / 2
    top, bottom = np.clip(top - thin, 0, height), np.clip(bottom + thin, 0, height)
    first, last = np.ceil(top).astype(np.int16), np.floor(bottom).astype(np.int16)
    row = np.arange(height, dtype=np.int16)[:, None]
    np.multiply((row >= first) & (row < last), np.uint8(255), out=alpha)
    inside = first > last  # both ends in one pixel
    upper, lower = np.where(inside, bottom - top, first - top), np.where(inside, 0, bottom - last)
    for rows, covered in ((np.maximum(first - 1, 0), upper), (np.minimum(last, height - 1), lower)):
        alpha[rows, columns] = np.maximum(alpha[rows, columns], (255 * covered).astype(np.uint8))


def joined(columns: np.ndarray) -> np.ndarray:
    """Stretch every column to touch the one before it, so that a close zoom shows a line and not dots."""
    lows, highs = columns[..., 0].copy(), columns[..., 1].copy()
    lows[:, 1:] = np.minimum(lows[:, 1:], columns[:, :-1, 1])
    highs[:, 1:] = np.maximum(highs[:, 1:], columns[:, :-1, 0])
    return np.stack([lows, highs], axis=-1)

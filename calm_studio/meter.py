"""Two level bars that fall back slowly."""

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from calm_studio import theme

FLOOR_DB = -48.0
FALL_DB = 0.8
"""Decibels that a bar falls per refresh (33 ms): 24 dB a second."""


def decibels(peak: float) -> float:
    """`peak` (full scale 1.0) in dBFS, never below the floor of the meter."""
    return max(FLOOR_DB, 20 * math.log10(peak)) if peak > 0 else FLOOR_DB


class Meter(QWidget):
    """Left and right peak of what is heard."""

    def __init__(self):
        super().__init__()
        self._levels = [FLOOR_DB, FLOOR_DB]
        self.setFixedHeight(20)
        self.setMinimumWidth(60)
        self.setMaximumWidth(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Level of what is heard, left and right")

    @property
    def levels(self) -> tuple[float, float]:
        """What is shown now, in dBFS."""
        return tuple(self._levels)

    def show_peaks(self, peaks: tuple[float, float]) -> None:
        """Peaks of the last moments, full scale 1.0; called once per refresh."""
        levels = [max(decibels(peak), old - FALL_DB) for peak, old in zip(peaks, self._levels, strict=True)]
        if levels != self._levels:
            self._levels = [max(FLOOR_DB, level) for level in levels]
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = QLinearGradient(0, 0, self.width(), 0)
        for place, colour in ((0.0, theme.GREEN), (0.72, theme.GREEN), (0.88, theme.AMBER), (1.0, theme.RED)):
            colours.setColorAt(place, QColor(colour))
        for row, level in enumerate(self._levels):
            top = 1 + row * 11
            painter.setBrush(QColor(theme.FIELD))
            painter.drawRoundedRect(QRectF(0, top, self.width(), 7), 3, 3)
            painter.setBrush(colours)
            painter.drawRoundedRect(QRectF(0, top, self.width() * (1 - level / FLOOR_DB), 7), 3, 3)

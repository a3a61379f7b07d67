"""Two level bars that fall back slowly, with what was highest, and a lamp for what was too high."""

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from calm_studio import theme
from engine.metering import SILENCE, Reading

FLOOR_DB = -48.0
FALL_DB = 0.8
"""Decibels that a bar falls per refresh (33 ms): 24 dB a second."""
HOLD = 45
"""Refreshes that a peak is held before it falls: 1.5 s."""
BAR, GAP, LAMP = 7, 4, 6
"""Pixels: height of a bar, between the two, width of the lamp."""


class Falling:
    """A level that rises at once, is held for `hold` refreshes and falls then."""

    def __init__(self, hold: int = 0):
        self.level = FLOOR_DB
        self._hold, self._age = hold, 0

    def follow(self, level: float) -> None:
        self._age += 1
        if level >= self.level:
            self.level, self._age = level, 0
        elif self._age > self._hold:
            self.level = max(level, FLOOR_DB, self.level - FALL_DB)


class Meter(QAbstractButton):
    """Left and right: the bar is the peak, its solid part the RMS, the line what was highest in the last moments. The
    lamp at the end is lit by the first true peak above full scale. A click, or Enter, is to begin anew."""

    def __init__(self):
        super().__init__()
        self._peaks, self._rms = (Falling(), Falling()), (Falling(), Falling())
        self._held = (Falling(HOLD), Falling(HOLD))
        self._over = False
        self._painted: tuple = ()
        self.setFixedHeight(2 * BAR + GAP + 2)
        self.setMinimumWidth(60)
        self.setMaximumWidth(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Level of what is heard, left and right; press to measure anew")
        self.setToolTip("Press to measure anew")

    @property
    def levels(self) -> tuple[float, float]:
        """The bars, in dBFS."""
        return self._peaks[0].level, self._peaks[1].level

    @property
    def held(self) -> tuple[float, float]:
        """The lines, in dBFS."""
        return self._held[0].level, self._held[1].level

    @property
    def over(self) -> bool:
        return self._over

    def show_reading(self, reading: Reading) -> None:
        """Called once per refresh."""
        for falling, levels in ((self._peaks, reading.peaks), (self._rms, reading.rms), (self._held, reading.peaks)):
            for each, level in zip(falling, levels, strict=True):
                each.follow(max(level, FLOOR_DB))
        self._over = reading.true_peak > 0
        looks = (self.levels, self.held, self._rms[0].level, self._rms[1].level, self._over)
        if looks != self._painted:
            self._painted = looks
            self.update()

    def clear(self) -> None:
        """As if nothing had been heard."""
        self._peaks, self._rms = (Falling(), Falling()), (Falling(), Falling())
        self._held = (Falling(HOLD), Falling(HOLD))
        self.show_reading(SILENCE)

    def sizeHint(self) -> QSize:
        return QSize(150, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            width = self.width() - LAMP - 3
            for row in range(2):
                self._paint_row(painter, row, QRectF(0, 1 + row * (BAR + GAP), width, BAR))
            painter.setBrush(QColor(theme.RED if self._over else theme.TRACK))
            painter.drawRoundedRect(QRectF(width + 3, 1, LAMP, 2 * BAR + GAP), 2, 2)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QColor(theme.FOCUS))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _paint_row(self, painter: QPainter, row: int, place: QRectF) -> None:
        painter.setBrush(QColor(theme.TRACK))
        painter.drawRoundedRect(place, 3, 3)
        colours = _colours(place.width())
        for level, opacity in ((self._peaks[row].level, 0.62), (self._rms[row].level, 1.0)):
            painter.setOpacity(opacity)
            painter.setBrush(colours)
            painter.drawRoundedRect(_part(place, level), 3, 3)
        painter.setOpacity(1.0)
        if self._held[row].level > FLOOR_DB:
            x = _part(place, self._held[row].level).right()
            painter.fillRect(QRectF(min(x, place.right() - 1.5), place.top(), 1.5, BAR), QColor(theme.TEXT))


def _part(place: QRectF, level: float) -> QRectF:
    """What a bar fills of its place at `level`."""
    share = min(1.0, 1 - level / FLOOR_DB)
    return QRectF(place.left(), place.top(), place.width() * share, place.height())


def _colours(width: float) -> QLinearGradient:
    colours = QLinearGradient(0, 0, width, 0)
    for place, colour in ((0.0, theme.GREEN), (0.72, theme.GREEN), (0.88, theme.AMBER), (1.0, theme.RED)):
        colours.setColorAt(place, QColor(colour))
    return colours


def figure(level: float, unit: str) -> str:
    """-13.84 -> "\N{MINUS SIGN}13.8 LUFS"; an en dash where there is none."""
    if not math.isfinite(level):
        return f"\N{EN DASH} {unit}"
    return f"{level:.1f} {unit}".replace("-", "\N{MINUS SIGN}")

"""The strip under the selected take: the temperature that was in effect, frame by frame."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from calm_studio import theme
from calm_studio.timeline.span import Span
from calm_studio.values import Lane

ROOM = 0.25
"""Temperature shown above and below what was used."""


class AutomationStrip(QFrame):
    """A step curve on the same ruler as the lanes."""

    def __init__(self):
        super().__init__()
        self.setFixedHeight(70)
        self.setObjectName("automation")
        self.setAccessibleName("Temperature over time")
        self._plot = pg.PlotWidget(background=theme.PANEL)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plot.setFrameShape(QFrame.Shape.NoFrame)
        item = self._plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.setContentsMargins(0, 0, 0, 0)
        self._curve = item.plot(pen=pg.mkPen(theme.VIOLET, width=2))
        self._dot = item.plot(pen=None, symbol="o", symbolSize=8, symbolPen=None, symbolBrush=theme.VIOLET)
        self._value = pg.TextItem(color=theme.VIOLET, anchor=(-0.15, 0.5))
        item.addItem(self._value, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 1)
        layout.addWidget(self._plot)
        caption = QLabel(f"<span style='color:{theme.VIOLET}'>Temperature (live)</span>", self)
        caption.setObjectName("muted")
        caption.move(9, 5)
        caption.resize(160, 16)

    def show_span(self, span: Span) -> None:
        self._plot.setXRange(span.start, span.stop, padding=0)

    def show_lane(self, lane: Lane) -> None:
        """Draw the history of `lane`; empty until its first frame is made."""
        times, values = temperature_curve(lane)
        self._curve.setData(times, values)
        self._dot.setData(times[-1:], values[-1:])
        self._value.setText(f"{values[-1]:.2f}" if len(values) else "")
        if len(values):
            self._value.setPos(times[-1], values[-1])
            self._plot.setYRange(values.min() - ROOM, values.max() + ROOM, padding=0)


def temperature_curve(lane: Lane) -> tuple[np.ndarray, np.ndarray]:
    """Corner points (seconds on the timeline, temperature) of the steps; two empty arrays before the first frame."""
    if lane.growth is None:
        return np.empty(0), np.empty(0)
    changes, take = lane.take.history.changes, lane.take
    frames = np.array([frame for frame, _ in changes] + [lane.growth.frame + 1], float)
    made = (lane.growth.written - take.cut) / take.rate
    edges = lane.offset + take.cut / take.rate + frames / (lane.growth.frame + 1) * made
    values = np.array([controls.temperature for _, controls in changes])
    return np.repeat(edges, 2)[1:-1], np.repeat(values, 2)

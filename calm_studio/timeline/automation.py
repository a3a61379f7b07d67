"""The strips under the selected take: what its controls were, frame by frame."""

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.timeline.span import Span
from calm_studio.values import Lane
from engine.controls import Controls

HEIGHT = 70
ROOM = 0.4
"""Of what was used, shown above and below it besides: for the caption, and for a value at the edge."""
GAP = 4


class Strip(QFrame):
    """One control as a step curve on the same ruler as the lanes, with `room` or more above and below what was used;
    `colour` is the name of one of the theme's."""

    def __init__(self, name: str, value_of: Callable[[Controls], float], form: str, room: float, colour: str):
        super().__init__()
        self._value_of, self._form, self._room = value_of, form, room
        self.setFixedHeight(HEIGHT)
        self.setObjectName("automation")
        self.setAccessibleName(f"{name} over time")
        self._plot = _plot()
        item = self._plot.getPlotItem()
        self._curve = item.plot()
        self._dot = item.plot(pen=None, symbol="o", symbolSize=8, symbolPen=None)
        self._value = pg.TextItem(anchor=(-0.15, 0.5))
        item.addItem(self._value, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 1)
        layout.addWidget(self._plot)
        self._name, self._colour = name, colour
        self._caption = QLabel(self)
        self._caption.setObjectName("muted")
        self._caption.move(9, 5)
        self._caption.resize(160, 16)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        """In the colours of the theme."""
        colour = theme.named(self._colour)
        self._plot.setBackground(theme.PANEL)
        self._curve.setPen(pg.mkPen(colour, width=2))
        self._dot.setSymbolBrush(colour)
        self._value.setColor(colour)
        self._caption.setText(f"<span style='color:{colour}'>{self._name} (live)</span>")

    def moved(self, lane: Lane) -> bool:
        """Whether the control was not the same throughout."""
        return len({self._value_of(controls) for _, controls in lane.take.history.changes}) > 1

    def show_span(self, span: Span) -> None:
        self._plot.setXRange(span.start, span.stop, padding=0)

    def show_lane(self, lane: Lane) -> None:
        """Draw the history of `lane`; empty until its first frame is made."""
        times, values = curve(lane, self._value_of)
        self._curve.setData(times, values)
        self._dot.setData(times[-1:], values[-1:])
        self._value.setText(f"{values[-1]:{self._form}}" if len(values) else "")
        if len(values):
            self._value.setPos(times[-1], values[-1])
            room = self._room + ROOM * (values.max() - values.min())
            self._plot.setYRange(values.min() - room, values.max() + room, padding=0)


class Automation(QWidget):
    """The temperature, and what else was not the same throughout: steps, how firmly the sheet and its chords were
    followed."""

    def __init__(self):
        super().__init__()
        self.temperature = Strip("Temperature", _temperature, ".2f", 0.25, "VIOLET")
        self.steps = Strip("Steps in effect", _steps, ".0f", 1.0, "AMBER")
        self.follow = Strip("Follow sheet", _follow, ".1f", 0.5, "TEAL")
        self.harmony = Strip("Follow chords", _harmony, ".1f", 0.5, "TEAL")
        self._where_moved = self.steps, self.follow, self.harmony
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for strip in self._strips:
            column.addWidget(strip)
        for strip in self._where_moved:
            strip.hide()
        self._show_count(1)

    @property
    def _strips(self) -> tuple[Strip, ...]:
        return self.temperature, *self._where_moved

    def show_span(self, span: Span) -> None:
        for strip in self._strips:
            strip.show_span(span)

    def show_lane(self, lane: Lane) -> None:
        for strip in self._where_moved:
            strip.setVisible(strip.moved(lane))
        self._show_count(1 + sum(not strip.isHidden() for strip in self._where_moved))
        for strip in self._strips:
            if not strip.isHidden():
                strip.show_lane(lane)

    def _show_count(self, count: int) -> None:
        self.setFixedHeight(count * (HEIGHT + GAP) - GAP)


def curve(lane: Lane, value_of: Callable[[Controls], float]) -> tuple[np.ndarray, np.ndarray]:
    """Corner points (seconds on the timeline, value) of the steps; two empty arrays before the first frame."""
    if lane.growth is None:
        return np.empty(0), np.empty(0)
    changes, take = lane.take.history.changes, lane.take
    frames = np.array([frame for frame, _ in changes] + [lane.growth.frame + 1], float)
    made = (lane.growth.written - take.cut) / take.rate
    edges = lane.offset + take.cut / take.rate + frames / (lane.growth.frame + 1) * made
    values = np.array([value_of(controls) for _, controls in changes])
    return np.repeat(edges, 2)[1:-1], np.repeat(values, 2)


def has_curve(lane: Lane | None) -> bool:
    """Whether it is known when the controls of the take were moved: of a take that comes out of a file it is not."""
    return lane is not None and (lane.growth is not None or lane.take.state == "writing")


def _plot() -> pg.PlotWidget:
    """Without axes, for the eye only."""
    plot = pg.PlotWidget()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    plot.setFrameShape(QFrame.Shape.NoFrame)
    item = plot.getPlotItem()
    item.hideButtons()
    item.setMenuEnabled(False)
    item.hideAxis("left")
    item.hideAxis("bottom")
    item.setContentsMargins(0, 0, 0, 0)
    return plot


def _temperature(controls: Controls) -> float:
    return controls.temperature


def _steps(controls: Controls) -> float:
    return controls.steps


def _follow(controls: Controls) -> float:
    return controls.follow


def _harmony(controls: Controls) -> float:
    return controls.harmony

"""Samples one by one: a line from each to the next and, where there is room, a dot on each."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from calm_studio.timeline.columns import FILLED

DOTS = 6.0
"""Pixels between samples from which on each has a dot."""
DOT = 2.0


def paint_samples(
    painter: QPainter, rect: QRect, x: np.ndarray, samples: np.ndarray, colour: QColor, folded: bool
) -> None:
    """Paint `samples` (C, n) at pixels `x` (n,) into `rect`: a band for each channel, or one for all if `folded`."""
    band = rect.height() if folded else rect.height() // len(samples)
    dotted = len(x) > 1 and x[1] - x[0] >= DOTS
    for channel, values in enumerate(samples):
        top = rect.top() + (0 if folded else channel * band)
        y = top + band / 2 * (1 - values.clip(-1, 1) * FILLED)
        points = [QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 0))
        painter.drawPolyline(QPolygonF(points))
        if dotted:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for point in points:
                painter.drawEllipse(point, DOT, DOT)

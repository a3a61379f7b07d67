"""The few transport symbols, drawn as paths so that they are sharp at any scaling."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF

SIZE = 16


def _triangle(left: float, tip: float) -> QPolygonF:
    return QPolygonF([QPointF(left, 3), QPointF(tip, 8), QPointF(left, 13)])


def _star(tips: float, notches: float) -> QPolygonF:
    """With five tips, these and the notches at such distances from the middle."""
    points = ((tips if corner % 2 == 0 else notches, math.radians(36 * corner - 90)) for corner in range(10))
    return QPolygonF([QPointF(8 + reach * math.cos(angle), 8.5 + reach * math.sin(angle)) for reach, angle in points])


def _speaker() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(2.5, 6, 2.5, 4))
    path.addPolygon(QPolygonF([QPointF(5.5, 6), QPointF(8.5, 3), QPointF(8.5, 13), QPointF(5.5, 10)]))
    path.addPath(_arcs())
    return path


def _arcs() -> QPainterPath:
    """The waves before a loudspeaker."""
    path = QPainterPath()
    for reach in (3.0, 5.5):
        path.arcMoveTo(QRectF(8.5 - reach, 8 - reach, 2 * reach, 2 * reach), 45)
        path.arcTo(QRectF(8.5 - reach, 8 - reach, 2 * reach, 2 * reach), 45, -90)
    stroker = QPainterPathStroker()
    stroker.setWidth(1.3)
    return stroker.createStroke(path)


def _polygons(*polygons: QPolygonF) -> QPainterPath:
    path = QPainterPath()
    for polygon in polygons:
        path.addPolygon(polygon)
    return path


def _stop() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(4, 4, 8, 8), 1, 1)
    return path


def _start() -> QPainterPath:
    path = _polygons(_triangle(12.5, 6))
    path.addRect(QRectF(3.5, 3.5, 1.8, 9))
    return path


def _spectrum() -> QPainterPath:
    path = QPainterPath()
    for column, height in enumerate((4, 8, 11, 6, 9)):
        path.addRect(QRectF(2 + 2.6 * column, 14 - height, 1.8, height))
    return path


def _die() -> QPainterPath:
    """A five."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(2, 2, 12, 12), 2.5, 2.5)
    for x, y in ((5, 5), (11, 5), (8, 8), (5, 11), (11, 11)):
        path.addEllipse(QPointF(x, y), 1.2, 1.2)
    return path


def symbol(name: str) -> QPainterPath:
    """`name` is one of SYMBOLS; SIZE wide and high."""
    path = SYMBOLS[name]()
    path.closeSubpath()
    return path


def _seam() -> QPainterPath:
    """Waves on both sides of a line."""
    path = QPainterPath()
    for left, height in ((1.5, 4), (4.3, 8), (7.2, 14), (10.1, 8), (12.9, 4)):
        path.addRoundedRect(QRectF(left, 8 - height / 2, 1.6, height), 0.8, 0.8)
    return path


def _follow() -> QPainterPath:
    """A line that moves on."""
    path = _polygons(_triangle(6.5, 13.5))
    path.addRect(QRectF(3, 2.5, 1.6, 11))
    return path


def _loop() -> QPainterPath:
    """Two arrows, one to the right and one below it to the left."""
    path = QPainterPath()
    for left, top, tip, sides in ((3.0, 4.6, 13.5, 1), (13.0, 9.8, 2.5, -1)):
        path.addRect(QRectF(min(left, left + 7 * sides), top, 7, 1.6))
        path.addPolygon(
            QPolygonF([QPointF(tip - 4 * sides, top - 2), QPointF(tip, top + 0.8), QPointF(tip - 4 * sides, top + 3.6)])
        )
    return path


def _dots() -> QPainterPath:
    path = QPainterPath()
    for x in (3.0, 8.0, 13.0):
        path.addEllipse(QPointF(x, 8), 1.4, 1.4)
    return path


SYMBOLS = {
    "die": _die,
    "more": _dots,
    "play": lambda: _polygons(_triangle(4.5, 12.5)),
    "stop": _stop,
    "loop": _loop,
    "start": _start,
    "star": lambda: _polygons(_star(6.5, 2.7)),
    "outline": lambda: _polygons(_star(6.5, 2.7), _star(4.6, 1.9)),
    "sound": _speaker,
    "spectrum": _spectrum,
    "seam": _seam,
    "follow": _follow,
}
"""What draws each; "outline" is that of a star."""

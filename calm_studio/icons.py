"""The few transport symbols, drawn as paths so that they are sharp at any scaling."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from calm_studio import theme

SIZE = 16


def _triangle(left: float, tip: float) -> QPolygonF:
    return QPolygonF([QPointF(left, 3), QPointF(tip, 8), QPointF(left, 13)])


def _path(name: str) -> QPainterPath:
    path = QPainterPath()
    if name == "play":
        path.addPolygon(_triangle(4.5, 12.5))
    elif name == "stop":
        path.addRoundedRect(QRectF(4, 4, 8, 8), 1, 1)
    elif name == "start":
        path.addRect(QRectF(3.5, 3.5, 1.8, 9))
        path.addPolygon(_triangle(12.5, 6))
    else:
        raise ValueError(f"no icon is called {name}")
    path.closeSubpath()
    return path


def icon(name: str, colour: str = theme.TEXT) -> QIcon:
    """`name` is "play", "stop" or "start"; drawn at four times its size for high-resolution screens."""
    path = _path(name)
    pixmap = QPixmap(QSize(SIZE, SIZE) * 4)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(4, 4)
    painter.fillPath(path, QColor(colour))
    painter.end()
    return QIcon(pixmap)

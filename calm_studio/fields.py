"""Small parts that forms are made of."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from calm_studio import theme


class Choice(QComboBox):
    """A combo box that paints its own arrow: a style sheet that gives it a border takes the arrow away."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.MUTED), 1.5))
            tip = QPointF(self.width() - 14, self.height() / 2 + 2)
            painter.drawPolyline([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)])


def heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    font = label.font()
    font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.6)
    label.setFont(font)
    return label


def caption(text: str, width: int = 82) -> QLabel:
    """The name of a field, to stand at its left."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setFixedWidth(width)
    return label


def link(text: str, tip: str) -> QPushButton:
    """A button that looks like a word; `tip` is also its name for screen readers."""
    button = QPushButton(text)
    button.setObjectName("link")
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


def row(*widgets: QWidget) -> QWidget:
    """The widgets side by side."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    for widget in widgets:
        layout.addWidget(widget)
    return holder

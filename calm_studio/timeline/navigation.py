"""The wheel, the middle button and fingers, over everything that lies on the ruler: they zoom and move the view."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from calm_studio.timeline.view import CLOSER, View

NOTCH = 120
"""Of `angleDelta`, an eighth of a degree each: one notch of a mouse's wheel."""
STEP = 1 / 8
"""Of the view passes by at a notch."""


class Navigation(QObject):
    """Watches widgets as wide as the view. Ctrl and the wheel, or two fingers, zoom at the pointer; Shift and the
    wheel, a wheel that goes sideways, or the middle button move the view. All else is left to the widgets."""

    def __init__(self, view: View):
        super().__init__()
        self._view = view
        self._held: float | None = None

    def watch(self, widget: QWidget) -> None:
        widget.grabGesture(Qt.GestureType.PinchGesture)
        widget.installEventFilter(self)

    def eventFilter(self, widget: QWidget, event: QEvent) -> bool:
        """Whether `event` was for the view."""
        kind = event.type()
        if kind == QEvent.Type.Wheel:
            return self._on_wheel(widget, event)
        if kind == QEvent.Type.NativeGesture:
            return self._on_native(widget, event)
        if kind == QEvent.Type.Gesture:
            return self._on_gesture(widget, event)
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease):
            return self._on_mouse(widget, event)
        return False

    def _on_wheel(self, widget: QWidget, event: QWheelEvent) -> bool:
        turned, modifiers = event.angleDelta(), event.modifiers()
        notches = (turned.y() or turned.x()) / NOTCH
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._zoom(widget, event.position(), CLOSER**notches)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            pixels = event.pixelDelta().x()
            self._pan(widget, -pixels if pixels else -notches * STEP * widget.width())
        else:
            return False
        return True

    def _on_native(self, widget: QWidget, event: QNativeGestureEvent) -> bool:
        """Of a touch pad: macOS, Windows and Wayland report pinches in this way."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(widget, event.position(), 1 / max(0.1, 1 + event.value()))
        return True

    def _on_gesture(self, widget: QWidget, event: QGestureEvent) -> bool:
        """Of a touch screen."""
        pinch: QPinchGesture | None = event.gesture(Qt.GestureType.PinchGesture)
        if pinch is None:
            return False
        middle = widget.mapFromGlobal(pinch.centerPoint())
        self._zoom(widget, middle, 1 / max(0.1, pinch.scaleFactor()))
        self._pan(widget, pinch.lastCenterPoint().x() - pinch.centerPoint().x())
        return True

    def _on_mouse(self, widget: QWidget, event: QMouseEvent) -> bool:
        x = event.position().x()
        if event.button() == Qt.MouseButton.MiddleButton:
            pressed = event.type() == QEvent.Type.MouseButtonPress
            self._held = x if pressed else None
            return True
        if self._held is None:
            return False
        self._pan(widget, self._held - x)
        self._held = x
        return True

    def _zoom(self, widget: QWidget, at: QPointF, factor: float) -> None:
        self._view.zoom(factor, self._view.span.time(at.x(), widget.width()))

    def _pan(self, widget: QWidget, pixels: float) -> None:
        self._view.pan(pixels / widget.width() * self._view.span.seconds)

"""The selected clip is heard by the model before Continue is pressed, so that sound comes at once then."""

from PySide6.QtCore import QTimer

from calm_studio.desk import Desk
from engine.request import Prompt

SETTLE_MS = 300  # that the clip's edges rest


class Prehearing:
    def __init__(self, desk: Desk):
        self._desk = desk
        self._wanted: Prompt | None = None
        self._settled = QTimer()
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._on_settled)

    def look(self) -> None:
        """Called at every tick: have the selected clip heard as soon as its edges rest, and again after something else
        was written, which the model may have heard meanwhile."""
        state = self._desk.state
        prompt = None if state.clip is None or state.writing is not None else state.clip.prompt
        if prompt is not self._wanted:
            self._wanted = prompt
            self._settled.start()

    def close(self) -> None:
        self._settled.stop()

    def _on_settled(self) -> None:
        if self._wanted is not None:
            self._desk.session.prehear(self._wanted)

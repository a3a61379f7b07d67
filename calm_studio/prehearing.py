"""The selected clip is heard by the model before Continue is pressed, so that sound comes at once then; and a selected
take that came out of a project is gone over, so that it can be branched off as if it had just been written.
"""

from PySide6.QtCore import QTimer

from calm_studio.desk import Desk
from calm_studio.values import State
from engine.recipe import is_made_by
from engine.request import Prompt
from engine.take import Take

SETTLE_MS = 300  # that the clip's edges rest


class Prehearing:
    def __init__(self, desk: Desk):
        self._desk = desk
        self._prompt: Prompt | None = None
        self._take: Take | None = None
        self._settled = QTimer()
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._on_settled)

    def look(self) -> None:
        """Called at every tick: have the selected clip heard as soon as its edges rest, and again after something else
        was written, which the model may have heard meanwhile; and the selected take gone over."""
        state = self._desk.state
        prompt = None if state.clip is None or state.writing is not None else state.clip.prompt
        take = None if state.writing is not None else self._reopened(state)
        if prompt is not self._prompt or take is not self._take:
            self._prompt, self._take = prompt, take
            self._settled.start()

    def close(self) -> None:
        self._settled.stop()

    def _reopened(self, state: State) -> Take | None:
        """The selected take, if it came out of a project and this model made it here."""
        info, lane = self._desk.session.info, state.lane
        if lane is None or info is None or lane.recipe is None or not any(each is not None for each in lane.take.drawn):
            return None
        return lane.take if is_made_by(lane.recipe, info) else None

    def _on_settled(self) -> None:
        if self._prompt is not None:
            self._desk.session.prehear(self._prompt)
        if self._take is not None:
            self._desk.session.retrace(self._take)

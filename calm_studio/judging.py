"""What is found out about takes once they are written: their scores, and the loop in the selected one."""

from functools import partial
from pathlib import Path

from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.scoring import score, worth_scoring
from calm_studio.take_files import loop_of
from calm_studio.values import Scores
from engine.errors import CalmError
from engine.loop import Loop


class Judging:
    """`songs` is the list of what the model learned from."""

    def __init__(self, desk: Desk, songs: Path):
        self._desk, self._songs = desk, songs
        self._asked: set[tuple[str, int]] = set()
        self._scoring = Background("scoring", desk.report)

    def look(self) -> None:
        """Have found out what is missing; called at every change of the state."""
        state = self._desk.state
        for lane in state.lanes:
            if worth_scoring(lane) and self._is_new("scores", lane.take.id):
                self._scoring.run(partial(score, lane, self._songs), partial(self._on_scored, lane.take.id))
        lane = state.lane
        wanted = state.looping and state.selection is None and lane is not None and lane.loop is None
        wanted = wanted and lane.take.state != "writing"
        if wanted and self._is_new("loop", lane.take.id):
            found, failed = partial(self._on_loop, lane.take.id), partial(self._on_no_loop, lane.take.id)
            self._scoring.run(partial(loop_of, lane), found, failed)

    def close(self) -> None:
        self._scoring.close()

    def _is_new(self, what: str, take_id: int) -> bool:
        """Whether this is asked for the first time."""
        new = (what, take_id) not in self._asked
        self._asked.add((what, take_id))
        return new

    def _on_scored(self, take_id: int, scores: Scores) -> None:
        if self._desk.state.lane_of(take_id) is None:
            self._asked.discard(("scores", take_id))  # it was deleted meanwhile, and may come back
        self._desk.show(states.with_scores(self._desk.state, take_id, scores))

    def _on_loop(self, take_id: int, loop: Loop) -> None:
        self._desk.show(states.with_loop(self._desk.state, take_id, loop))

    def _on_no_loop(self, take_id: int, error: CalmError) -> None:
        self._asked.discard(("loop", take_id))
        self._desk.show(states.report(states.loop_toggled(self._desk.state, False), error))

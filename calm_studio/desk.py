"""What all parts of the app work at: the state, what can be undone of it, the window, and the engine's session."""

from collections.abc import Callable
from dataclasses import replace

from calm_studio import history
from calm_studio import state as states
from calm_studio.history import Edit, History, Retold
from calm_studio.main_window import MainWindow
from calm_studio.plan import Plan
from calm_studio.seed_field import random_seed
from calm_studio.values import State
from engine.errors import CalmError
from engine.session import Session


class Desk:
    """Used in the GUI thread. `state` changes by `show` and `note`, and what can be undone by the others."""

    def __init__(self, window: MainWindow, session: Session):
        self.window, self.session = window, session
        self.state = State(plan=Plan(seed=random_seed()))
        self._history = History()
        self.show(self.state)

    def show(self, state: State) -> None:
        self.state = state
        self.window.show_state(state)

    def note(self, state: State) -> None:
        """Take `state` in, to be shown with the next one."""
        self.state = state

    def edit(self, state: State, goes_on: bool = False, retold: Retold | None = None) -> None:
        """Show what the user did by hand, which can be undone; `goes_on` says that it belongs to the last edit,
        `retold` which take is told something else by it."""
        if state is not self.state:
            self._history = history.edited(self._history, Edit(self.state, state, retold=retold), goes_on)
        self.show(state)

    @property
    def last_edit(self) -> Edit | None:
        """What would be undone next."""
        return self._history.done[-1] if self._history.done else None

    def ask(self, state: State, jobs: list[int]) -> None:
        """Show that the user has asked for the takes of `jobs`, which can be undone."""
        self._history = history.edited(self._history, Edit(self.state, state, tuple(jobs)))
        self.show(state)

    def on_begun(self, job: int, beside: int | None) -> None:
        """The take of a job is in the state now."""
        self._history = history.begun(self._history, self.state.lane_of(job), beside)

    def undo(self) -> None:
        """Takes that are asked for are not waited for any more."""
        jobs = self.last_edit.jobs if self.last_edit else ()
        self._step(history.undone)
        for job in jobs:
            self.session.cancel(job)
        self.show(replace(self.state, waiting=tuple(each for each in self.state.waiting if each.job not in jobs)))

    def redo(self) -> None:
        self._step(history.redone)

    def _step(self, step: Callable[[History, State], tuple[History, State]]) -> None:
        """Takes that go are not written any further."""
        before = self.state
        self._history, self.state = step(self._history, before)
        for take_id in {lane.take.id for lane in before.lanes} - {lane.take.id for lane in self.state.lanes}:
            self.session.cancel(take_id)
        self.show(self.state)

    def start_over(self, state: State) -> None:
        """Show another project; nothing of it can be undone yet."""
        self._history = History()
        self.show(state)

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self.show(states.report(self.state, error))

    def inform(self, message: str, advice: str) -> None:
        """Show what is worth knowing in the banner."""
        self.show(states.inform(self.state, message, advice))

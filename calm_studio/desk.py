"""What all parts of the app work at: the state, what can be undone of it, the window, and the engine's session."""

from calm_studio import history
from calm_studio import state as states
from calm_studio.history import History
from calm_studio.main_window import MainWindow
from calm_studio.values import State
from engine.errors import CalmError
from engine.session import Session


class Desk:
    """Used in the GUI thread. `state` changes by `show`, `note` and `edit` alone."""

    def __init__(self, window: MainWindow, session: Session):
        self.window, self.session = window, session
        self.state = State()
        self._history = History()
        self.show(self.state)

    def show(self, state: State) -> None:
        self.state = state
        self.window.show_state(state)

    def note(self, state: State) -> None:
        """Take `state` in, to be shown with the next one."""
        self.state = state

    def edit(self, state: State, goes_on: bool = False) -> None:
        """Show what the user did by hand, which can be undone; `goes_on` says that it belongs to the last edit."""
        if state is not self.state:
            self._history = history.edited(self._history, self.state, state, goes_on)
        self.show(state)

    def undo(self) -> None:
        self._history, state = history.undone(self._history, self.state)
        self.show(state)

    def redo(self) -> None:
        self._history, state = history.redone(self._history, self.state)
        self.show(state)

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self.show(states.report(self.state, error))

    def inform(self, message: str, advice: str) -> None:
        """Show what is worth knowing in the banner."""
        self.show(states.inform(self.state, message, advice))

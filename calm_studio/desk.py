"""What all parts of the app work at: the state, the window that shows it, and the engine's session."""

from calm_studio import state as states
from calm_studio.main_window import MainWindow
from calm_studio.values import State
from engine.errors import CalmError
from engine.session import Session


class Desk:
    """Used in the GUI thread. `state` changes by `show` alone."""

    def __init__(self, window: MainWindow, session: Session):
        self.window, self.session = window, session
        self.state = State()
        self.show(self.state)

    def show(self, state: State) -> None:
        self.state = state
        self.window.show_state(state)

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self.show(states.report(self.state, error))

    def inform(self, message: str, advice: str) -> None:
        """Show what is worth knowing in the banner."""
        self.show(states.inform(self.state, message, advice))

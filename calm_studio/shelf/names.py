"""Lists of cards with nothing but a name on them: files on their way, examples, recent files."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from calm_studio.fields import heading
from calm_studio.shelf.name_card import NameCard
from calm_studio.values import Clip, RecentFile
from engine.audio import printable


class Names(QWidget):
    """A card for each thing, made by `card_of`; nothing, not even the `title`, where there are none. `picked` and
    `removed` carry the thing."""

    picked = Signal(object)
    removed = Signal(object)

    def __init__(self, card_of: Callable[[object], NameCard], title: str = ""):
        super().__init__()
        self._card_of, self._things = card_of, ()
        self.cards: list[NameCard] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        if title:
            self._column.addSpacing(8)
            self._column.addWidget(heading(title))
        self.hide()

    def show_things(self, things: tuple) -> None:
        if things == self._things:
            return
        self._things = things
        for card in self.cards:
            card.setParent(None)
            card.deleteLater()
        self.cards = [self._card(thing) for thing in things]
        self.setVisible(bool(things))

    def _card(self, thing: object) -> NameCard:
        card = self._card_of(thing)
        card.picked.connect(lambda: self.picked.emit(thing))
        card.removed.connect(lambda: self.removed.emit(thing))
        self._column.addWidget(card)
        return card


def reading_card(path: Path) -> NameCard:
    name = printable(path.name)
    return NameCard(name, "reading\N{HORIZONTAL ELLIPSIS}", f"{name} is being read", faint=True)


def example_card(clip: Clip) -> NameCard:
    name = clip.prompt.name
    return NameCard(name, f"{clip.prompt.audio.seconds:.1f} s", f"Put the example {name} on the shelf")


def recent_card(recent: RecentFile) -> NameCard:
    """What is missing may be on a drive that comes back: it can still be picked."""
    name, folder = printable(recent.path.name), printable(str(recent.path.parent))
    if recent.there:
        return NameCard(name, "", f"Open {name} from {folder} again; Backspace forgets it")
    return NameCard(name, "missing", f"{name} is no longer at {folder}; Backspace forgets it", faint=True)

"""What is done by hand to clips and takes that are there: all of it can be undone."""

from functools import partial

from PySide6.QtCore import QPoint

from calm_studio import edits, theme
from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.duplicating import duplicate
from calm_studio.history import Retold
from calm_studio.moves import Moves
from calm_studio.shelf.shelf_edits import clip_placed
from calm_studio.take_menu import TakeMenu
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.values import Clip, Lane


class Editing:
    """What has no take in its name is about the selected one, and does nothing when there is none."""

    def __init__(self, desk: Desk, deck: Deck):
        self._desk, self._deck = desk, deck
        self._trimming = False
        self._copying = Background("copying", desk.report)

    def on_lane_added(self, lane: TakeLane) -> None:
        take_id = lane.take.id
        lane.picked.connect(lambda: self._desk.show(states.choose(self._desk.state, take_id)))
        lane.star_clicked.connect(lambda: self._edit(edits.star_toggled, take_id))
        lane.mute_clicked.connect(lambda: self._edit(edits.mute_toggled, take_id))
        lane.titled.connect(lambda title: self._edit(edits.titled, take_id, title))
        lane.noted.connect(lambda notes: self._edit(edits.noted, take_id, notes))

    def menu(self, take_id: int, where: QPoint) -> TakeMenu:
        """The take's menu, with all in it connected that is done here."""
        menu = TakeMenu(self._desk.window, where, self._desk.state.lane_of(take_id))
        for signal, slot in (
            (menu.rename_wanted, self.rename),
            (menu.notes_wanted, self.note),
            (menu.star_wanted, self.star),
            (menu.mute_wanted, self.mute),
            (menu.colour_wanted, lambda colour: self._edit(edits.coloured, take_id, colour)),
            (menu.duplicate_wanted, self.duplicate),
            (menu.delete_wanted, self.delete),
        ):
            signal.connect(slot)
        return menu

    def _edit(self, change, take_id: int | None, *what) -> None:
        if self._desk.state.lane_of(take_id) is not None:
            self._desk.edit(change(self._desk.state, take_id, *what))

    def star(self) -> None:
        self._edit(edits.star_toggled, self._desk.state.chosen)

    def mute(self) -> None:
        self._edit(edits.mute_toggled, self._desk.state.chosen)

    def next_colour(self) -> None:
        """After the last colour there is none, and then the first."""
        lane = self._desk.state.lane
        if lane is not None:
            number = 0 if lane.marks.colour is None else lane.marks.colour + 1
            self._edit(edits.coloured, lane.take.id, number if number < len(theme.LANE_COLOURS) else None)

    def move(self, places: int) -> None:
        """So many places down."""
        state = self._desk.state
        if state.lane is not None:
            self.place(state.chosen, max(0, edits.index_of(state, state.chosen) + places))

    def place(self, take_id: int, index: int) -> None:
        self._edit(edits.placed, take_id, index)

    def rename(self) -> None:
        """Have the name written into the lane."""
        if self._desk.state.lane is not None:
            self._desk.window.timeline.lanes[self._desk.state.chosen].edit_title()

    def note(self) -> None:
        if self._desk.state.lane is not None:
            self._desk.window.timeline.lanes[self._desk.state.chosen].edit_notes()

    def duplicate(self) -> None:
        """The copy comes as soon as it is made, above what it was made from."""
        lane, number = self._desk.state.lane, self._desk.session.take_number()
        if lane is not None:
            self._copying.run(partial(duplicate, lane, number), partial(self._on_duplicated, lane.take.id))

    def _on_duplicated(self, original: int, lane: Lane) -> None:
        state, cursor = self._desk.state, self._desk.state.cursor
        above = 0 if state.lane_of(original) is None else edits.index_of(state, original)
        state = edits.placed(states.add_lane(state, lane), lane.take.id, above)
        self._desk.edit(states.seek(state, lane.take.id, cursor))

    def delete(self) -> None:
        """A take that is being written is stopped; what was made of it comes back with undo."""
        lane = self._desk.state.lane
        if lane is not None:
            self._deck.stop()
            self._desk.session.cancel(lane.take.id)
            self._desk.edit(edits.without_selected(self._desk.state))

    def begin_trim(self) -> None:
        """What is trimmed from here on is another edit than before."""
        self._trimming = False

    def trim(self, start: float, stop: float) -> None:
        self._desk.edit(states.trim(self._desk.state, start, stop), goes_on=self._trimming)
        self._trimming = True

    def remove_clip(self, clip: Clip) -> None:
        self._desk.edit(states.remove_clip(self._desk.state, clip))

    def place_clip(self, clip: Clip, index: int) -> None:
        self._desk.edit(clip_placed(self._desk.state, clip, index))

    def edit_moves(self, moves: Moves | None, goes_on: bool = False) -> None:
        """Those that the selected take is to be made with."""
        state = self._desk.state
        if state.lane is not None:
            self._desk.edit(edits.with_moves(state, state.chosen, moves), goes_on)

    def as_it_was(self) -> None:
        """Forget what the selected take is to be made with."""
        state, lane = self._desk.state, self._desk.state.lane
        if lane is not None and lane.edited:
            retold = lane.sheets and Retold(lane.take.id, lane.sheets)
            self._desk.edit(edits.as_it_was(state, lane.take.id), retold=retold)

    def close(self) -> None:
        self._copying.close()

"""All that the window can be told to do: the one table behind its keys, the command palette and the `?` sheet.

To add a command, add a line to its group: `Command("Star", ("S",), lambda w: w.star_pressed.emit())`, where `w` is the
main window. Its keys are then bound, the palette finds it, and `?` shows it. More keys than the first are second ways
to do the same, which `?` leaves out; `shown` is what `?` writes instead, for gestures and for keys that read badly, and
None leaves the line out. A
command without keys is in the palette alone, a line without a function (a gesture, a key of one panel) in `?` alone.
No Qt in here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.music.leadsheet import SECTIONS

if TYPE_CHECKING:
    from calm_studio.main_window import MainWindow

LEFT, UP, RIGHT, DOWN = "\N{LEFTWARDS ARROW}", "\N{UPWARDS ARROW}", "\N{RIGHTWARDS ARROW}", "\N{DOWNWARDS ARROW}"


@dataclass(frozen=True)
class Command:
    """`keys` are Qt's names of key sequences."""

    words: str
    keys: tuple[str, ...] = ()
    run: Callable[[MainWindow], None] | None = None
    shown: str | None = ""

    @property
    def how(self) -> str | None:
        """What the `?` sheet writes beside it, None where it is not in there."""
        return self.keys[0] if self.shown == "" and self.keys else self.shown or None


MAKING = (
    Command("Continue", ("Ctrl+Return", "Ctrl+Enter"), lambda w: w.controls.continue_button.click(), "Ctrl+Enter"),
    Command("Branch here", ("B",), lambda w: w.branch_pressed.emit(), "B, double-click"),
    Command("Begin from the description alone", run=lambda w: w.controls.text.alone.click()),
    Command("Roll again: with another seed from here on", ("R",), lambda w: w.reroll_pressed.emit()),
    Command("Back to the last good bar of a marked take", ("Shift+B",), lambda w: w.back_pressed.emit()),
    Command("Close, clear the selection, or stop", ("Escape",), lambda w: w.leave(), "Esc"),
    Command("Stop writing, and keep what was made", run=lambda w: w.controls.stop_button.click()),
    Command("Write the chords of the lead sheet", ("Ctrl+L",), lambda w: w.timeline.sheet.edit_chart()),
    Command("Suggest chords; again: others", ("Ctrl+Shift+L",), lambda w: w.controls.sheet.suggest.click()),
    *(
        Command(
            f"Section {name}, from the next bar line on", run=lambda w, name=name: w.controls.sheet.form.choose(name)
        )
        for name in SECTIONS
    ),
    Command("Form as it comes, from the next bar line on", run=lambda w: w.controls.sheet.form.choose("")),
    Command("Land on the next bar line", run=lambda w: w.controls.land_button.click()),
    Command("Take another seed", run=lambda w: w.controls.seed.new.click()),
    Command("Open files", ("Ctrl+O",), lambda w: w.shelf.browse_pressed.emit()),
    Command("Record a prompt; again: stop", ("Ctrl+R",), lambda w: w.shelf.record_pressed.emit()),
    Command("Export", ("Ctrl+Shift+E",), lambda w: w.controls.export_button.click()),
    Command("Export all starred takes", run=lambda w: w.timeline.export_starred_wanted.emit()),
)
PROJECT = (
    Command("Save the project", ("Ctrl+S",), lambda w: w.top_bar.project.save_wanted.emit()),
    Command("Save the project as", ("Ctrl+Shift+S",), lambda w: w.top_bar.project.save_as_wanted.emit()),
    Command("New project", ("Ctrl+N",), lambda w: w.top_bar.project.new_wanted.emit()),
    Command("Open a project", ("Ctrl+Shift+O",), lambda w: w.top_bar.project.open_wanted.emit()),
    Command("Recent projects", run=lambda w: w.top_bar.project.menu_wanted.emit()),
)
LISTENING = (
    Command("Play or stop", ("Space",), lambda w: w.transport.play_pressed.emit()),
    Command("To the start", ("Home",), lambda w: w.transport.start_pressed.emit()),
    Command("To the end", ("End",), lambda w: w.end_pressed.emit()),
    Command("A beat back or on (0.1 s where none is known)", shown=f"{LEFT} {RIGHT}"),
    Command("Hear that variation, at the same second", shown="1, 2, 3, 4"),
    Command("Hear variation 1", ("1",), lambda w: w.variation_pressed.emit(1), shown=None),
    Command("Hear variation 2", ("2",), lambda w: w.variation_pressed.emit(2), shown=None),
    Command("Hear variation 3", ("3",), lambda w: w.variation_pressed.emit(3), shown=None),
    Command("Hear variation 4", ("4",), lambda w: w.variation_pressed.emit(4), shown=None),
    Command("The take above or below, at the same second", shown=f"{UP} {DOWN}"),
    Command("Loop the selection, or the take's best loop", ("L",), lambda w: w.transport.loop_pressed.emit()),
    Command("Audition the seam, over and over", ("A",), lambda w: w.transport.audition_pressed.emit()),
    Command(
        "To the cut, mark, edge or end before", ("Ctrl+Left",), lambda w: w.station_wanted.emit(-1), f"Ctrl+{LEFT}"
    ),
    Command(
        "To the cut, mark, edge or end after", ("Ctrl+Right",), lambda w: w.station_wanted.emit(1), f"Ctrl+{RIGHT}"
    ),
    Command("Compare takes blind", ("X",), lambda w: w.compare_pressed.emit()),
    Command("Choose the output", run=lambda w: w.transport.output.click()),
    Command("Measure the level anew", run=lambda w: w.transport.levels.meter.click()),
    Command("Show the time in bars, or in seconds", run=lambda w: w.transport.time.click()),
)
SELECTING = (
    Command("Select; drag an edge to change it", shown="Drag over a lane or the ruler"),
    Command("Extend the selection", shown=f"Shift+click, Shift+{LEFT} {RIGHT}"),
    Command("Begin the selection here", ("I",), lambda w: w.begin_pressed.emit()),
    Command("End the selection here", ("O",), lambda w: w.finish_pressed.emit()),
)
TAKES = (
    Command("Star", ("S",), lambda w: w.star_pressed.emit()),
    Command("Mute", ("M",), lambda w: w.mute_pressed.emit()),
    Command("Next colour", ("C",), lambda w: w.colour_pressed.emit()),
    Command("Rename", ("F2",), lambda w: w.rename_pressed.emit(), "F2, double-click the name"),
    Command("Notes", ("N",), lambda w: w.notes_pressed.emit()),
    Command("Duplicate", ("Ctrl+D",), lambda w: w.duplicate_pressed.emit()),
    Command("Move up or down", shown=f"Alt+{UP} {DOWN}, drag the name"),
    Command("To the take it branched from, to its branches", shown=f"Alt+{LEFT} {RIGHT}"),
    Command("Delete", ("Delete",), lambda w: w.delete_pressed.emit(), "Del"),
    Command("Make it again with the moves that were edited", run=lambda w: w.timeline.automation.again.click()),
    Command("Put, move, take away a point of a knob", shown="In a strip: click, drag, double-click"),
    Command("Undo: takes, clips, knobs, chords, fields", ("Ctrl+Z",), lambda w: w.undo_pressed.emit()),
    Command("Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), lambda w: w.redo_pressed.emit()),
)
VIEW = (
    Command("Zoom at the pointer, down to samples", shown="Ctrl+wheel, pinch"),
    Command("Zoom in at the cursor", ("+", "="), lambda w: w.timeline.view.zoom_in(1)),
    Command("Zoom out at the cursor", ("-",), lambda w: w.timeline.view.zoom_in(-1), "\N{MINUS SIGN}"),
    Command("Move along the timeline", shown="Shift+wheel, middle drag"),
    Command("One view back", ("PgUp",), lambda w: w.timeline.view.turn(-1), "Page up"),
    Command("One view on", ("PgDown",), lambda w: w.timeline.view.turn(1), "Page down"),
    Command("Waveform or spectrogram of the selected lane", ("G",), lambda w: w.timeline.toggle_spectrum()),
    Command("Follow the playhead, or do not", ("F",), lambda w: w.transport.follow.toggle()),
    Command("See everything", ("Z",), lambda w: w.timeline.view.fit(), "Z, double-click the ruler"),
)
APP = (
    Command("Preferences", ("Ctrl+,",), lambda w: w.preferences_sheet.toggle()),
    Command("Dark theme", run=lambda w: w.theme_wanted.emit("dark")),
    Command("Light theme", run=lambda w: w.theme_wanted.emit("light")),
    Command("Theme as the system's", run=lambda w: w.theme_wanted.emit("system")),
    Command("Find a command", ("Ctrl+K", "Ctrl+P"), lambda w: w.command_palette.toggle(), "Ctrl+K, Ctrl+P"),
    Command("To the next control, to the one before", ("Tab",), lambda w: w.tab(1), "Tab, Shift+Tab"),
    Command("To the control before", ("Shift+Tab",), lambda w: w.tab(-1), shown=None),
    Command("All keys", ("?", "F1"), lambda w: w.key_sheet.toggle()),
    Command("About, versions and licences", run=lambda w: w.about_sheet.toggle()),
    Command("Copy diagnostics", run=lambda w: w.diagnostics_wanted.emit()),
)
GROUPS = (
    ("Making", MAKING),
    ("Project", PROJECT),
    ("Listening", LISTENING),
    ("Selecting", SELECTING),
    ("Takes", TAKES),
    ("View", VIEW),
    ("App", APP),
)
"""(name, commands) in the order in which they are shown."""

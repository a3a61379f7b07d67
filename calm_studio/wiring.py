"""All wiring on one page: which signal of the window calls what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import SignalInstance

from calm_studio.export_form import STARRED

if TYPE_CHECKING:
    from calm_studio.app import App

Wires = tuple[tuple[SignalInstance, Callable], ...]


def wires(app: App) -> Wires:
    """Each signal with what it is to call."""
    window = (*_of_the_window(app), *_of_the_timeline(app), *_of_the_panels(app))
    return (*window, *_of_editing(app), *_of_playing(app), *_of_comparing(app))


def _of_the_window(app: App) -> Wires:
    window = app.window
    return (
        (app.ticker.ticked, app.on_ticked),
        (window.files_dropped, app.open_paths),
        (window.branch_pressed, app.on_branch_pressed),
        (window.reroll_pressed, app.making.reroll),
        (window.back_pressed, app.making.go_back_in_selected),
        (window.escape_pressed, app.on_escape_pressed),
        (window.undo_pressed, app.undoing.undo),
        (window.redo_pressed, app.undoing.redo),
        (window.banner.dismissed, app.dismiss),
        (window.export_sheet.chosen, app.keeping.export),
        (window.export_sheet.stop_pressed, app.keeping.stop_export),
        (window.closed, app.close),
        (app.projects.keeping.left, app.on_project_left),
        (app.projects.keeping.entered, app.on_project_entered),
    )


def _of_the_timeline(app: App) -> Wires:
    timeline = app.window.timeline
    return (
        (timeline.trim_begun, app.editing.begin_trim),
        (timeline.trimmed, app.editing.trim),
        (timeline.branch_wanted, app.making.branch),
        (timeline.menu_wanted, app.on_menu_wanted),
        (timeline.drag_wanted, app.keeping.offer_take),
        (timeline.drag_all_wanted, app.keeping.offer_all),
        (timeline.export_starred_wanted, lambda: app.window.show_export(app.state, STARRED)),
    )


def _of_editing(app: App) -> Wires:
    """What is done by hand to takes."""
    window, timeline, editing = app.window, app.window.timeline, app.editing
    return (
        (timeline.lane_added, editing.on_lane_added),
        (timeline.placed, editing.place),
        (timeline.moved, editing.move),
        (timeline.automation.edited, editing.edit_moves),
        (timeline.automation.undone, editing.as_it_was),
        (timeline.automation.again_wanted, app.making.make_with_moves),
        (window.star_pressed, editing.star),
        (window.mute_pressed, editing.mute),
        (window.colour_pressed, editing.next_colour),
        (window.rename_pressed, editing.rename),
        (window.notes_pressed, editing.note),
        (window.duplicate_pressed, editing.duplicate),
        (window.delete_pressed, editing.delete),
    )


def _of_playing(app: App) -> Wires:
    window, timeline, transport, playing = app.window, app.window.timeline, app.window.transport, app.playing
    return (
        (timeline.sought, playing.hear_or_seek),
        (window.variation_pressed, app.on_number_pressed),
        (window.station_wanted, playing.to_station),
        (timeline.nudged, playing.nudge),
        (timeline.neighbour_wanted, playing.pick_neighbour),
        (timeline.along_branch_wanted, playing.pick_along_branch),
        (timeline.marked, playing.mark),
        (timeline.extended, playing.extend),
        (timeline.stretched, playing.stretch),
        (window.begin_pressed, playing.begin_here),
        (window.finish_pressed, playing.finish_here),
        (window.end_pressed, playing.to_end),
        (transport.play_pressed, app.on_play_pressed),
        (transport.stop_pressed, playing.stop),
        (transport.audition_pressed, playing.audition),
        (transport.follow.toggled, timeline.view.set_following),
        (transport.start_pressed, playing.to_start),
        (transport.loop_pressed, playing.loop),
        (transport.levels.reset_pressed, app.metering.reset),
    )


def _of_comparing(app: App) -> Wires:
    window, sheet, blinding = app.window, app.window.blind_sheet, app.blinding
    return (
        (window.compare_pressed, blinding.begin),
        (window.timeline.footer.compare.clicked, blinding.begin),
        (sheet.heard, blinding.hear),
        (sheet.voted, blinding.vote),
        (sheet.left, blinding.leave),
        (sheet.begin_pressed, blinding.begin_again),
        (sheet.winner_pressed, blinding.choose_winner),
    )


def _of_the_panels(app: App) -> Wires:
    shelf, controls = app.window.shelf, app.window.controls
    return (
        (shelf.browse_pressed, app.opening.browse),
        (shelf.record_pressed, app.recording.toggle),
        (shelf.record_panel.input_chosen, app.recording.choose),
        (shelf.record_panel.close_pressed, app.recording.leave),
        (shelf.clip_picked, app.on_clip_picked),
        (shelf.clip_removed, app.editing.remove_clip),
        (shelf.clip_placed, app.editing.place_clip),
        (shelf.recent_picked, lambda recent: app.opening.open_paths([recent.path])),
        (shelf.recent_removed, lambda recent: app.opening.recent.forget(recent.path)),
        (controls.controls_moved, app.undoing.turn),
        (controls.sheet.settled, app.making.tell),
        (controls.governor_changed, app.on_governor_changed),
        (controls.plan.edited, app.undoing.replan),
        (controls.plan.left, app.undoing.rest),
        (controls.continue_pressed, app.making.continue_clip),
        (controls.text_pressed, app.making.begin_from_text),
        (controls.stop_pressed, app.making.stop),
        (controls.land_pressed, app.making.land),
        (controls.export_pressed, lambda: app.window.show_export(app.state)),
    )

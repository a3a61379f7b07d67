"""From the window to the disk and back, also where the disk was changed by others."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from calm_studio import edits, selecting
from calm_studio import state as states
from calm_studio.project_state import keep, seen, shown, told, worth_keeping
from calm_studio.requests import hear_prompt
from calm_studio.values import Alarm, Branch, Keeping, Lane, State, Variation
from engine.controls import Controls
from engine.music.follow import follow
from engine.project.book import Book
from engine.project.opening import open_project
from engine.recipe import recipe_of
from engine.request import Prompt
from engine.take import Take
from tests.engine import fakes
from tests.engine.grooves import groove

INFO = fakes.FakeModel.info
HERE = Keeping("Song", saved=True)


def a_take(number: int, prompt: Prompt) -> Take:
    take = Take(replace(fakes.a_request(0.2, seed=number), prompt=prompt), number)
    for frame in range(5):
        take.history.record(frame, Controls(temperature=0.3 * number))
        take.append(0.2 * number * fakes.tone(0.04, 44_100))
    take.state = "finished"
    return take


@pytest.fixture(scope="module")
def full():
    """A state with all that a project can hold."""
    samples = groove(2.0, 44_100, 120.0)
    prompt = Prompt(fakes.Audio(samples.astype(np.float32), 44_100), "groove", 4410, samples.shape[1])
    clip = replace(states.clip_of(prompt), heard=hear_prompt(prompt), source="/music/groove.wav")
    first, second = a_take(1, prompt), a_take(2, prompt)
    lane = Lane(
        "Take A", first, heard=clip.heard, recipe=recipe_of(first, INFO), note="from a file", markers=((7, "x"),)
    )
    other = Lane(
        "Take B",
        second,
        branch=Branch(None, "Take A", 1, 2.1, 0.1),
        alarm=Alarm("noise", 90_000),
        variation=Variation(2, 1),
        sheets=((0, follow(clip.heard, 1.9, 0.2)), (3, None)),
    )
    state = states.add_clip(State(taken=2, controls=Controls(steps=7)), clip)
    state = replace(state, lanes=(other, lane), chosen=1, cursor=1.5, looping=True)
    state = edits.coloured(edits.noted(edits.titled(state, 1, "Verse"), 1, "more bass"), 1, 3)
    return selecting.select(edits.mute_toggled(edits.star_toggled(state, 2), 2), 1.8, 0.5)


@pytest.fixture
def folder(full, tmp_path):
    book = Book(tmp_path / "Song.calmproject", pytest.fail)
    keep(book, full, INFO)
    assert book.journal.catch_up()
    book.close()
    return book.folder


def reopened(folder) -> State:
    opened = open_project(folder, itertools.count(71).__next__)
    return shown(opened, State(), HERE)


def test_all_comes_back(full, folder):
    state = reopened(folder)
    assert [lane.take.id for lane in state.lanes] == [72, 71]
    assert (state.chosen, state.cursor, state.looping, state.taken) == (71, 1.5, True, 2)
    assert (state.selection, state.controls, state.keeping) == (full.selection, full.controls, HERE)
    for before, after in zip(full.lanes, state.lanes, strict=True):
        for name in ("name", "heard", "note", "markers", "alarm", "variation", "marks", "sheets"):
            assert getattr(after, name) == getattr(before, name), name
        assert after.recipe == (before.recipe or recipe_of(before.take, INFO))
        assert np.array_equal(after.take.audio.samples, before.take.audio.samples)
    assert state.lanes[0].branch == replace(full.lanes[0].branch, take_id=71)
    (clip,) = state.clips
    assert (clip.prompt.name, clip.start, clip.heard, clip.source) == ("groove", 0.1, full.clip.heard, full.clip.source)
    assert state.clip is clip
    assert clip.prompt.audio is state.lanes[0].take.request.prompt.audio, "the same sound is there once"


def test_what_is_told_and_what_is_seen_are_kept_apart(full):
    moved = replace(full, cursor=0.7)
    assert told(moved) == told(full) and seen(moved) != seen(full)
    starred = edits.star_toggled(full, 1)
    assert told(starred) != told(full) and seen(starred) == seen(full)
    assert told(edits.with_sheets(full, 1, ((0, full.lanes[0].sheets[0][1]),))) != told(full)


def test_examples_are_not_worth_a_project(full):
    clip = full.clip
    assert worth_keeping(full)
    assert worth_keeping(replace(full, lanes=()))
    assert not worth_keeping(replace(full, lanes=(), examples=(clip,)))
    assert not worth_keeping(State())


def test_a_take_that_the_list_does_not_know_lies_on_top(full, folder):
    book = Book(folder, pytest.fail)
    name = book.follow(a_take(5, full.clip.prompt), INFO)
    assert book.journal.catch_up()
    book.close()
    state = reopened(folder)
    assert name == "0003"
    assert [(lane.name, lane.note) for lane in state.lanes][0] == ("Take C", "recovered")
    assert state.taken == 3


def test_nothing_that_others_write_into_it_crashes_the_window(app, folder):
    """60 changes that leave it JSON: numbers become others, entries go, words change."""
    random = np.random.default_rng(3)
    path = folder / "project.json"
    whole = path.read_text()
    places = [at for at, letter in enumerate(whole) if letter.isdigit()]
    for _ in range(60):
        content = list(whole)
        for at in random.choice(places, 4):
            content[at] = ("9", "-1", "7777777777777", "1e3", "0.5", "null")[random.integers(0, 6)]
        path.write_text("".join(content))
        state = reopened(folder)
        app._set(replace(state, model=app.state.model))
        app.window.grab()
        app._set(State(model=app.state.model))

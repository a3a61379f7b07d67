"""The state's reducers: no Qt, no threads."""

from dataclasses import replace

import numpy as np
import pytest

from calm_studio import edits
from calm_studio import state as states
from calm_studio.values import State
from engine.audio import Audio
from engine.controls import Controls
from engine.errors import CalmError
from engine.events import ModelFailed, ModelLoading, ModelReady, TakeEnded, TakeFailed, TakeGrew, TakeStarted
from engine.request import Prompt
from tests.calm_studio.fakes import a_take, reduce
from tests.engine.fakes import a_prompt, tone

READY = ModelReady("sine", "cpu", "abacus", 320, 1.5, "CC0-1.0", None)


@pytest.fixture
def clip():
    return states.clip_of(a_prompt(4.0))


@pytest.fixture
def shelf(clip):
    return states.add_clip(State(), clip)


def with_take(state: State, job: int, seconds: float = 0.4) -> State:
    return reduce(states.submitted(state, [job]), TakeStarted(job, a_take(seconds, job)))


def test_the_model_is_what_was_last_said_about_it():
    loading = ModelLoading(12.0, 58.0, "reading")
    assert reduce(State(), loading).model.latest == loading
    assert reduce(reduce(State(), loading), READY).model == READY


def test_what_is_left_of_loading_is_told_from_its_speed_since_its_size_is_known():
    state, left = State(), []
    for now, done, total in (
        (5.0, 0.0, 0.0),
        (9.0, 0.0, 60.0),
        (9.0, 10.0, 60.0),
        (11.0, 20.0, 60.0),
        (15.0, 60.0, 60.0),
    ):
        state = reduce(state, ModelLoading(done, total, "reading"), now)
        left.append(state.model.seconds_left)
    assert left == [None, None, None, 4.0, 0.0]


def test_a_model_that_fails_is_reported_and_nothing_waits_for_it_any_more(shelf):
    failed = reduce(states.submitted(shelf, [1]), ModelFailed("No weights", "Install again"))
    assert failed.waiting == ()
    assert (failed.notice.message, failed.notice.advice) == ("No weights", "Install again")
    assert failed.clips == shelf.clips


def test_a_started_take_becomes_the_first_lane_and_is_selected(shelf):
    state = with_take(with_take(shelf, 1), 2)
    assert [lane.name for lane in state.lanes] == ["Take B", "Take A"]
    assert state.lane.take.id == state.chosen == 2
    assert state.waiting == ()


def test_events_of_unknown_jobs_change_nothing(shelf):
    state = with_take(shelf, 1)
    assert reduce(state, TakeStarted(9, a_take(take_id=9))) is state
    late = reduce(state, TakeGrew(9, 0, 10, Controls(), 2.0))
    assert [lane.growth for late_lane in [late] for lane in late_lane.lanes] == [None]


def test_growth_is_kept_for_its_own_take(shelf):
    growth = TakeGrew(1, 3, 9000, Controls(temperature=0.8), 2.5)
    state = reduce(with_take(with_take(shelf, 1), 2), growth)
    assert [lane.growth for lane in state.lanes] == [None, growth]


def test_a_failed_take_stays_and_its_error_is_shown(shelf):
    state = reduce(with_take(shelf, 1), TakeFailed(1, "The memory ran out", "Use a shorter prompt"))
    assert len(state.lanes) == 1
    assert state.notice.message == "The memory ran out"
    assert states.dismiss(state).notice is None


def test_a_job_that_ends_while_it_waits_is_forgotten(shelf):
    assert reduce(states.submitted(shelf, [5]), TakeEnded(5, "stopped")).waiting == ()


def test_the_take_that_is_written_is_found_and_stays_selected_when_clips_arrive(shelf):
    state = with_take(shelf, 1)
    assert state.writing is state.lane
    other = states.clip_of(a_prompt(1.0))
    assert states.add_clip(state, other).chosen == 1
    state.lane.take.state = "finished"
    assert state.writing is None
    assert states.add_clip(state, other).chosen is None


def test_a_clip_comes_to_the_shelf_once_and_keeps_its_trim(shelf, clip):
    trimmed = states.trim(shelf, 1.0, 3.0)
    again = states.add_clip(trimmed, clip)
    assert len(again.clips) == 1
    assert (again.clip.start, again.clip.stop) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ((1.0, 3.0), (1.0, 3.0)),
        ((-2.0, 3.0), (0.0, 3.0)),
        ((0.0, 9.0), (0.0, 4.0)),
        ((0.0, 0.1), (0.0, 0.5)),
        ((3.9, 4.0), (3.5, 4.0)),
    ],
)
def test_trim_keeps_within_the_file_and_above_the_shortest_prompt(shelf, wanted, given):
    trimmed = states.trim(shelf, *wanted)
    assert (trimmed.clip.start, trimmed.clip.stop) == given
    assert trimmed.clips == (trimmed.clip,)


def test_trim_never_inverts_a_file_of_the_shortest_length():
    state = states.add_clip(State(), states.clip_of(a_prompt(0.5)))
    for wanted in ((0.3, 0.5), (0.0, 0.1)):
        trimmed = states.trim(state, *wanted)
        assert (trimmed.clip.start, trimmed.clip.stop) == (0.0, 0.5)


def test_removing_the_last_take_selects_the_prompt(shelf):
    assert edits.without_selected(with_take(shelf, 1)).chosen is None


def test_removing_a_clip_selects_another_and_leaves_the_takes(shelf, clip):
    state = with_take(states.add_clip(shelf, states.clip_of(a_prompt(1.0))), 1)
    without = states.remove_clip(state, state.clip)
    assert without.clips == (clip,)
    assert without.clip is clip
    assert len(without.lanes) == 1
    assert states.remove_clip(without, clip).clip is None


def test_listening_begins_two_seconds_before_the_cut_or_at_the_start(shelf):
    state = with_take(shelf, 1)
    assert state.lane.take.cut == 48_000
    assert states.listen_in(state, 0.25).cursor == 0.75
    assert states.listen_in(state, 2.0).cursor == 0.0


def test_takes_lie_where_their_prompt_lies_in_the_file():
    samples = tone(4.0)
    prompt = Prompt(Audio(samples, 48_000), "late", 96_000, 192_000)
    take = a_take()
    lane = states.Lane("Take A", take)
    assert (lane.offset, lane.end) == (0.0, 1.4)
    take.request = replace(take.request, prompt=prompt)
    assert lane.offset == 2.0


def test_the_ruler_ends_with_the_longest_of_what_is_there_and_what_is_planned(shelf):
    assert states.timeline_end(State(), 30.0) == 30.0
    assert states.timeline_end(shelf, 30.0) == 34.0
    assert states.timeline_end(with_take(shelf, 1, seconds=60.0), 30.0) == 61.0


def test_the_buffer_is_what_is_written_and_not_yet_heard():
    take = a_take()
    assert states.buffer_seconds(take) is None
    take.playhead = 24_000
    assert states.buffer_seconds(take) == 0.5


@pytest.mark.parametrize(("count", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")])
def test_take_letters(count, letters):
    assert states.take_letter(count) == letters


def test_errors_are_shown_with_their_advice(shelf):
    state = states.report(shelf, CalmError("No", "Do this"))
    assert (state.notice.message, state.notice.advice, state.notice.kind) == ("No", "Do this", "error")
    assert state.clips == shelf.clips


@pytest.mark.parametrize(
    ("count", "message", "advice"),
    [
        (1, "0.wav is empty", "Try 0"),
        (3, "0.wav is empty. 1.wav is empty. 2.wav is empty", "Try 0. Try 1"),
        (6, "0.wav is empty. 1.wav is empty. 2.wav is empty. 3 more could not be opened", "Try 0. Try 1"),
    ],
)
def test_a_few_files_that_could_not_be_read_are_named_and_the_rest_counted(shelf, count, message, advice):
    errors = [CalmError(f"{number}.wav is empty", f"Try {number % 2}") for number in range(count)]
    notice = states.report_unread(shelf, errors).notice
    assert (notice.message, notice.advice, notice.kind) == (message, advice, "error")


def test_the_peaks_of_a_clip_cover_its_whole_file(clip):
    samples = clip.prompt.audio.samples
    columns = clip.peaks.columns(0, samples.shape[1], 1)
    assert np.allclose(columns[:, 0, 1], samples.max(axis=1))

"""The functions that turn one state of the window into the next. No Qt in here."""

from dataclasses import replace

from calm_studio.speeds import with_speed
from calm_studio.values import Alarm, Branch, Clip, Lane, Loading, Notice, Scores, State, Variation, Waiting
from calm_studio.variations import with_new
from engine.errors import CalmError
from engine.events import (
    Event,
    ModelFailed,
    ModelLoading,
    ModelReady,
    TakeEnded,
    TakeFailed,
    TakeGrew,
    TakeStarted,
)
from engine.loop import Loop
from engine.music.heard import Heard
from engine.peaks import PeakPyramid
from engine.request import Prompt
from engine.take import Take

SHORTEST_PROMPT = 0.5
"""Seconds that the trim handles keep between them; the engine accepts nothing shorter."""
FILES_NAMED = 3
"""Files that one banner names; more are only counted."""


def clip_of(prompt: Prompt) -> Clip:
    """Measure the peaks of the whole file of `prompt`; slow for long files, so call it off the GUI thread."""
    peaks = PeakPyramid(prompt.audio.channels)
    peaks.append(prompt.audio.samples)
    return Clip(prompt, peaks)


def take_letter(count: int) -> str:
    """0 -> "A", 25 -> "Z", 26 -> "AA"."""
    letters = ""
    while count >= 0:
        letters = chr(ord("A") + count % 26) + letters
        count = count // 26 - 1
    return letters


def add_clip(state: State, clip: Clip) -> State:
    """Put `clip` on the shelf, unless its audio is there already, and select it."""
    known = next((each for each in state.clips if each.prompt.audio is clip.prompt.audio), None)
    if known is not None:
        return select_clip(state, known)
    return select_clip(replace(state, clips=(*state.clips, clip)), clip)


def add_example(state: State, clip: Clip) -> State:
    return replace(state, examples=(*state.examples, clip))


def select_clip(state: State, clip: Clip) -> State:
    """Continue from `clip` next. A take that is being written stays selected, because it is being listened to."""
    if state.writing is not None:
        return replace(state, clip=clip)
    return replace(state, clip=clip, chosen=None, cursor=clip.start)


def remove_clip(state: State, clip: Clip) -> State:
    """Take `clip` off the shelf; takes made from it stay."""
    clips = tuple(each for each in state.clips if each is not clip)
    if clip is not state.clip:
        return replace(state, clips=clips)
    return replace(state, clips=clips, clip=clips[-1] if clips else None)


def trim(state: State, start: float, stop: float) -> State:
    """Use seconds `start` to `stop` of the selected clip, clamped to the file and to the shortest usable prompt."""
    clip = state.clip
    audio = clip.prompt.audio
    shortest = min(SHORTEST_PROMPT, audio.seconds)
    if start != clip.start:
        start = min(max(start, 0.0), stop - shortest)
    stop = min(max(stop, start + shortest), audio.seconds)
    start = max(start, 0.0)
    prompt = replace(clip.prompt, start=round(start * audio.rate), stop=round(stop * audio.rate))
    trimmed = replace(clip, prompt=prompt, heard=None)
    clips = tuple(trimmed if each is clip else each for each in state.clips)
    return replace(state, clips=clips, clip=trimmed)


def with_heard(state: State, prompt: Prompt, heard: Heard) -> State:
    """`heard` is what was heard in `prompt`; news of a part that is no longer the used one changes nothing."""

    def told(clip: Clip) -> Clip:
        return replace(clip, heard=heard) if clip.prompt is prompt else clip

    index = state.clips.index(state.clip) if state.clip in state.clips else None
    clips = tuple(told(each) for each in state.clips)
    return replace(state, clips=clips, clip=state.clip if index is None else clips[index])


def seek(state: State, chosen: int | None, seconds: float) -> State:
    """Select the take with the id `chosen`, or the prompt for None, and put the cursor at `seconds`."""
    return replace(state, chosen=chosen, cursor=max(0.0, seconds), auditioning=False)


def dismiss(state: State) -> State:
    return replace(state, notice=None)


def submitted(state: State, jobs: list[int], heard: Heard | None = None, branch: Branch | None = None) -> State:
    """The engine accepted `jobs`, to be done together; their lanes appear when the takes are started."""
    several = [Variation(jobs[0], number) for number in range(1, len(jobs) + 1)] if len(jobs) > 1 else [None]
    waiting = (Waiting(job, heard, branch, variation) for job, variation in zip(jobs, several, strict=True))
    return replace(state, waiting=(*state.waiting, *waiting))


def to_be_made_again(state: State, job: int, lane: Lane, note: str) -> State:
    """The engine accepted `job`, which makes the take of `lane` again."""
    waiting = Waiting(job, lane.heard, lane.branch, note=note, beside=lane.take.id)
    return replace(state, waiting=(*state.waiting, waiting))


def add_lane(state: State, lane: Lane) -> State:
    """Show a take that no job writes, such as one that comes out of a file, and select it; its name is given here."""
    lane = replace(lane, name=f"Take {take_letter(state.taken)}")
    lanes = (lane, *state.lanes)
    return replace(state, lanes=lanes, chosen=lane.take.id, taken=state.taken + 1, cursor=lane.offset)


def with_scores(state: State, take_id: int, scores: Scores) -> State:
    return _with_lane(state, take_id, scores=scores)


def with_alarm(state: State, take_id: int, alarm: Alarm) -> State:
    return _with_lane(state, take_id, alarm=alarm)


def landing_at(state: State, take_id: int | None, sample: int) -> State:
    """The take is to end at `sample`; None once it has landed."""
    return replace(state, landing=None if take_id is None else (take_id, sample))


def loop_toggled(state: State, looping: bool) -> State:
    return replace(state, looping=looping, auditioning=False)


def auditioned(state: State, auditioning: bool) -> State:
    """The seam of the selected take is to be heard over and over, or is not any more."""
    return state if auditioning == state.auditioning else replace(state, auditioning=auditioning)


def with_loop(state: State, take_id: int, loop: Loop) -> State:
    return _with_lane(state, take_id, loop=loop)


def inform(state: State, message: str, advice: str) -> State:
    """Show good news, or what is worth knowing."""
    return replace(state, notice=Notice(message, advice, "info"))


def end_of_selected(state: State) -> float:
    """Where what is written of the selected take, or the used part of the prompt, ends on the timeline."""
    lane = state.lane
    if lane is not None:
        return lane.offset + lane.take.written / lane.take.rate
    return 0.0 if state.clip is None else state.clip.stop


def choose(state: State, chosen: int | None) -> State:
    """Select the take with the id `chosen`, or the prompt for None; the cursor stays."""
    return replace(state, chosen=chosen)


def neighbour(state: State, step: int) -> int | None:
    """The id of the lane `step` below the selected one, None for the prompt; beyond the last there is only the last."""
    order = [None, *(lane.take.id for lane in state.lanes)]
    return order[min(max(order.index(state.chosen) + step, 0), len(order) - 1)]


def listen_in(state: State, before: float) -> State:
    """Put the cursor of the selected take so many seconds before it goes on by itself, or where it starts."""
    lane = state.lane
    return replace(state, cursor=max(lane.offset, lane.begins - before))


def report(state: State, error: CalmError) -> State:
    return replace(state, notice=Notice(error.message, error.advice))


def crashed(state: State, error: CalmError) -> State:
    """Show an error that nobody expected, with a way to tell of it."""
    return replace(state, notice=Notice(error.message, error.advice, "crash"))


def report_unread(state: State, errors: list[CalmError]) -> State:
    """Show what was wrong with the files of one drop, in the order in which they were tried."""
    named = errors[:FILES_NAMED]
    messages, advice = [error.message for error in named], dict.fromkeys(error.advice for error in named)
    rest = len(errors) - len(named)
    if rest:
        messages.append(f"{rest} more could not be opened")
    return replace(state, notice=Notice(". ".join(messages), ". ".join(advice)))


def reduce(state: State, event: Event, now: float) -> State:
    """The state after `event`, heard of at `now` in seconds; events of jobs that are not known change nothing."""
    match event:
        case ModelLoading():
            return replace(state, model=_loading(state.model, event, now))
        case ModelReady():
            return replace(state, model=event)
        case ModelFailed(message, advice):
            return replace(state, model=event, waiting=(), notice=Notice(message, advice))
        case TakeStarted(job, take) if any(each.job == job for each in state.waiting):
            return _started(state, job, take)
        case TakeGrew(job):
            return with_speed(_with_lane(state, job, growth=event), event)
        case TakeEnded(job):
            return _without_waiting(state, job)
        case TakeFailed(job, message, advice):
            return replace(_without_waiting(state, job), notice=Notice(message, advice))
    return state


def _loading(before: Loading, event: ModelLoading, now: float) -> Loading:
    if event.total_mb != before.first.total_mb:
        return Loading(event, event, now, now)
    return replace(before, latest=event, now=now)


def _started(state: State, job: int, take: Take) -> State:
    waiting = next(each for each in state.waiting if each.job == job)
    name = f"Take {take_letter(state.taken)}"
    known = {"heard": waiting.heard, "branch": waiting.branch, "variation": waiting.variation, "note": waiting.note}
    return with_new(_without_waiting(state, job), Lane(name, take, **known), waiting.beside)


def _with_lane(state: State, take_id: int, **known) -> State:
    return replace(state, lanes=tuple(replace(e, **known) if e.take.id == take_id else e for e in state.lanes))


def _without_waiting(state: State, job: int) -> State:
    return replace(state, waiting=tuple(each for each in state.waiting if each.job != job))


def timeline_end(state: State, seconds: float) -> float:
    """Where the ruler ends, in seconds: the longest lane, or the selected prompt and the `seconds` asked for."""
    ends = [lane.end for lane in state.lanes]
    if state.clip is not None:
        ends += [state.clip.prompt.audio.seconds, state.clip.stop + seconds]
    return max(ends, default=seconds)


def buffer_seconds(take: Take) -> float | None:
    """How much sound lies ready ahead of the playhead; None while `take` is not heard."""
    playhead = take.playhead
    return None if playhead is None else max(0.0, (take.written - playhead) / take.rate)

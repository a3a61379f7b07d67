"""What the window shows, as plain frozen values, and the functions that turn one into the next. No Qt in here.

Positions on the timeline are seconds of the source file: a take lies at the part of the file it was continued from.
"""

from dataclasses import dataclass, replace
from typing import Literal

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
from engine.peaks import PeakPyramid
from engine.request import Prompt
from engine.take import Take

SHORTEST_PROMPT = 0.5
"""Seconds that the trim handles keep between them; the engine accepts nothing shorter."""
FILES_NAMED = 3
"""Files that one banner names; more are only counted."""
STARTING = ModelLoading(0.0, 0.0, "Starting")


@dataclass(frozen=True, eq=False)
class Clip:
    """A prompt on the shelf; `peaks` covers the whole file, whatever part of it is used."""

    prompt: Prompt
    peaks: PeakPyramid

    @property
    def start(self) -> float:
        return self.prompt.start / self.prompt.audio.rate

    @property
    def stop(self) -> float:
        return self.prompt.stop / self.prompt.audio.rate


@dataclass(frozen=True, eq=False)
class Lane:
    """A take and what the engine last said about it; `growth` is None until the first frame."""

    name: str
    take: Take
    growth: TakeGrew | None = None

    @property
    def offset(self) -> float:
        """Where the take begins on the timeline, in seconds."""
        prompt = self.take.request.prompt
        return prompt.start / prompt.audio.rate

    @property
    def end(self) -> float:
        """Where the take will end on the timeline when it is full, in seconds."""
        return self.offset + self.take.samples.shape[1] / self.take.rate


@dataclass(frozen=True)
class Loading:
    """The model on its way: the latest report, which came at `now`, and the first one that knew the size, at `since`.

    Both times are seconds of one clock.
    """

    latest: ModelLoading
    first: ModelLoading
    since: float
    now: float

    @property
    def seconds_left(self) -> float | None:
        """At the average speed so far; None while no speed can be told."""
        done_mb, seconds = self.latest.done_mb - self.first.done_mb, self.now - self.since
        if done_mb <= 0 or seconds <= 0:
            return None
        return seconds / done_mb * (self.latest.total_mb - self.latest.done_mb)


@dataclass(frozen=True)
class Notice:
    """One banner: what happened and what to do about it."""

    message: str
    advice: str
    kind: Literal["error", "info"] = "error"


@dataclass(frozen=True, eq=False)
class State:
    """Everything the window shows; `chosen` is the id of the selected take, None when the prompt is selected.

    A take's id is also the number of the job that makes it; `waiting` are jobs whose take is not started yet; `taken`
    counts the takes ever started; `cursor` is where playing starts.
    """

    model: Loading | ModelReady | ModelFailed = Loading(STARTING, STARTING, 0.0, 0.0)
    examples: tuple[Clip, ...] = ()
    clips: tuple[Clip, ...] = ()
    clip: Clip | None = None
    lanes: tuple[Lane, ...] = ()
    chosen: int | None = None
    waiting: tuple[int, ...] = ()
    removed: tuple[tuple[int, Lane], ...] = ()
    taken: int = 0
    cursor: float = 0.0
    notice: Notice | None = None

    @property
    def lane(self) -> Lane | None:
        """The selected take."""
        return next((lane for lane in self.lanes if lane.take.id == self.chosen), None)

    @property
    def writing(self) -> Lane | None:
        """The take the engine is writing now."""
        return next((lane for lane in self.lanes if lane.take.state == "writing"), None)


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
    trimmed = replace(clip, prompt=prompt)
    clips = tuple(trimmed if each is clip else each for each in state.clips)
    return replace(state, clips=clips, clip=trimmed)


def seek(state: State, chosen: int | None, seconds: float) -> State:
    """Select the take with the id `chosen`, or the prompt for None, and put the cursor at `seconds`."""
    return replace(state, chosen=chosen, cursor=max(0.0, seconds))


def dismiss(state: State) -> State:
    return replace(state, notice=None)


def remove_take(state: State) -> State:
    """Take the selected lane away, remembering it for `restore_take`; the neighbour is selected next."""
    index = state.lanes.index(state.lane)
    lanes = state.lanes[:index] + state.lanes[index + 1 :]
    neighbour = lanes[min(index, len(lanes) - 1)].take.id if lanes else None
    return replace(state, lanes=lanes, chosen=neighbour, removed=(*state.removed, (index, state.lane)))


def restore_take(state: State) -> State:
    """Undo the last `remove_take`; nothing happens when there is none."""
    if not state.removed:
        return state
    index, lane = state.removed[-1]
    lanes = (*state.lanes[:index], lane, *state.lanes[index:])
    return replace(state, lanes=lanes, chosen=lane.take.id, removed=state.removed[:-1])


def submitted(state: State, job: int) -> State:
    """The engine accepted `job`; its lane appears when the take is started."""
    return replace(state, waiting=(*state.waiting, job))


def neighbour(state: State, step: int) -> int | None:
    """The id of the lane `step` below the selected one, None for the prompt; beyond the last there is only the last."""
    order = [None, *(lane.take.id for lane in state.lanes)]
    return order[min(max(order.index(state.chosen) + step, 0), len(order) - 1)]


def listen_in(state: State, before_cut: float) -> State:
    """Put the cursor of the selected take `before_cut` seconds before its cut, or where it starts."""
    lane = state.lane
    lead = lane.take.cut / lane.take.rate
    return replace(state, cursor=lane.offset + max(0.0, lead - before_cut))


def report(state: State, error: CalmError) -> State:
    return replace(state, notice=Notice(error.message, error.advice))


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
        case TakeStarted(job, take) if job in state.waiting:
            return _started(state, job, take)
        case TakeGrew(job):
            return _with_growth(state, job, event)
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
    lane = Lane(f"Take {take_letter(state.taken)}", take)
    state = _without_waiting(state, job)
    return replace(state, lanes=(lane, *state.lanes), chosen=take.id, taken=state.taken + 1)


def _with_growth(state: State, job: int, growth: TakeGrew) -> State:
    return replace(state, lanes=tuple(replace(e, growth=growth) if e.take.id == job else e for e in state.lanes))


def _without_waiting(state: State, job: int) -> State:
    return replace(state, waiting=tuple(each for each in state.waiting if each != job))


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

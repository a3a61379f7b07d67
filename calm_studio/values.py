"""What the window shows, as plain frozen values. No Qt in here; `calm_studio.state` turns one into the next.

Positions on the timeline are seconds of the source file: a take lies at the part of the file it was continued from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from calm_studio.moves import Moves
from calm_studio.plan import Plan
from engine.controls import Controls
from engine.drift import Fault
from engine.events import ModelFailed, ModelLoading, ModelReady, TakeGrew
from engine.loop import Loop
from engine.music.heard import Heard
from engine.peaks import PeakPyramid
from engine.recipe import Parent, Recipe
from engine.request import Prompt
from engine.seam import SeamScore
from engine.sheets import Told
from engine.take import Take

STARTING = ModelLoading(0.0, 0.0, "Starting")
Pace = tuple[str, int]
"""A sampler and its steps."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A prompt on the shelf; `peaks` covers the whole file, whatever part of it is used.

    `heard` is what was heard in the used part, its times from the start of that; None until it was listened to.
    `source` is the path of the file, "" for what comes from nowhere else.
    """

    prompt: Prompt
    peaks: PeakPyramid
    heard: Heard | None = None
    source: str = ""

    @property
    def start(self) -> float:
        return self.prompt.start / self.prompt.audio.rate

    @property
    def stop(self) -> float:
        return self.prompt.stop / self.prompt.audio.rate


@dataclass(frozen=True)
class Branch:
    """Where a take leaves another: for its recipe (`parent`, None where nothing generated lies before), and for the
    eye: the other's name, id and offset, and the second of the timeline at which it is left."""

    parent: Parent | None
    lane: str
    take_id: int
    seconds: float
    offset: float


@dataclass(frozen=True)
class Marks:
    """What the user says of a take: a `title` in place of its name, a line of `notes`, both "" for none; the number of
    its `colour` in `theme.LANE_COLOURS`, None for none. What is muted is not heard, nor among "all takes"."""

    title: str = ""
    notes: str = ""
    colour: int | None = None
    starred: bool = False
    muted: bool = False


@dataclass(frozen=True)
class Selection:
    """A part of the timeline, in seconds: marked from `anchor` to `head`, on either side of it."""

    anchor: float
    head: float

    @property
    def start(self) -> float:
        return min(self.anchor, self.head)

    @property
    def stop(self) -> float:
        return max(self.anchor, self.head)


@dataclass(frozen=True)
class Scores:
    """Of a take that is written: how well it goes on, and how close it is (0 to 100) to its own prompt and to what the
    model learned from; None where that cannot be told."""

    seam: SeamScore
    to_prompt: float | None
    to_training: float | None


@dataclass(frozen=True)
class Variation:
    """One of some takes that were asked for together: its `number`, from 1, in the `group` with the first one's id."""

    group: int
    number: int


@dataclass(frozen=True)
class Alarm:
    """A take has collapsed into `kind`, or drifted, from `sample` on."""

    kind: Fault
    sample: int


@dataclass(frozen=True, eq=False)
class Lane:
    """A take and all that is known about it; `growth` is None until the engine reports the first frame. `name` is given
    to it when it comes, `marks` are the user's.

    `heard` is what was heard in its prompt. `recipe` is that of a take which no job of this session wrote, whose origin
    `note` tells; `markers` are (sample, label). `scores` and `loop` are None until they are found, `alarm` as
    long as the take sounds like music. `variation` is None for a take that was asked for alone. `moves` are those
    of its knobs that it is to be made with once more, `sheets` what it is to be told then; both None for as it was.
    """

    name: str
    take: Take
    growth: TakeGrew | None = None
    heard: Heard | None = None
    branch: Branch | None = None
    recipe: Recipe | None = None
    note: str = ""
    markers: tuple[tuple[int, str], ...] = ()
    scores: Scores | None = None
    loop: Loop | None = None
    alarm: Alarm | None = None
    variation: Variation | None = None
    marks: Marks = Marks()
    moves: Moves | None = None
    sheets: Told | None = None

    @property
    def edited(self) -> bool:
        """Whether it would be another take if it were made once more."""
        return self.moves is not None or self.sheets is not None

    @property
    def called(self) -> str:
        """What the user calls it, or else its name."""
        return self.marks.title or self.name

    @property
    def offset(self) -> float:
        """Where the take begins on the timeline, in seconds."""
        prompt = self.take.request.prompt
        return self.branch.offset if self.branch else prompt.start / prompt.audio.rate

    @property
    def end(self) -> float:
        """Where the take will end on the timeline when it is full, in seconds."""
        return self.offset + self.take.samples.shape[1] / self.take.rate

    @property
    def begins(self) -> float:
        """Where on the timeline it goes on by itself: at the cut, or where it leaves another take."""
        return self.branch.seconds if self.branch else self.offset + self.take.cut / self.take.rate

    @property
    def human(self) -> int:
        """The first sample that is not the user's own."""
        parent = self.recipe.parent if self.recipe else self.branch.parent if self.branch else None
        return self.take.cut if parent is None else parent.cut


@dataclass(frozen=True, eq=False)
class Waiting:
    """A job whose take is not started yet, and what its lane will know. It comes `beside` that take, or else on top."""

    job: int
    heard: Heard | None = None
    branch: Branch | None = None
    variation: Variation | None = None
    note: str = ""
    beside: int | None = None


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
class RecentFile:
    """A file that was opened lately, and whether it is still there."""

    path: Path
    there: bool


@dataclass(frozen=True)
class Notice:
    """One banner: what happened and what to do about it."""

    message: str
    advice: str
    kind: Literal["error", "info", "crash"] = "error"


@dataclass(frozen=True)
class Keeping:
    """How the project is kept: by its `title`, `saved` to a place of the user's choice or not; what was `changed` since
    is written in a moment."""

    title: str = "Untitled"
    saved: bool = False
    changed: bool = False


@dataclass(frozen=True, eq=False)
class State:
    """Everything the window shows; `chosen` is the id of the selected take, None when the prompt is selected.

    A take's id is also the number of the job that makes it; `waiting` are jobs whose take is not started yet; `taken`
    counts the takes ever started; `cursor` is where playing starts; `selection` is the part of the timeline that is
    marked; `looping` says that this, or else the loop of the selected take, is played; `landing` is (take, sample):
    there the take that is written is to end; `reading` are files on their way to the shelf; `speeds` are x real
    time, as measured in this window so far; `controls` are what the knobs are set to; `plan` is what
    stands in the other fields; `keeping` is about the project.
    `auditioning` says that the seam of the selected take is played over and over.
    """

    model: Loading | ModelReady | ModelFailed = Loading(STARTING, STARTING, 0.0, 0.0)
    examples: tuple[Clip, ...] = ()
    clips: tuple[Clip, ...] = ()
    reading: tuple[Path, ...] = ()
    recent: tuple[RecentFile, ...] = ()
    clip: Clip | None = None
    lanes: tuple[Lane, ...] = ()
    chosen: int | None = None
    waiting: tuple[Waiting, ...] = ()
    taken: int = 0
    cursor: float = 0.0
    selection: Selection | None = None
    looping: bool = False
    auditioning: bool = False
    landing: tuple[int, int] | None = None
    notice: Notice | None = None
    speeds: Mapping[Pace, float] = field(default_factory=dict)
    controls: Controls = Controls()
    plan: Plan = Plan()
    keeping: Keeping = Keeping()

    @property
    def lane(self) -> Lane | None:
        """The selected take."""
        return self.lane_of(self.chosen)

    @property
    def writing(self) -> Lane | None:
        """The take the engine is writing now; of several the selected one."""
        writing = [lane for lane in self.lanes if lane.take.state == "writing"]
        return self.lane if self.lane in writing else next(iter(writing), None)

    @property
    def heard(self) -> Heard | None:
        """What was heard in what is selected, or else in the clip that is continued next."""
        selected = self.lane
        if selected is not None and selected.heard is not None:
            return selected.heard
        return None if self.clip is None else self.clip.heard

    def lane_of(self, take_id: int | None) -> Lane | None:
        return next((lane for lane in self.lanes if lane.take.id == take_id), None)

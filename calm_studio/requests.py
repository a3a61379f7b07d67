"""From what the panel asks for to a request of the engine. Slow: it listens. No Qt in here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from calm_studio.freezing import frozen
from calm_studio.settings import Settings
from calm_studio.values import Branch, Lane
from engine.again import Again
from engine.audio import Audio
from engine.errors import CalmError
from engine.music.follow import SURE, Wishes, follow
from engine.music.heard import Heard, hear
from engine.music.leadsheet import Grid, LeadSheet
from engine.music.onward import SheetWish
from engine.recipe import Recipe, parent_of, recipe_of
from engine.request import Prompt, Request, first_words
from engine.rerender import performed, redrawn, retold
from engine.sheets import Told
from engine.take import Take
from engine.text.imagine import imagine, suggested
from engine.trail import can_fork

AGAIN_STEPS = 100
"""The most that is worth its time (CALM, table 3: as good as more)."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Requests that differ in their seeds alone, and from words in the chords that these draw; what was heard in their
    prompt, and where they branch off, if so."""

    requests: tuple[Request, ...]
    heard: Heard | None
    branch: Branch | None = None


def hear_prompt(prompt: Prompt) -> Heard:
    """What is heard in the used part of a clip; times from the start of that part."""
    return hear(Audio(prompt.samples, prompt.audio.rate), prompt.told_of_part)


def sure(heard: Heard) -> Heard:
    """Only what is sure enough to be followed, written into files and their names."""
    if heard.tempo_confidence < SURE:
        heard = replace(heard, tempo=None, beats=())
    return heard if heard.key_confidence >= SURE else replace(heard, key=None)


def ask(prompt: Prompt, heard: Heard | None, settings: Settings, branch: Branch | None = None) -> Asked:
    """The request to continue `prompt`. Raises CalmError for what cannot be continued in that way."""
    heard = heard or hear_prompt(prompt)
    sheet = follow(heard, (prompt.stop - prompt.start) / prompt.audio.rate, settings.seconds, settings.wishes)
    made = (prompt, settings.seconds, settings.seed, settings.controls, settings.text, sheet, settings.tries)
    return Asked(_varied(Request(*made), settings), heard, branch)


def ask_words(settings: Settings) -> Asked:
    """The request to write from a description alone, with a lead sheet that is imagined where none is written.

    Raises CalmError where no text can be read.
    """
    prompt = Prompt.silence(first_words(settings.text))
    cut, idea = prompt.audio.seconds, imagine(settings.text, prompt.audio.seconds)
    asked = ask(prompt, idea.heard, settings)
    drawn = (
        replace(each, sheet=idea.sheet(cut, settings.seconds, settings.wishes, each.seed)) for each in asked.requests
    )
    return replace(asked, requests=tuple(drawn))


def wish(lane: Lane, wishes: Wishes) -> SheetWish:
    """What `lane` is to be told; of a take from words alone what was suggested goes on where nothing is written."""
    origin = lane.take.request.origin
    return SheetWish(lane.heard, wishes if origin.prompt.samples.any() else suggested(lane.heard, wishes, origin.seed))


def ask_branch(lane: Lane, at: float, settings: Settings, info: dict | None) -> Asked:
    """The request to go on from second `at` of the timeline with what `lane` holds until there: a fork where that can
    be, for which nothing is heard again. `info` is the model's.

    Raises CalmError if less than half a second lies before.
    """
    frame = fork_frame(lane, at, settings)
    return ask_again(lane, at, settings, info) if frame is None else ask_fork(lane, frame, settings)


def fork_frame(lane: Lane, at: float, settings: Settings) -> int | None:
    """The frame, counted from the cut, at which a fork can leave `lane` at second `at` of the timeline. None where all
    before has to be heard again: in the prompt, without a trail, or if another text is to be followed."""
    take, first = lane.take, lane.take.request.origin
    sample = round((at - lane.offset) * take.rate)
    frame = take.frame_at(sample)
    if sample < take.cut or settings.text != first.text or not can_fork(take, frame):
        return None
    return frame


def ask_fork(lane: Lane, frame: int, settings: Settings) -> Asked:
    """The request to leave `lane` before `frame`, and from there on follow what is wished now."""
    take = lane.take
    request = Request.forked(take, frame, settings.seconds, settings.seed, settings.controls)
    left = (take.cut + round((request.seconds - settings.seconds) * take.rate)) / take.rate
    if lane.heard is not None:
        cut, wanted = take.cut / take.rate, wish(lane, settings.wishes)
        sheet = wanted.sheet(take.sheets.at(frame), cut, left, cut + request.seconds)
        request = replace(request, sheet=sheet)
    parent = None if lane.branch is None else lane.branch.parent
    branch = Branch(parent, lane.called, take.id, lane.offset + left, lane.offset)
    return Asked(_varied(request, settings), lane.heard, branch)


def ask_again(lane: Lane, at: float, settings: Settings, info: dict | None) -> Asked:
    """The request for which what `lane` holds until second `at` of the timeline is heard as a prompt."""
    take = frozen(lane.take)
    stop = min(max(round((at - lane.offset) * take.rate), 1), take.written)
    parent = parent_of(take, recipe_for(lane, take, info), 0, stop)
    prompt = Prompt(Audio(take.samples[:, :stop], take.rate), take.request.prompt.name, 0, stop)
    left = Branch(parent, lane.called, take.id, lane.offset + stop / take.rate, lane.offset)
    return ask(prompt, None, settings, left)


def _varied(request: Request, settings: Settings) -> tuple[Request, ...]:
    """As many variations as are asked for; their seeds follow each other."""
    return tuple(replace(request, seed=request.seed + number) for number in range(settings.variations))


def ask_once_more(lane: Lane, info: dict | None) -> Again:
    """The request to draw what is written of `lane` again, with AGAIN_STEPS in every frame and all other moves as they
    were. Raises CalmError if nothing is written yet."""
    return _again(lane, info, lambda recipe: redrawn(recipe, AGAIN_STEPS))


def ask_with_moves(lane: Lane, info: dict | None) -> Again:
    """The request to make `lane` again with the moves and sheets that were edited. Raises CalmError as above."""

    def changed(recipe: Recipe) -> Recipe:
        moved = recipe if lane.moves is None else performed(recipe, lane.moves)
        return moved if lane.sheets is None else retold(moved, lane.sheets)

    return _again(lane, info, changed)


def _again(lane: Lane, info: dict | None, changed: Callable[[Recipe], Recipe]) -> Again:
    take = frozen(lane.take)
    if take.written == take.cut:
        raise CalmError("Nothing is written of the take yet", "Wait until some of it is there")
    return Again.of(changed(recipe_for(lane, take, info)), take.request.prompt)


def recipe_for(lane: Lane, take: Take, info: dict | None) -> Recipe:
    """The recipe of `take`, which is that of `lane` as it was at some moment."""
    return lane.recipe or recipe_of(take, info, lane.branch and lane.branch.parent)


def sheet_of(take: Take) -> LeadSheet | None:
    """What the take was told last; it holds what it was told before."""
    return last_of(take.sheets.changes)


def last_of(told: Told) -> LeadSheet | None:
    return next((sheet for _, sheet in reversed(told) if sheet is not None), None)


def grid_after(lane: Lane) -> Grid | None:
    """The beat that the continuation of `lane` keeps, in seconds from its first sample; None if there is none."""
    grids = grids_of(lane)
    return grids[-1] if grids else None


def grids_of(lane: Lane) -> tuple[Grid, ...]:
    """Its beats, each from its downbeat on: those of its lead sheet, or as they were heard."""
    take, sheet = lane.take, sheet_of(lane.take)
    if sheet is not None:
        return sheet.grids
    return follow(lane.heard, take.cut / take.rate, take.request.seconds).grids if lane.heard else ()

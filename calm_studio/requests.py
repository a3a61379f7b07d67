"""From what the panel asks for to a request of the engine. Slow: it listens. No Qt in here."""

from dataclasses import dataclass, replace

from calm_studio.settings import Settings
from calm_studio.values import Branch, Lane
from engine.audio import Audio
from engine.music.follow import SURE, follow
from engine.music.heard import Heard, hear
from engine.music.leadsheet import Grid
from engine.recipe import Recipe, parent_of, recipe_of
from engine.request import Prompt, Request
from engine.take import Take


@dataclass(frozen=True, eq=False)
class Asked:
    """A request, what was heard in its prompt, and where it branches off, if it does."""

    request: Request
    heard: Heard
    branch: Branch | None = None


def hear_prompt(prompt: Prompt) -> Heard:
    """What is heard in the used part of a clip; times from the start of that part."""
    return hear(Audio(prompt.samples, prompt.audio.rate))


def sure(heard: Heard) -> Heard:
    """Only what is sure enough to be followed, written into files and their names."""
    if heard.tempo_confidence < SURE:
        heard = replace(heard, tempo=None, beats=())
    return heard if heard.key_confidence >= SURE else replace(heard, key=None)


def ask(prompt: Prompt, heard: Heard | None, settings: Settings, branch: Branch | None = None) -> Asked:
    """The request to continue `prompt`. Raises CalmError for what cannot be continued in that way."""
    heard = heard or hear_prompt(prompt)
    length, sheet = (prompt.stop - prompt.start) / prompt.audio.rate, None
    if settings.wishes is not None:
        sheet = follow(heard, length, settings.seconds, settings.wishes)
    made = (prompt, settings.seconds, settings.seed, settings.controls, settings.text, sheet, settings.tries)
    return Asked(Request(*made), heard, branch)


def ask_branch(lane: Lane, at: float, settings: Settings, info: dict | None) -> Asked:
    """The request to go on from second `at` of the timeline with what `lane` holds until there. `info` is the model's.

    Raises CalmError if less than half a second lies before.
    """
    take = lane.take
    stop = min(max(round((at - lane.offset) * take.rate), 1), take.written)
    parent = parent_of(take, recipe_for(lane, take, info), 0, stop)
    prompt = Prompt(Audio(take.samples[:, :stop], take.rate), take.request.prompt.name, 0, stop)
    return ask(prompt, None, settings, Branch(parent, lane.name, lane.offset + stop / take.rate, lane.offset))


def recipe_for(lane: Lane, take: Take, info: dict | None) -> Recipe:
    """The recipe of `take`, which is that of `lane` as it was at some moment."""
    return lane.recipe or recipe_of(take, info, lane.branch and lane.branch.parent)


def grid_after(lane: Lane) -> Grid | None:
    """The beat that the continuation of `lane` keeps, in seconds from its first sample; None if there is none."""
    grids = _grids(lane)
    return grids[-1] if grids else None


def grid_before(lane: Lane) -> Grid | None:
    """The beat before the cut."""
    grids = _grids(lane)
    return grids[0] if grids else None


def _grids(lane: Lane) -> tuple[Grid, ...]:
    take = lane.take
    if take.request.sheet is not None:
        return take.request.sheet.grids
    return follow(lane.heard, take.cut / take.rate, take.request.seconds).grids if lane.heard else ()

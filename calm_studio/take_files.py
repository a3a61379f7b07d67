"""Files of takes, with all that they can say about themselves. Slow, so not for the GUI thread. No Qt in here."""

import re
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from calm_studio.freezing import frozen
from calm_studio.requests import grid_after, recipe_for, sure
from calm_studio.values import Lane, Marks
from engine.audio import Audio
from engine.describe import metadata_of
from engine.errors import CalmError
from engine.export import Exported, ExportSettings, Part, Piece, export, export_all, take_name
from engine.loop import Loop, find_loop
from engine.metadata import Metadata
from engine.metadata.values import cropped
from engine.midi_out import Transcription, transcribe, write_midi
from engine.midi_out.pitch_model import installed_model
from engine.music.heard import hear
from engine.provenance import sign
from engine.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Order:
    """What to export: `lanes` with `settings` to `path`, which is a folder for several and a file for one.

    `loop` asks for the loop in place of the part in `settings`; `statement` for the signed provenance beside each file
    and `midi` for its notes.
    """

    lanes: tuple[Lane, ...]
    settings: ExportSettings
    path: Path
    several: bool = False
    loop: bool = False
    statement: bool = False
    midi: bool = False


@dataclass(eq=False)
class Errand:
    """An export under way. Threads: the worker alone sets `share`, 0 to 1; any thread may set `stop`."""

    share: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, eq=False)
class Described:
    """A take as it was at one moment."""

    piece: Piece
    recipe: Recipe
    path: Path


def carry_out(order: Order, info: dict | None, errand: Errand) -> list[Exported]:
    """Write what is ordered; `info` is the model's. [] once the errand was stopped, which leaves no half file.

    Raises CalmError where the engine does.
    """
    if order.midi:
        installed_model()  # raises while nothing is written
    if order.several:
        make_folder(order.path)
    described = [_described(order, lane, info) for lane in order.lanes]
    sounds = 0.5 if order.midi else 1.0

    def progress(done: int, total: int) -> None:
        errand.share = sounds * done / total

    finished = export_all([(each.piece, each.path) for each in described], order.settings, progress, errand.stop)
    for number, (exported, each) in enumerate(zip(finished, described, strict=False)):
        if order.statement:
            sign(exported.path, exported.metadata.origins, each.recipe)
        if order.midi:
            _write_notes(exported, each.piece.cut_out(order.settings.part), errand, (number, len(described)))
    return finished


def loop_of(lane: Lane) -> Loop:
    """The best loop in what is written of `lane`. Raises CalmError if that is too short."""
    return find_loop(lane.take.audio.samples, lane.take.rate, grid_after(lane))


def file_name(lane: Lane, settings: ExportSettings) -> str:
    """The take's, by what the user calls it, or else its prompt, and with the seconds of a selection."""
    name = Path(take_name(lane.take, lane.heard and sure(lane.heard), settings.format))
    title = re.sub(r"[^\w.-]+", "_", lane.marks.title).strip("._")
    stem = "".join([title, *name.stem.rpartition("_cont")[1:]]) if title else name.stem
    if isinstance(settings.part, tuple):
        stem += "_{:.2f}-{:.2f}s".format(*settings.part)
    return stem + name.suffix


def _described(order: Order, lane: Lane, info: dict | None) -> Described:
    take = frozen(lane.take)
    recipe, heard = recipe_for(lane, take, info), lane.heard and sure(lane.heard)
    about = _with_marks(metadata_of(take, recipe, datetime.now(), heard, lane.markers), lane.marks)
    path = order.path / file_name(lane, order.settings) if order.several else order.path
    piece = _loop_piece(about, lane) if order.loop else Piece(take.audio.samples, about)
    return Described(piece, recipe, path)


def _with_marks(about: Metadata, marks: Marks) -> Metadata:
    """With what the user calls the take, and says of it before anything else."""
    description = f"{marks.notes}. {about.description}" if marks.notes else about.description
    return replace(about, title=marks.title or about.title, description=description)


def marks_in(about: Metadata, recipe: Recipe) -> Marks:
    """The other way round: what the user called the take, and said of it, as far as its file still tells."""
    own = about.title in ("", f"{recipe.prompt.name} continued {about.take or 0:02d}")
    notes, between, _ = about.description.rpartition(f". {recipe.prompt.name} up to ")
    return Marks("" if own else about.title, notes if between else "")


def _loop_piece(about: Metadata, lane: Lane) -> Piece:
    loop = lane.loop or loop_of(lane)
    grid, frames = grid_after(lane), loop.samples.shape[1]
    about = replace(cropped(about, loop.start, loop.stop), loop=(0, frames))
    if grid and loop.bars:
        beats = loop.bars * grid.beats_per_bar
        about = replace(about, tempo=loop.tempo, beats=beats, beats_per_bar=grid.beats_per_bar)
    return Piece(loop.samples, about)


def _write_notes(exported: Exported, piece: Piece, errand: Errand, place: tuple[int, int]) -> None:
    """The notes of `piece` as MIDI beside its file, which is number `place` of so many."""
    audio, about = Audio(piece.samples, piece.metadata.rate), piece.metadata

    def progress(done: int, total: int) -> None:
        errand.share = 0.5 + 0.5 * (place[0] + done / total) / place[1]

    notes = transcribe(audio, progress, errand.stop)
    if notes is not None:
        cut = None if about.cut is None else about.cut / about.rate
        markers = tuple((at / about.rate, label) for at, label in about.markers)
        title = exported.path.stem
        write_midi(exported.path.with_suffix(".mid"), Transcription(title, notes, cut, markers, hear(audio)))


class TakeFiles:
    """The WAV files of takes in `folder`, each written once for as much of the take as there is. Used by one thread."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._written: dict[tuple, Path] = {}

    def file_of(self, lane: Lane, info: dict | None, part: Part = "whole") -> Path:
        """A finished 24-bit WAV of `lane`, or `part` of it, as it is now. Raises CalmError when the folder cannot be
        written."""
        take = frozen(lane.take)
        key = (take.id, take.written, take.history.changes, part, lane.marks.title, lane.marks.notes)
        if key not in self._written or not self._written[key].exists():
            make_folder(self.folder)
            order = Order((replace(lane, take=take),), ExportSettings(part=part), self.folder, several=True)
            (described,) = (_described(order, each, info) for each in order.lanes)
            self._written[key] = export(described.piece, order.settings, described.path).path
        return self._written[key]

    def files_of(self, lanes: tuple[Lane, ...], info: dict | None, part: Part = "whole") -> list[Path]:
        """The lowest first: the oldest, unless the user put them in another order."""
        return [self.file_of(lane, info, part) for lane in reversed(lanes)]


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents. Raises CalmError when that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made ({error.strerror})"
        raise CalmError(message, "Use Export to choose another") from error

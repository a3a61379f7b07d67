"""Files of takes, with all that they can say about themselves. Slow, so not for the GUI thread. No Qt in here."""

import copy
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from calm_studio.requests import grid_after, recipe_for, sure
from calm_studio.values import Lane
from engine.audio import Audio
from engine.describe import metadata_of
from engine.errors import CalmError
from engine.export import Exported, ExportSettings, Piece, export, export_all, take_name
from engine.loop import Loop, find_loop
from engine.metadata import Metadata
from engine.metadata.values import cropped
from engine.midi_out import Transcription, transcribe, write_midi
from engine.midi_out.pitch_model import installed_model
from engine.music.heard import hear
from engine.provenance import sign
from engine.recipe import Recipe
from engine.take import Take


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


def frozen(take: Take) -> Take:
    """The take as it is now, while it may go on growing; no sample is copied."""
    return copy.copy(take)


def loop_of(lane: Lane) -> Loop:
    """The best loop in what is written of `lane`. Raises CalmError if that is too short."""
    return find_loop(lane.take.audio.samples, lane.take.rate, grid_after(lane))


def _described(order: Order, lane: Lane, info: dict | None) -> Described:
    take = frozen(lane.take)
    recipe, heard = recipe_for(lane, take, info), lane.heard and sure(lane.heard)
    about = metadata_of(take, recipe, datetime.now(), heard, lane.markers)
    name = take_name(take, heard, order.settings.format)
    path = order.path / name if order.several else order.path
    piece = _loop_piece(about, lane) if order.loop else Piece(take.audio.samples, about)
    return Described(piece, recipe, path)


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
        self._written: dict[tuple[int, int], Path] = {}

    def file_of(self, lane: Lane, info: dict | None) -> Path:
        """A finished 24-bit WAV of `lane` as it is now. Raises CalmError when the folder cannot be written."""
        take = frozen(lane.take)
        key = (take.id, take.written)
        if key not in self._written or not self._written[key].exists():
            make_folder(self.folder)
            order = Order((replace(lane, take=take),), ExportSettings(), self.folder, several=True)
            (described,) = (_described(order, each, info) for each in order.lanes)
            self._written[key] = export(described.piece, order.settings, described.path).path
        return self._written[key]

    def files_of(self, lanes: tuple[Lane, ...], info: dict | None) -> list[Path]:
        """Oldest first, as they would be laid out in a DAW."""
        return [self.file_of(lane, info) for lane in reversed(lanes)]


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents. Raises CalmError when that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made ({error.strerror})"
        raise CalmError(message, "Use Export to choose another") from error

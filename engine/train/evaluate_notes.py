"""How many of a song's notes are heard right: `engine.midi_out` against renders whose scores are known.

    python -m engine.train.evaluate_notes FOLDER [--songs 16] [--json]

FOLDER comes from engine.train.render. Songs with one pitched instrument and nothing else ("solo") and all other songs
with a pitched instrument ("mix") are counted apart; drums are never counted. A note is right when its pitch is exact
and its start within 50 ms; in the ``with_offset`` rows its end must lie within 50 ms, or a fifth of its length if that
is more, too (the note measures of MIREX; Raffel et al., "mir_eval", ISMIR 2014). Notes of one pitch that begin within
50 ms of each other are one note of the score: no piano roll could hold both. Figures are means over the songs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from engine import audio
from engine.midi_out.notes import Note
from engine.midi_out.transcribe import transcribe
from engine.train.compose.song import DRUM_CHANNEL

TOLERANCE = 0.05  # seconds
OFFSET_SHARE = 0.2  # of the note's length


@dataclass(frozen=True)
class Score:
    """Shares 0..1: of the heard notes that are right, of the score's notes that were heard, and their harmonic mean."""

    precision: float
    recall: float
    f_measure: float


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="from engine.train.render")
    parser.add_argument("--songs", type=int, default=16, help="of each kind, at most (default: 16)")
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    table = evaluate(chosen(arguments.folder, arguments.songs), heard_in)
    for kind, row in table.items():
        print(f"{kind:18}" + "  ".join(f"{key} {value:.3f}" for key, value in row.items()))
    if arguments.json:
        print(json.dumps(table))


def chosen(folder: Path, songs: int) -> Iterator[tuple[str, Path, list[Note]]]:
    """(kind, sound, score) of the first ``songs`` songs of each kind, by seed."""
    left = {"solo": songs, "mix": songs}
    for path in sorted(folder.glob("[0-9]*.json")):
        labels = json.loads(path.read_text())
        kind = kind_of(labels)
        if kind and left[kind]:
            left[kind] -= 1
            yield kind, path.with_suffix(".wav"), score_of(labels)


def kind_of(labels: dict) -> str | None:
    """ "solo", "mix", or None for drums alone."""
    pitched = [each for each in labels["instruments"] if each["channel"] != DRUM_CHANNEL]
    if not pitched:
        return None
    return "solo" if len(labels["instruments"]) == 1 else "mix"


def score_of(labels: dict) -> list[Note]:
    """The pitched notes by rising pitch and start, unisons once and as long as the longest of them."""
    drums = {track for track, each in enumerate(labels["instruments"]) if each["channel"] == DRUM_CHANNEL}
    notes: list[Note] = []
    for track, start, duration, pitch, velocity in sorted(labels["notes"], key=lambda row: (row[3], row[1])):
        if track in drums:
            continue
        if notes and notes[-1].pitch == pitch and start - notes[-1].start < TOLERANCE:
            start, longest = notes[-1].start, max(notes[-1].start + notes[-1].duration, start + duration)
            notes[-1] = Note(start, longest - start, pitch, max(notes[-1].velocity, velocity))
        else:
            notes.append(Note(start, duration, pitch, velocity))
    return notes


def heard_in(path: Path) -> tuple[Note, ...]:
    return transcribe(audio.read(path))


def evaluate(
    songs: Iterable[tuple[str, Path, list[Note]]], hear: Callable[[Path], Iterable[Note]]
) -> dict[str, dict[str, float]]:
    """Two rows for each kind of song, with a progress line; ``songs`` is how many songs a row is the mean of."""
    rows: dict[str, list[Score]] = {}
    for kind, path, score in songs:
        heard = list(hear(path))
        rows.setdefault(kind, []).append(compare(score, heard, with_offset=False))
        rows.setdefault(f"{kind}, with_offset", []).append(compare(score, heard, with_offset=True))
        print(f"\r{path.stem}: {kind}, {rows[kind][-1].f_measure:.2f} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {kind: {**mean(scores), "songs": len(scores)} for kind, scores in sorted(rows.items())}


def mean(scores: list[Score]) -> dict[str, float]:
    return {key: float(np.mean([asdict(score)[key] for score in scores])) for key in asdict(scores[0])}


def compare(score: list[Note], heard: list[Note], with_offset: bool) -> Score:
    """Each note of the score and each heard one are paired at most once, so that as many as possible are right."""
    right = matches(score, heard, with_offset) if score and heard else 0
    precision, recall = right / max(1, len(heard)), right / max(1, len(score))
    return Score(precision, recall, 2 * right / max(1, len(heard) + len(score)))


def matches(score: list[Note], heard: list[Note], with_offset: bool) -> int:
    """The size of the largest pairing of right notes."""
    start, duration, pitch = np.array([[n.start, n.duration, n.pitch] for n in score]).T[:, :, None]
    heard_start, heard_duration, heard_pitch = np.array([[n.start, n.duration, n.pitch] for n in heard]).T[:, None]
    right = (pitch == heard_pitch) & (np.abs(start - heard_start) <= TOLERANCE)
    if with_offset:
        apart = np.abs(start + duration - heard_start - heard_duration)
        right &= apart <= np.maximum(TOLERANCE, OFFSET_SHARE * duration)
    return int((maximum_bipartite_matching(csr_array(right)) >= 0).sum())


if __name__ == "__main__":
    main()

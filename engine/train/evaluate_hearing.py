"""How well `engine.music` hears: tempo, bars, key and chords of music whose truth is known.

    python -m engine.train.evaluate_hearing data/heldout --songs 50 --clips 180 [--json]

Each row is a mean over excerpts of one length of songs, or of clips of engine.train.plain_music (of 5 s and 10 s, with
seeds from FIRST_CLIP up). ``tempo``: share within 1 % of the score's; ``octave``: share within 1 %
of half or double of it; ``tempo_error``: median error, in percent, where right; ``beats``: share of the true beats
with a heard one within 40 ms; ``metre`` and ``downbeat``: shares with the right number of beats in a bar and with the
first true downbeat within 60 ms of a heard one, both where the tempo is right; ``key``: share with the right tonic and
third; ``relative``: share with that or its relative key; ``mirex``: the score of the MIREX audio key task, 1 where
right, 0.5 a fifth off, 0.3 relative, 0.2 parallel; ``scale``: share with the right seven tones, whichever is the tonic;
``root`` and ``triad``: shares of time with the right chord root, and with the right root and third; ``seconds``: time
to hear it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.music.heard import Heard, hear
from engine.music.key import MODE_OF, Key
from engine.music.leadsheet import SCALES
from engine.train.excerpts import Excerpt, read_excerpts
from engine.train.plain_music import plain_clip

LENGTHS = (5.0, 10.0, 30.0)  # seconds
CLIP_LENGTHS = (5.0, 10.0)
FIRST_CLIP = 1_100_000
RIGHT = 0.01  # of the tempo
BEAT, DOWNBEAT = 0.04, 0.06  # seconds
STEP = 0.1  # seconds between the moments at which chords are compared


@dataclass(frozen=True)
class Verdict:
    """One excerpt's line, as described above; nan where a figure does not apply."""

    tempo: float
    octave: float
    tempo_error: float
    beats: float
    metre: float
    downbeat: float
    key: float
    relative: float
    mirex: float
    scale: float
    root: float
    triad: float
    seconds: float


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder from engine.train.render, with seeds not learned from")
    parser.add_argument("--songs", type=int, default=1000, help="at most so many")
    parser.add_argument("--clips", type=int, default=0, help="of engine.train.plain_music")
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    table = evaluate(read_excerpts(arguments.folder, LENGTHS, arguments.songs), "songs")
    clips = (plain_clip(FIRST_CLIP + n, seconds) for n in range(arguments.clips) for seconds in CLIP_LENGTHS)
    table |= evaluate(clips, "clips")
    for name, row in table.items():
        print(f"{name:>10} " + "  ".join(f"{key} {value:.3g}" for key, value in row.items()))
    if arguments.json:
        print(json.dumps(table))


def evaluate(excerpts: Iterable[Excerpt], source: str) -> dict[str, dict[str, float]]:
    """By "5 s songs" and so on the means over the excerpts of each length, and how many they are."""
    verdicts: dict[float, list[Verdict]] = defaultdict(list)
    for excerpt in excerpts:
        began = time.perf_counter()
        heard = hear(excerpt.audio)
        verdicts[excerpt.seconds].append(judge(heard, excerpt, time.perf_counter() - began))
    return {f"{length:g} s {source}": _row(lines) for length, lines in verdicts.items()}


def judge(heard: Heard, excerpt: Excerpt, seconds: float) -> Verdict:
    song = excerpt.song
    ratio = (heard.tempo or np.nan) / song["tempo"]
    right = abs(ratio - 1) < RIGHT
    same_metre = heard.beats_per_bar == song["beats_per_bar"]
    moments = np.arange(STEP / 2, excerpt.seconds, STEP) if song["chords"] else []
    agreement = np.array([_chord_agrees(heard, excerpt, moment) for moment in moments])
    key, relative, mirex, scale = _key_verdict(heard.key, song)
    return Verdict(
        tempo=float(right),
        octave=float(any(abs(ratio / octave - 1) < RIGHT for octave in (0.5, 2))),
        tempo_error=100 * abs(ratio - 1) if right else np.nan,
        beats=_share_near(excerpt.beats, heard.beats, BEAT),
        metre=float(same_metre) if right else np.nan,
        downbeat=float(same_metre and _downbeat_agrees(heard, excerpt)) if right else np.nan,
        key=key,
        relative=relative,
        mirex=mirex,
        scale=scale,
        root=float(agreement[:, 0].mean()) if len(agreement) else np.nan,
        triad=float(agreement[:, 1].mean()) if len(agreement) else np.nan,
        seconds=seconds,
    )


def true_key(song: dict) -> Key:
    """The song's mode as major or minor, by its third."""
    return Key(song["tonic"], MODE_OF[song["mode"]])


def mirex_score(heard: Key, true: Key) -> float:
    """The weights of the MIREX audio key detection task."""
    up = (heard.tonic - true.tonic) % 12
    if heard.mode == true.mode:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(up, 0.0)
    return {0: 0.2, 9 if true.mode == "major" else 3: 0.3}.get(up, 0.0)


def _key_verdict(heard: Key | None, song: dict) -> tuple[float, float, float, float]:
    """Key, relative, mirex and scale as above."""
    if song["tonic"] is None:
        return (np.nan,) * 4
    if heard is None:
        return (0.0,) * 4
    score = mirex_score(heard, true_key(song))
    same_tones = _scale(heard.tonic, heard.mode) == _scale(song["tonic"], song["mode"])
    return float(score == 1), float(score in (0.3, 1)), score, float(same_tones)


def _scale(tonic: int, mode: str) -> set[int]:
    return {(tonic + step) % 12 for step in SCALES[mode]}


def _share_near(wanted: np.ndarray, found: tuple[float, ...], reach: float) -> float:
    if not found:
        return 0.0
    return float((np.abs(wanted[:, None] - np.array(found)).min(axis=1) < reach).mean())


def _downbeat_agrees(heard: Heard, excerpt: Excerpt) -> bool:
    downbeats = heard.beats[heard.first_downbeat :: heard.beats_per_bar]
    true = excerpt.beats[excerpt.first_downbeat : excerpt.first_downbeat + 1]
    return _share_near(true, downbeats, DOWNBEAT) == 1


def _chord_agrees(heard: Heard, excerpt: Excerpt, moment: float) -> tuple[bool, bool]:
    """Whether root, and root and third, are right; a gap is wrong."""
    true = excerpt.chord_at(moment)
    found = next((chord for chord in heard.chords if chord.start <= moment < chord.start + chord.duration), None)
    if found is None or found.root != true["root"]:
        return False, False
    return True, ((true["root"] + 3) % 12 in true["pitches"]) == ((found.root + 3) % 12 in found.pitches)


def _row(verdicts: list[Verdict]) -> dict[str, float]:
    lines = [asdict(verdict) for verdict in verdicts]
    middle = {"tempo_error": np.nanmedian}
    means = {name: float(middle.get(name, np.nanmean)([line[name] for line in lines])) for name in lines[0]}
    return {"excerpts": len(lines), **means}


if __name__ == "__main__":
    main()

"""One line of the table of `engine.train.evaluate`: every measure of one take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

import numpy as np

from engine.audio import Audio
from engine.guard import Collapse
from engine.music.heard import Heard, hear
from engine.music.leadsheet import Grid
from engine.seam import seam_score
from engine.similarity import Songs, closest
from engine.train import evaluate_hearing
from engine.train.collapses import first_collapse
from engine.train.excerpts import Excerpt
from engine.train.frechet import statistics
from engine.train.heldout import CUT_SECONDS, START_SECONDS, Clip
from engine.train.listen import Features, features, in_scale, on_chord, tempo_agrees
from engine.train.long_form import recurrence
from engine.train.stretches import dynamics, stretches

TEMPO = 0.02  # of the score's, within which the tempo that is heard is right
Values = dict[str, float | None]

MEASURES = {
    "loudness_drift": "dB that the last third differs from the prompt",
    "spectrum": "mean absolute difference, in dB, of band levels averaged over the prompt and over the last third",
    "dynamics": "standard deviation, in dB, of the levels of half seconds",
    "tempo": "share whose strongest autocorrelation lies within 4 % of the score's tempo, its half or double",
    "in_scale": "share of chroma energy on the score's scale (7 of 12 tones: chance is 0.58)",
    "on_chord": "the same on the tones of the score's chord at each moment",
    "onsets": "attacks a second, over the true continuation's",
    "collapsed": "share whose last third is silent (-50 dB), exploded (+9 dB over the prompt) or frozen",
    "tempo_heard": "share whose tempo, as the app's ear hears it, lies within 2 % of the score's, its half or double",
    "key_heard": "share whose key, as the app's ear hears it, has the score's tonic and third",
    "scale_heard": "share whose key, so heard, has the score's seven tones, whichever is the tonic",
    "chords_heard": "share of time in which the chord, so heard, has the root and third of the score's",
    "silence": "share that collapses first, anywhere, into silence as the app's guard hears it",
    "stuck": "the same into a stuck loop or drone",
    "noise": "the same into noise, flat or coloured like music",
    "clipping": "the same into clipping",
    "fallen": "share that collapses at all, by the four before",
    "seam": "score of the cut: 100 as real music at a random place, 0 as another song (engine.seam)",
    "recurs_2": "likeness to itself 2 bars later, what sounds all the time taken off: 1 for a loop",
    "recurs_4": "the same 4 bars later",
    "recurs_8": "the same 8 bars later; takes with at least 10 bars only",
    "nearest": "closeness to one song learned from, 0 as unseen music, 100 a copy (engine.similarity): the closest 3 s",
    "copied": "share in which the app would tell a copy of a song learned from",
    "loudness_moves": "LU that the last ten seconds differ from the first ten, up or down",
}


@dataclass(frozen=True)
class Verdict:
    """``values`` by key of MEASURES, None where one does not apply; ``loudness`` and ``spectrum`` of each ten seconds,
    as in `engine.train.stretches`; the `frechet.statistics` of the two ``halves``."""

    values: Values
    loudness: list[float]
    spectrum: list[float]
    halves: list[dict[str, list[float]]]


def judge(clip: Clip, audio: np.ndarray, songs: Songs | None) -> Verdict:
    """How (2, N) ``audio`` does as the continuation of the clip, beside the ``songs`` that the model learned from."""
    prompt = clip.prompt
    parts = stretches(prompt, audio, clip.rate)
    moves = {"loudness_moves": abs(parts[-1].loudness - parts[0].loudness) if len(parts) > 1 else None}
    values = plain(clip, audio) | agreement(clip, audio) | fall(prompt, audio, clip.rate)
    values |= form(clip, prompt, audio) | nearness(audio, clip.rate, songs) | moves
    halves = [statistics(half, clip.rate) for half in np.array_split(audio, 2, axis=1)]
    return Verdict(
        values={name: rounded(values[name]) for name in MEASURES},
        loudness=[rounded(part.loudness) for part in parts],
        spectrum=[rounded(part.spectrum) for part in parts],
        halves=[{name: [rounded(x) for x in vector] for name, vector in half.items()} for half in halves],
    )


def plain(clip: Clip, audio: np.ndarray) -> Values:
    """What `engine.train.listen` measures."""
    before, true_rate = _known(clip)
    whole, end = (features(part, clip.rate) for part in (audio, audio[:, -audio.shape[1] // 3 :]))
    return {
        "loudness_drift": end.loudness - before.loudness,
        "spectrum": float(np.abs(end.bands - before.bands).mean()),
        "dynamics": dynamics(audio, clip.rate),
        "tempo": float(tempo_agrees(whole.flux, clip.score["tempo"])),
        "in_scale": in_scale(whole.chroma, clip.score["tonic"], clip.score["mode"]),
        "on_chord": on_chord(audio, clip.rate, clip.score["chords"], CUT_SECONDS),
        "onsets": whole.onset_rate / max(true_rate, 0.1),
        "collapsed": float(collapsed(before, end)),
    }


@lru_cache(maxsize=128)
def _known(clip: Clip) -> tuple[Features, float]:
    """The prompt's features, and the attacks a second of what really follows: the same for every row."""
    return features(clip.prompt, clip.rate), features(clip.truth, clip.rate).onset_rate


def collapsed(prompt: Features, end: Features) -> bool:
    silent = end.loudness < -50
    exploded = end.loudness > prompt.loudness + 9
    frozen = end.motion < 0.2 * prompt.motion
    return silent or exploded or frozen


def agreement(clip: Clip, audio: np.ndarray) -> Values:
    """What the app's own ear hears, against the score, as far as that goes."""
    sound = Audio(audio, clip.rate)
    heard, scored = hear(sound), min(sound.seconds, clip.truth.shape[1] / clip.rate)
    judged = evaluate_hearing.judge(heard, Excerpt(sound, CUT_SECONDS, scored, clip.score), 0.0)
    return {
        "tempo_heard": float(same_tempo(heard, clip.score["tempo"])),
        "key_heard": judged.key,
        "scale_heard": judged.scale,
        "chords_heard": judged.triad,
    }


def same_tempo(heard: Heard, tempo: float) -> bool:
    return heard.tempo is not None and any(abs(heard.tempo / (tempo * k) - 1) < TEMPO for k in (0.5, 1, 2))


def fall(prompt: np.ndarray, audio: np.ndarray, rate: int) -> Values:
    kind = first_collapse(prompt, audio, rate)
    return {name: float(name == kind) for name in get_args(Collapse)} | {"fallen": float(kind is not None)}


def form(clip: Clip, prompt: np.ndarray, audio: np.ndarray) -> Values:
    """The cut, and what comes back after it."""
    tempo, beats = clip.score["tempo"], clip.score["beats_per_bar"]
    joined = np.concatenate([prompt, audio], axis=1)
    seam = seam_score(joined, clip.rate, prompt.shape[1], Grid(tempo, -START_SECONDS, beats))
    again = recurrence(audio, clip.rate, tempo, beats)
    return {"seam": seam.total} | dict(zip(("recurs_2", "recurs_4", "recurs_8"), again, strict=True))


def nearness(audio: np.ndarray, rate: int, songs: Songs | None) -> Values:
    if songs is None:
        return {"nearest": None, "copied": None}
    match = closest(Audio(audio, rate), songs)
    return {"nearest": match.score, "copied": float(match.copied)}


def rounded(value: float | None) -> float | None:
    """To 5 digits, as it is stored; None for what is not a number."""
    return None if value is None or np.isnan(value) else float(f"{value:.5g}")

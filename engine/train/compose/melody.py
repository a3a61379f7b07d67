"""Melodies: a short motif, and the ways it comes back over changing chords."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from engine.train.compose.harmony import Chord, fitting_scale
from engine.train.compose.parts import Event, Passage


@dataclass(frozen=True)
class Tone:
    """A note of a motif: `step` from its start and `length` in sixteenths, `degree` in scale steps from its anchor."""

    step: int
    length: int
    degree: int


@dataclass(frozen=True)
class Motif:
    """A melodic idea of `bars` bars; its tones start in order."""

    bars: int
    tones: tuple[Tone, ...]


def invent(rng: Random, bar: int, density: float) -> Motif:
    """A new motif; `density` is the share of eighths (of sixteenths when above a half) on which a note starts."""
    bars = rng.choice((1, 1, 2))
    grid = 1 if density > 0.5 and rng.random() < 0.5 else 2
    steps = range(0, bars * bar, grid)
    onsets = [s for s in steps if rng.random() < density * (1.5 if s % 4 == 0 else 0.8) * (grid / 2 + 0.3)]
    if len(onsets) < 2:
        onsets = [0, bar // 2, bar - 4][: 2 + (rng.random() < 0.5)]
    ends = [*onsets[1:], bars * bar]
    degree, tones = 0, []
    for onset, end in zip(onsets, ends, strict=True):
        length = min(end - onset, rng.choice((4, 6, 8, 12)))
        tones.append(Tone(onset, length, degree))
        degree = _next_degree(rng, degree)
    return Motif(bars, tuple(tones))


def _next_degree(rng: Random, degree: int) -> int:
    """Mostly steps, some leaps, and a pull back to the middle."""
    move = rng.choices((0, 1, 2, 3, 4, 5), (2, 7, 4, 1.5, 1, 0.4))[0]
    upward = rng.random() < 0.5 - 0.09 * degree
    return degree + (move if upward else -move)


def vary(motif: Motif, rng: Random) -> Motif:
    """The motif again, changed in one way: turned over, moved, ornamented, thinned, or with another ending."""
    change = rng.choice((_inverted, _moved, _ornamented, _thinned, _new_ending))
    return replace(motif, tones=change(motif.tones, rng))


def _inverted(tones: tuple[Tone, ...], rng: Random) -> tuple[Tone, ...]:
    return tuple(replace(t, degree=-t.degree) for t in tones)


def _moved(tones: tuple[Tone, ...], rng: Random) -> tuple[Tone, ...]:
    shift = rng.choice((-2, -1, 1, 2))
    return tuple(replace(t, degree=t.degree + shift) for t in tones)


def _ornamented(tones: tuple[Tone, ...], rng: Random) -> tuple[Tone, ...]:
    longest = max(tones, key=lambda t: t.length)
    if longest.length < 4:
        return _moved(tones, rng)
    half = longest.length // 2
    first = replace(longest, length=half)
    second = Tone(longest.step + half, longest.length - half, longest.degree + rng.choice((-1, 1)))
    return tuple(sorted((*(t for t in tones if t is not longest), first, second), key=lambda t: t.step))


def _thinned(tones: tuple[Tone, ...], rng: Random) -> tuple[Tone, ...]:
    return tuple(t for i, t in enumerate(tones) if i % 3 != 2)


def _new_ending(tones: tuple[Tone, ...], rng: Random) -> tuple[Tone, ...]:
    return (*tones[:-1], replace(tones[-1], degree=tones[-1].degree + rng.choice((-3, -2, 2, 3))))


def sing(passage: Passage, motif: Motif, centre: int, tonic: int, mode: str, rng: Random) -> Iterator[Event]:
    """The passage's melody, in MIDI pitches around `centre`: motif, answer, motif, close, with room to breathe."""
    shifts = (0, rng.choice((-2, -1, 1, 2)), 0, rng.choice((-1, 1, 3)))
    for turn, bar_number in enumerate(range(0, passage.bars, motif.bars)):
        closing = turn % 4 == 3 or bar_number + motif.bars >= passage.bars
        if turn % 4 in (1, 3) and rng.random() < 0.2:
            continue
        said = vary(motif, rng) if turn % 4 != 0 and rng.random() < 0.4 else motif
        start = (passage.first_bar + bar_number) * passage.bar
        tones = _closed(said.tones) if closing else said.tones
        yield from _realise(passage, tones, start, shifts[turn % 4], centre, tonic, mode)


def _closed(tones: tuple[Tone, ...]) -> tuple[Tone, ...]:
    """Ends the phrase on a held note in place of its last few."""
    keep = tones[: max(1, len(tones) * 2 // 3)]
    return (*keep[:-1], replace(keep[-1], length=max(keep[-1].length, 8), degree=0))


def _realise(
    passage: Passage, tones: tuple[Tone, ...], start: int, shift: int, centre: int, tonic: int, mode: str
) -> Iterator[Event]:
    end = (passage.first_bar + passage.bars) * passage.bar
    for tone in tones:
        step = start + tone.step
        if step >= end:
            return
        chord = next(s.chord for s in passage.spans if s.step <= step < s.step + s.length)
        strong = step % 4 == 0 and tone.length >= 2
        pitch = _pitch(tone.degree + shift, centre, chord, strong, tonic, mode)
        accent = 96 if step % passage.bar == 0 else 90 if strong else 82
        yield Event(step, min(tone.length * 0.94, end - step), pitch, accent * passage.loudness)


def _pitch(degree: int, centre: int, chord: Chord, strong: bool, tonic: int, mode: str) -> int:
    """Climbs `degree` rungs of the fitting scale from the centre; strong beats go to the nearest chord tone."""
    scale = fitting_scale(chord, tonic, mode)
    ladder = [p for p in range(centre - 19, centre + 20) if p % 12 in scale]
    middle = min(range(len(ladder)), key=lambda i: abs(ladder[i] - centre))
    pitch = ladder[max(0, min(len(ladder) - 1, middle + degree))]
    if not strong:
        return pitch
    return min((p for p in range(pitch - 6, pitch + 7) if p % 12 in chord.tones), key=lambda p: abs(p - pitch))

"""What each accompanying player plays: bass, comping, figures, pads and drums over one passage of chords.

Positions and lengths here are in sixteenths ("steps") from the start of the song.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from engine.train.compose import drums
from engine.train.compose.grooves import FILLS, LIGHT_FILLS, Groove
from engine.train.compose.harmony import Chord, voice

LOWEST_BASS, HIGHEST_BASS = 28, 50
MARKS = {"X": 104, "x": 88, "o": 66}


@dataclass(frozen=True)
class Event:
    """A note before swing and humanising: `step` and `length` in sixteenths."""

    step: float
    length: float
    pitch: int
    velocity: float


@dataclass(frozen=True)
class Span:
    """A chord over `length` steps from `step`; never longer than a bar."""

    step: int
    length: int
    chord: Chord


@dataclass(frozen=True)
class Passage:
    """One section as the players see it.

    `bar` is the length of a bar in steps, `kicks` the kick drum's steps in a bar, `letter` whose material it uses.
    """

    name: str
    first_bar: int
    bars: int
    bar: int
    energy: float
    spans: tuple[Span, ...]
    kicks: tuple[int, ...]
    letter: str

    def following(self, index: int) -> Chord:
        """The chord after span `index`, the passage going round."""
        return self.spans[(index + 1) % len(self.spans)].chord

    @property
    def loudness(self) -> float:
        return 0.72 + 0.3 * self.energy


def hits(pattern: str, span: Span, bar: int) -> list[tuple[int, int, str]]:
    """(step, length, mark) of a bar pattern's notes under a chord; a chord that enters in mid-bar is always struck."""
    offset = span.step % bar
    window = pattern[offset : offset + span.length]
    if offset and window[0] in "-.":
        struck = "R" if "R" in pattern else "0" if pattern[0].isdigit() else "x"
        window = struck + window[1:]
    found = []
    for at, mark in enumerate(window):
        if mark not in "-.":
            held = len(window[at + 1 :]) - len(window[at + 1 :].lstrip("-"))
            found.append((span.step + at, 1 + held, mark))
    return found


def bass(passage: Passage, pattern: str, rng: Random) -> Iterator[Event]:
    """A bass line: a degree pattern, `kick` (with the kick drum) or `walk` (a note a beat)."""
    for index, span in enumerate(passage.spans):
        following = passage.following(index)
        if pattern == "walk":
            yield from _walking(passage, span, following, rng)
            continue
        marks = _with_kick(passage, span, rng) if pattern == "kick" else hits(pattern, span, passage.bar)
        for step, length, mark in marks:
            pitch = _degree(span.chord, mark, following, rng)
            yield Event(step, length * 0.92, pitch, (98 if mark == "R" else 88) * passage.loudness)


def _with_kick(passage: Passage, span: Span, rng: Random) -> list[tuple[int, int, str]]:
    offset = span.step % passage.bar
    steps = sorted({0, *(k - offset for k in passage.kicks if offset <= k < offset + span.length)})
    ends = [*steps[1:], span.length]
    return [
        (span.step + at, min(6, end - at), "R" if at == 0 else rng.choice("RRR58"))
        for at, end in zip(steps, ends, strict=True)
    ]


def low_pitch(pitch_class: int) -> int:
    """The bass register's pitch of a pitch class."""
    return LOWEST_BASS + (pitch_class - LOWEST_BASS) % 12


def _degree(chord: Chord, mark: str, following: Chord, rng: Random) -> int:
    base = low_pitch(chord.bass)
    if mark == "R":
        return base
    if mark == "8":
        return base + 12
    if mark == "a":
        return low_pitch(following.bass) + rng.choice((-1, 1, -2, 2))
    place = {"3": 1, "5": 2, "7": 3}[mark]
    tone = chord.tones[place] if place < len(chord.tones) else chord.root
    return base + (tone - base) % 12


def _walking(passage: Passage, span: Span, following: Chord, rng: Random) -> Iterator[Event]:
    target = low_pitch(following.bass)
    pitch = low_pitch(span.chord.bass)
    beats = span.length // 4
    for beat in range(beats):
        if beat and beat == beats - 1:
            pitch = target + rng.choice((-1, 1, -2))
        elif beat:
            tones = [p for p in range(LOWEST_BASS, HIGHEST_BASS) if p % 12 in span.chord.tones]
            near = [p for p in tones if 0 < abs(p - pitch) < 6]
            pitch = min(near, key=lambda p: abs(p - target) + rng.uniform(0, 6))
        yield Event(span.step + 4 * beat, 3.8, pitch, (92 if beat % 2 else 86) * passage.loudness)
        if rng.random() < 0.1:
            yield Event(span.step + 4 * beat + 2, 1, pitch, 60 * passage.loudness)


def voicings(spans: Sequence[Span], low: int) -> Iterator[tuple[int, ...]]:
    """The voicing of every span, each led from the one before."""
    previous: tuple[int, ...] = ()
    for span in spans:
        previous = voice(span.chord.tones, low, previous)
        yield previous


def comping(passage: Passage, patterns: tuple[str, str], low: int, strum: float, rng: Random) -> Iterator[Event]:
    """Struck chords; the second pattern may relieve the first where a phrase ends. `strum` steps between strings."""
    for span, voicing in zip(passage.spans, voicings(passage.spans, low), strict=True):
        phrase_end = span.step // passage.bar % 4 == 3
        pattern = patterns[1] if phrase_end and rng.random() < 0.4 else patterns[0]
        notes = (voicing[0] - 12, *voicing, voicing[0] + 12) if strum else voicing
        for step, length, mark in hits(pattern, span, passage.bar):
            for i, pitch in enumerate(notes):
                velocity = MARKS[mark] * passage.loudness - (6 if i else 0)
                yield Event(step + i * strum, length * 0.95 - i * strum, pitch, velocity)


def figure(passage: Passage, pattern: str, low: int) -> Iterator[Event]:
    """A broken chord: digits pick voices of the voicing, counted upwards through the octaves."""
    for span, voicing in zip(passage.spans, voicings(passage.spans, low), strict=True):
        for step, length, mark in hits(pattern, span, passage.bar):
            octave, voice_index = divmod(int(mark), len(voicing))
            accent = 92 if step % 4 == 0 else 78
            yield Event(step, max(length, 1.5), voicing[voice_index] + 12 * octave, accent * passage.loudness)


def pad(passage: Passage, low: int, wide: bool) -> Iterator[Event]:
    """Held chords, struck again only when the harmony changes; `wide` lifts the second voice an octave."""
    merged: list[Span] = []
    for span in passage.spans:
        if merged and merged[-1].chord == span.chord:
            merged[-1] = Span(merged[-1].step, merged[-1].length + span.length, span.chord)
        else:
            merged.append(span)
    for span, voicing in zip(merged, voicings(merged, low), strict=True):
        notes = (voicing[0], voicing[1] + 12, *voicing[2:]) if wide else voicing
        for pitch in notes:
            yield Event(span.step, span.length * 0.99, pitch, 76 * passage.loudness)


def drumming(passage: Passage, groove: Groove, rng: Random, light: bool) -> Iterator[Event]:
    """The groove bar by bar, a fill at the end of most phrases, a crash where a full section starts."""
    for number in range(passage.bars):
        last = number == passage.bars - 1
        filled = (last and rng.random() < 0.85) or (number % 4 == 3 and rng.random() < 0.35)
        fill = rng.choice(LIGHT_FILLS if light or not last else FILLS) if filled else None
        crash = number == 0 and not light and passage.energy > 0.7
        start = (passage.first_bar + number) * passage.bar
        for stroke in drums.bar(groove, rng, passage.energy, fill, crash):
            yield Event(start + stroke.step, 1.0, stroke.pitch, stroke.velocity)


def without_clashes(events: list[Event]) -> list[Event]:
    """Sorted events in which no note overlaps the next of the same pitch; doublings of one onset keep the louder."""
    by_pitch: dict[int, list[Event]] = {}
    for event in sorted(events, key=lambda e: (e.step, -e.velocity)):
        by_pitch.setdefault(event.pitch, []).append(event)
    kept = []
    for line in by_pitch.values():
        distinct = [line[0], *(later for before, later in pairwise(line) if later.step - before.step > 0.5)]
        for event, later in zip(distinct, [*distinct[1:], None], strict=True):
            free = event.length if later is None else min(event.length, later.step - event.step)
            kept.append(replace(event, length=free))
    return sorted(kept, key=lambda e: (e.step, e.pitch))

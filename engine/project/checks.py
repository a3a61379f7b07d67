"""What a project says may have been changed by anyone: what makes no sense is refused before it is drawn upon."""

from __future__ import annotations

import dataclasses
import math
import re
from itertools import pairwise

from engine.music.heard import Heard
from engine.records import Misfit

MOST = 1e9  # of anything: samples, seconds, numbers of takes


def check_name(name: str) -> None:
    """Raise Misfit for what is no name of a file or folder in a project: it could lead anywhere else."""
    if not re.fullmatch(r"\d{4,9}(\.wav)?", name, re.ASCII):
        raise Misfit(f"{name[:40]!r} is no name of a part of a project")


def check_numbers(record: object) -> None:
    """Raise Misfit where a number of a dataclass itself, not of those in it, is infinite, or absurdly large."""
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= MOST):
            raise Misfit(f"the entry {field.name} makes no sense")


def check_heard(heard: Heard | None) -> None:
    """Raise Misfit for what nobody can have heard."""
    if heard is None:
        return
    check_numbers(heard)
    pulse = heard.tempo is None or (
        10 <= heard.tempo <= 1000 and bool(heard.beats) and 0 <= heard.first_downbeat < len(heard.beats)
    )
    rising = all(a < b for a, b in pairwise(heard.beats)) and all(0 <= beat <= MOST for beat in heard.beats)
    key = heard.key is None or 0 <= heard.key.tonic < 12
    tones = (tone for chord in heard.chords for tone in (chord.root, chord.bass, *chord.pitches))
    times = all(0 <= each <= MOST for chord in heard.chords for each in (chord.start, chord.duration))
    if not (pulse and rising and key and times and 1 <= heard.beats_per_bar <= 32 and all(0 <= t < 12 for t in tones)):
        raise Misfit("what was heard makes no sense")

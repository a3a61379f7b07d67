"""From sound to notes."""

from __future__ import annotations

import threading

from engine.audio import Audio
from engine.midi_out.notes import Note, decode
from engine.midi_out.pitch_model import Progress, activations


def transcribe(
    audio: Audio, progress: Progress = lambda done, total: None, stop: threading.Event | None = None
) -> tuple[Note, ...] | None:
    """The notes that sound in `audio`, by rising start: () where there are none, None soon after `stop` is set.

    Raises CalmError when the model that hears notes is not installed.
    """
    heard = activations(audio, progress, stop or threading.Event())
    return None if heard is None else decode(heard)

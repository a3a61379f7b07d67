"""What was heard, in words. No Qt in here."""

from engine.music.follow import SURE
from engine.music.heard import Heard


def tempo_words(heard: Heard) -> str:
    """Such as "92 bpm" or "no pulse"."""
    return f"{heard.tempo:.0f} bpm" if heard.tempo is not None else "no pulse"


def key_words(heard: Heard) -> str:
    """Such as "F minor" or "no key"."""
    return heard.key.name if heard.key is not None else "no key"


def metre_words(heard: Heard) -> str:
    """Such as "4/4"; nothing without a pulse."""
    return f"{heard.beats_per_bar}/4" if heard.tempo is not None else ""


def short_words(heard: Heard) -> str:
    """Such as "92 bpm · F minor? · 4/4", with a question mark where unsure."""
    tempo = _asked(tempo_words(heard), heard.tempo is None or heard.tempo_confidence >= SURE)
    key = _asked(key_words(heard), heard.key is None or heard.key_confidence >= SURE)
    return " · ".join(filter(None, (tempo, key, metre_words(heard))))


def sureness(heard: Heard) -> str:
    """How sure both figures are, and what becomes of unsure ones."""
    lines = []
    if heard.tempo is not None:
        lines.append(f"Tempo {heard.tempo:.2f} bpm, {_sure(heard.tempo_confidence)}")
    if heard.key is not None:
        lines.append(f"Key {heard.key.name}, {_sure(heard.key_confidence)}")
    return "\n".join(["Heard in the part of the prompt that is used", *lines])


def _asked(words: str, sure: bool) -> str:
    return words if sure else f"{words}?"


def _sure(confidence: float) -> str:
    words = f"{100 * confidence:.0f} % sure"
    return words if confidence >= SURE else f"{words}: not followed"

"""Reads Standard MIDI Files (MIDI Association, RP-001) with mido: what is played, and the clock it is played by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, merge_tracks
from mido.midifiles.meta import KeySignatureError

from engine.audio import MAX_SECONDS, check_file, printable
from engine.errors import CalmError
from engine.midi_in.clock import DEFAULT_TEMPO, FASTEST_BEAT, SLOWEST_BEAT, Clock, Metre
from engine.music.key import Key
from engine.music.told import Told

LARGEST = 1_000_000  # bytes, some 250,000 messages: mido reads about 27,000 of them a second
LATE = 0.125  # of a beat: what ends so shortly after a bar line ends on it
DAMAGED = (OSError, EOFError, ValueError, LookupError, TypeError, ArithmeticError, KeySignatureError)
"""What mido raises over bytes that are no MIDI file."""
AGAIN = "Export it again from the program that made it, as type 0 or 1"
_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_UNCHOSEN = "C"  # major: what many programs write where nobody chose a key, so that it says nothing


@dataclass(frozen=True)
class MidiSong:
    """`messages` are (seconds, message) by rising time, from the bar line before the first note on; the song ends after
    `seconds`, on the bar line after the last note. `told` is what the file says of its time and key."""

    messages: tuple[tuple[float, Message], ...]
    seconds: float
    told: Told


def read_song(path: Path) -> MidiSong:
    """Raises CalmError for a file that is missing, damaged, too big, of type 2, without notes, or too long."""
    name = printable(path.name)
    file = _parsed(path, name)
    timed, quarter = _timed(file), file.ticks_per_beat
    notes = [tick for tick, message in timed if _strikes(message)]
    if not notes:
        raise CalmError(f"{name} holds no notes", "Choose a MIDI file in which something is played")
    clock, last = _clock(timed, quarter, name), _last_note(timed)
    _check_length(clock.seconds(last), name)
    beats = list(clock.beats(last - LATE * quarter))
    lines = [tick for tick, bar in beats if bar]
    begin, end = max(line for line in lines if line <= notes[0]), lines[-1]
    start = clock.seconds(begin)
    messages = tuple((max(0.0, clock.seconds(tick) - start), m) for tick, m in timed if tick < end and not m.is_meta)
    kept = [(tick, bar) for tick, bar in beats if tick >= begin]
    bars = tuple(index for index, (_, bar) in enumerate(kept) if bar)
    told = Told(tuple(clock.seconds(tick) - start for tick, _ in kept), bars, _key(timed))
    return MidiSong(messages, told.beats[-1], told)


def _parsed(path: Path, name: str) -> MidiFile:
    check_file(path)
    if path.stat().st_size > LARGEST:
        size = f"{path.stat().st_size / 1e6:.0f} MB"
        raise CalmError(f"{name} is too big for a MIDI file ({size})", f"Use one of at most {LARGEST // 10**6} MB")
    try:
        file = MidiFile(path, clip=True)
    except DAMAGED as error:
        raise CalmError(f"{name} cannot be read as MIDI", AGAIN) from error
    if file.type == 2:
        raise CalmError(f"{name} holds songs that do not belong together (MIDI type 2)", AGAIN)
    if file.ticks_per_beat <= 0:
        raise CalmError(f"{name} counts film frames and not beats", AGAIN)
    return file


def _timed(file: MidiFile) -> list[tuple[int, Message | MetaMessage]]:
    """(tick, message) of all tracks; mido's merging keeps the order of what comes at the same tick."""
    timed, now = [], 0
    for message in merge_tracks(file.tracks):
        now += message.time
        timed.append((now, message))
    return timed


def _strikes(message: Message | MetaMessage) -> bool:
    return message.type == "note_on" and message.velocity > 0


def _last_note(timed: list[tuple[int, Message | MetaMessage]]) -> int:
    """The tick at which the last note is struck or let go."""
    return max(tick for tick, message in timed if message.type in ("note_on", "note_off"))


def _check_length(seconds: float, name: str) -> None:
    if seconds > MAX_SECONDS:
        minutes = f"{seconds / 60:.0f} minutes" if seconds < 36_000 else f"{seconds / 3600:.0f} hours"
        raise CalmError(f"{name} is {minutes} long", f"Cut out a part of at most {MAX_SECONDS // 60} minutes")


def _clock(timed: list[tuple[int, Message | MetaMessage]], quarter: int, name: str) -> Clock:
    """Of several tempos or metres at one tick the last counts."""
    tempos, metres = {0: DEFAULT_TEMPO}, {0: Metre(0, 4, 4)}
    for tick, message in timed:
        if message.type == "set_tempo":
            tempos[tick] = message.tempo
        elif message.type == "time_signature":
            metres[tick] = Metre(tick, message.numerator, message.denominator)
    beats = [tempo / 1e6 for tempo in tempos.values()]
    sane = all(m.numerator in range(1, 65) and m.denominator <= 64 for m in metres.values())
    if not (sane and FASTEST_BEAT <= min(beats) and max(beats) <= SLOWEST_BEAT):
        raise CalmError(f"The tempo or metre in {name} makes no sense", AGAIN)
    return Clock(quarter, tuple(tempos.items()), tuple(metres.values()))


def _key(timed: list[tuple[int, Message | MetaMessage]]) -> Key | None:
    """The last key that is named, for that is what goes on."""
    names = [message.key for _, message in timed if message.type == "key_signature"]
    if not names or names[-1] == _UNCHOSEN:
        return None
    tonic, mode = names[-1].removesuffix("m"), "minor" if names[-1].endswith("m") else "major"
    return Key((_PITCH_CLASSES[tonic[0]] + tonic.count("#") - tonic[1:].count("b")) % 12, mode)

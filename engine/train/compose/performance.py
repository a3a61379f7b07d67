"""Players play a score: each role its part in each section, then swing and human timing."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from engine.train.compose import melody, parts
from engine.train.compose.general_midi import KITS, PERCUSSION
from engine.train.compose.harmony import voice
from engine.train.compose.lineup import Player
from engine.train.compose.parts import Event, Passage
from engine.train.compose.score import Score
from engine.train.compose.song import Note

STRUMMED = range(24, 32)  # the guitars
QUIET_KITS = tuple(KITS[name] for name in ("jazz", "jazz 2", "brush"))


def perform(rng: Random, score: Score) -> Iterator[Note]:
    """Every track's notes in seconds, track by track."""
    for track in range(len(score.lineup.instruments)):
        events = [event for passage in score.passages for event in _section(rng, score, track, passage)]
        drag = rng.gauss(0, score.tightness * 0.7)
        for event in parts.without_clashes(events):
            yield _humanised(rng, score, track, event, drag)


def _section(rng: Random, score: Score, track: int, passage: Passage) -> Iterator[Event]:
    """What a track's players play in one section; those who have not joined in yet are silent."""
    for player in score.lineup.players:
        breaking = player.role == "drums" and passage.name == "break"
        if player.track != track or passage.energy < player.joins or breaking:
            continue
        played = _play(rng, player, passage, score)
        yield from _ended(player, passage, played, score.key.tonic) if passage.name == "ending" else played


def _play(rng: Random, player: Player, passage: Passage, score: Score) -> Iterator[Event]:
    material = score.material[passage.letter]
    match player.role:
        case "drums":
            return parts.drumming(passage, material.groove, rng, light=player.program in QUIET_KITS)
        case "bass":
            return parts.bass(passage, material.bass, rng)
        case "comp":
            strum = 0.08 if player.program in STRUMMED else 0.0
            return parts.comping(passage, material.comp, player.low, strum, rng)
        case "figure":
            return parts.figure(passage, material.figure, player.low)
        case "pad":
            return parts.pad(passage, player.low, wide=rng.random() < 0.5)
        case "lead":
            return melody.sing(passage, material.motif, player.low, score.key.tonic, score.key.mode, rng)


def _ended(player: Player, passage: Passage, played: Iterator[Event], tonic: int) -> Iterator[Event]:
    """The ending's last bar becomes one held chord."""
    last = (passage.first_bar + passage.bars - 1) * passage.bar
    for event in played:
        if event.step < last:
            yield replace(event, length=min(event.length, last - event.step))
    for pitch in _last_pitches(player, passage, tonic):
        yield Event(last, passage.bar * 1.1, pitch, 88 * passage.loudness)


def _last_pitches(player: Player, passage: Passage, tonic: int) -> tuple[int, ...]:
    chord = passage.spans[-1].chord
    match player.role:
        case "drums":
            return PERCUSSION["kick"], PERCUSSION["crash"]
        case "bass":
            return (parts.low_pitch(chord.root),)
        case "lead":
            return (player.low + (tonic - player.low) % 12,)
        case _:
            return voice(chord.tones, player.low, ())


def _humanised(rng: Random, score: Score, track: int, event: Event, drag: float) -> Note:
    start = score.clock.seconds(event.step)
    duration = score.clock.seconds(event.step + event.length) - start
    shifted = max(0.0, start + drag + rng.gauss(0, score.tightness * 0.7))
    velocity = max(1, min(127, round(event.velocity + rng.gauss(0, 4))))
    return Note(track, round(shifted, 5), round(max(0.04, duration), 5), event.pitch, velocity)

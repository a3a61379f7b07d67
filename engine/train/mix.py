"""Mixes the dry tracks of a song: levels, ducking, a room of its own, tone, width and loudness, all from its seed.

Audio is float32 (2, samples); levels are in dB re full scale.
"""

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from engine.train.compose import Song
from engine.train.convolution import convolved

CEILING = 0.97
KNEE = 0.6  # of the ceiling: quieter samples pass the limiter unchanged
LOUDNESS = (-20.0, -13.0)
TRACK_LEVEL = -20.0
OVERSHOOT = 1.5  # how far rare peaks may be driven into the limiter
KICKS = (35, 36)


def mix(song: Song, tracks: list[np.ndarray], rate: int) -> np.ndarray:
    """One (2, samples) float32 mix of a song's tracks, with peaks below `CEILING`."""
    rng = np.random.default_rng((song.seed, 48000))
    duck = np.repeat(duck_gain(song, tracks[0].shape[1], rate), 2).reshape(-1, 2).T  # L beside R, as tracks have it
    dry, send = np.zeros_like(tracks[0]), np.zeros_like(tracks[0])
    for instrument, track in zip(song.instruments, tracks, strict=True):
        gain = 10 ** ((TRACK_LEVEL + instrument.gain) / 20) / max(active_level(track, rate), 1e-4)
        levelled = track * np.float32(gain)
        if not instrument.drums:
            levelled *= duck
        dry += levelled
        send += levelled * np.float32(instrument.reverb)
    room = impulse_response(rng, song.room, 60 / song.tempo, rate)
    return _master(rng, dry + convolved(send, room) * np.float32(rng.uniform(0.25, 0.9)), rate)


def active_level(track: np.ndarray, rate: int) -> float:
    """RMS of a track where it plays: pauses do not count."""
    block = rate // 20
    whole = track[:, : track.shape[1] // block * block].reshape(2, -1, block)
    power = np.einsum("cnb,cnb->n", whole, whole) / (2 * block)
    return float(np.sqrt(power[power >= power.max() * 1e-3].mean()))


def duck_gain(song: Song, samples: int, rate: int) -> np.ndarray:
    """Gain (samples,) that dips at every kick and is back after a bit less than a beat."""
    gain = np.ones(samples, np.float32)
    length = round(0.8 * 60 / song.tempo * rate)
    dip = np.float32(1 - song.ducking * np.cos(np.linspace(0, np.pi / 2, length)) ** 2)
    for note in song.notes:
        if song.instruments[note.track].drums and note.pitch in KICKS:
            start = round(note.start * rate)
            stop = min(start + length, samples)
            gain[start:stop] = np.minimum(gain[start:stop], dip[: stop - start])
    return gain


def impulse_response(rng: np.random.Generator, seconds: float, beat: float, rate: int) -> np.ndarray:
    """A room (2, taps): unit energy a side, 60 dB less after `seconds`; some add echoes in time with the `beat`."""
    time = np.arange(round(seconds * 1.1 * rate), dtype=np.float32) / np.float32(rate)
    noise = rng.standard_normal((2, len(time)), dtype=np.float32)
    damping = rng.uniform(0.05, 0.4)
    dark = lfilter([damping], [1, damping - 1], noise).astype(np.float32)
    decay = np.float32(-6.9 / seconds)
    tail = dark * np.exp(decay * time) + 0.5 * (noise - dark) * np.exp(decay * rng.uniform(1.5, 4) * time)
    tail = sosfilt(butter(1, rng.uniform(80, 300), "high", fs=rate, output="sos"), tail).astype(np.float32)
    room = np.pad(tail, ((0, 0), (round(rng.uniform(0, 0.04) * rate), 0)))
    room /= np.sqrt(np.square(room).sum(axis=1, keepdims=True))
    if rng.random() < 0.3:
        room = _with_echo(rng, room, round(beat * rng.choice((0.5, 0.75, 1.0)) * rate))
    return room


def _with_echo(rng: np.random.Generator, room: np.ndarray, delay: int) -> np.ndarray:
    """Adds repeats that go from side to side, each quieter than the last."""
    level = rng.uniform(0.3, 0.7)
    echoed = np.pad(room, ((0, 0), (0, max(0, 4 * delay + 1 - room.shape[1]))))
    for repeat in range(1, 5):
        echoed[repeat % 2, repeat * delay] += level**repeat
    return echoed


def _master(rng: np.random.Generator, audio: np.ndarray, rate: int) -> np.ndarray:
    """Tone, width, loudness, a fade of the last half second, limiter."""
    audio = sosfilt(butter(2, 25, "high", fs=rate, output="sos"), audio).astype(np.float32)
    audio = tilted(audio, rng.uniform(-2.5, 2.5), rate)
    middle, side = (audio[0] + audio[1]) / 2, (audio[0] - audio[1]) / 2 * np.float32(rng.uniform(0.7, 1.4))
    audio = np.stack([middle + side, middle - side])
    level = 10 ** (rng.uniform(*LOUDNESS) / 20) / active_level(audio, rate)
    rare_peak = np.quantile(np.abs(audio[:, ::5]), 0.9995)
    audio *= np.float32(min(level, OVERSHOOT / rare_peak))
    audio[:, -(rate // 2) :] *= np.linspace(1, 0, rate // 2, dtype=np.float32)
    return limit(audio)


def tilted(audio: np.ndarray, decibels: float, rate: int) -> np.ndarray:
    """Highs up and lows down around 900 Hz by `decibels` each, or the other way round."""
    pole = np.exp(-2 * np.pi * 900 / rate)
    low = lfilter(np.float32([1 - pole]), np.float32([1, -pole]), audio)
    high = np.float32(10 ** (decibels / 20))
    return audio * high + low * (1 / high - high)


def limit(audio: np.ndarray) -> np.ndarray:
    """Soft limiter: samples above the knee are bent so that none reaches `CEILING`."""
    knee = np.float32(KNEE * CEILING)
    room = np.float32(CEILING) - knee
    loud = np.abs(audio) > knee
    bent, peaks = audio.copy(), audio[loud]
    bent[loud] = np.copysign(knee + room * np.tanh((np.abs(peaks) - knee) / room), peaks)
    return bent

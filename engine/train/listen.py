"""Simple measurements of music, for judging continuations against a known score. Plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.train.compose.harmony import MODES

WINDOW, HOP = 4096, 480  # samples: 100 spectra a second at 48 kHz
CHROMA_WINDOW = 16_384  # 3 Hz bins: a semitone is 6.5 Hz wide at the lowest pitch counted
FLOOR = -80.0  # dB
BANDS = 40


@dataclass(frozen=True, eq=False)
class Features:
    """``loudness`` (RMS, dB), mean ``bands`` (BANDS,) in dB, ``chroma`` (12,) shares of energy from C up, ``flux``
    (T,) summed rise of the bands in dB at 100 per second, ``onset_rate`` attacks a second, ``motion`` mean absolute
    change of bands in dB per hop."""

    loudness: float
    bands: np.ndarray
    chroma: np.ndarray
    flux: np.ndarray
    onset_rate: float
    motion: float


def features(audio: np.ndarray, rate: int) -> Features:
    """Measure float32 audio (2, N), N at least CHROMA_WINDOW."""
    mono = audio.mean(0)
    bands = band_levels(audio, rate)
    rise = np.diff(bands, axis=0).clip(min=0).sum(1)
    fine, fine_frequency = spectrogram(mono, rate, CHROMA_WINDOW, CHROMA_WINDOW // 2)
    return Features(
        loudness=10 * np.log10(np.mean(audio.astype(np.float64) ** 2) + 1e-12),
        bands=bands.mean(0),
        chroma=chroma(fine.sum(0), fine_frequency),
        flux=rise,
        onset_rate=onset_count(rise) / (mono.size / rate),
        motion=float(np.abs(np.diff(bands, axis=0)).mean()),
    )


def band_levels(audio: np.ndarray, rate: int) -> np.ndarray:
    """(T, BANDS) in dB of both channels of audio (2, N) mixed, FLOOR at least, 100 a second at 48 kHz."""
    power, frequency = spectrogram(audio.mean(0), rate, WINDOW, HOP)
    return 10 * np.log10(np.maximum(power @ band_matrix(frequency), 10 ** (FLOOR / 10)))


def spectrogram(mono: np.ndarray, rate: int, window: int, hop: int) -> tuple[np.ndarray, np.ndarray]:
    """Power (T, bins), a full-scale sine being 1, and the bins' frequencies in Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(mono, window)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) ** 2 / (window / 4) ** 2
    return power, np.fft.rfftfreq(window, 1 / rate)


def band_matrix(frequency: np.ndarray) -> np.ndarray:
    """(bins, BANDS) means over bands of equal width on a log scale, 40 Hz to 16 kHz, at least one bin each."""
    edges = np.geomspace(40, 16_000, BANDS + 1)
    inside = (frequency[:, None] >= edges[:-1]) & (frequency[:, None] < edges[1:])
    nearest = np.abs(frequency[:, None] - np.sqrt(edges[1:] * edges[:-1])).argmin(0)
    inside[nearest, np.arange(BANDS)] = True
    return inside / inside.sum(0)


def chroma(power: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """(12,) shares of the power between 110 and 2000 Hz by pitch class, C first."""
    sums = pitch_classes(power, frequency)
    return sums / max(sums.sum(), 1e-12)


def pitch_classes(power: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """(12,) the power between 110 and 2000 Hz by pitch class, C first."""
    kept = (frequency > 110) & (frequency < 2000)
    pitch = np.round(69 + 12 * np.log2(frequency[kept] / 440)).astype(int) % 12
    return np.bincount(pitch, weights=power[kept], minlength=12)


def in_scale(shares: np.ndarray, tonic: int, mode: str) -> float:
    """Share of chroma energy on the scale of a key."""
    return float(shares[[(tonic + step) % 12 for step in MODES[mode]]].sum())


def on_chord(audio: np.ndarray, rate: int, chords: list[dict], start: float) -> float:
    """Share of chroma energy of audio (2, N), which begins ``start`` seconds into a song, on the tones of the song's
    chords; each moment counts by its energy, those without a chord not at all."""
    power, frequency = spectrogram(audio.mean(0), rate, CHROMA_WINDOW, CHROMA_WINDOW // 4)
    on, total = 0.0, 0.0
    for index, spectrum in enumerate(power):
        moment = start + (index * CHROMA_WINDOW / 4 + CHROMA_WINDOW / 2) / rate
        chord = next((c for c in chords if c["start"] <= moment < c["start"] + c["duration"]), None)
        if chord:
            energy = pitch_classes(spectrum, frequency)
            on, total = on + energy[chord["pitches"]].sum(), total + energy.sum()
    return float(on / max(total, 1e-12))


def onset_count(flux: np.ndarray) -> int:
    """Peaks of the flux that stand out: over twice its median and the highest within 60 ms."""
    highest = np.array([flux[max(0, i - 6) : i + 7].max() for i in range(len(flux))])
    return int(np.sum((flux == highest) & (flux > 2 * np.median(flux) + 20)))


def tempo_agrees(flux: np.ndarray, tempo: float, tolerance: float = 0.04) -> bool:
    """Whether the tempo heard in the flux is ``tempo`` (beats a minute), half or double it.

    The strongest autocorrelation between 40 and 240 beats a minute is taken as the tempo heard.
    """
    centred = flux - flux.mean()
    size = 2 * len(centred)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[: len(centred)]
    lags = np.arange(25, 151)  # 240 down to 40 a minute at 100 per second
    lag = lags[correlation[lags].argmax()]
    left, top, right = correlation[lag - 1 : lag + 2]
    heard = 6000 / (lag + 0.5 * (left - right) / (left - 2 * top + right - 1e-12))
    return any(abs(heard / (tempo * ratio) - 1) < tolerance for ratio in (0.5, 1, 2))

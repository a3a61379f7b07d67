"""Continuations that no model wrote, by which those of a model are read: the truth, what is as good, what is worse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.audio import Audio
from engine.generate import reconstruct
from engine.train.heldout import Clip
from engine.train.listen import spectrogram

PIECE_SECONDS = 0.12
WINDOW = 4096
BRIEF = ("what really follows", "the same, by the VAE")  # what a model's takes can at best be
NEEDS_OTHERS = ("another song", "songs set apart")  # rows whose takes depend on which clips there are
Continue = Callable[[list[Clip]], list[np.ndarray]]


def known_takes(model, clips: list[Clip], apart: list[Clip]) -> dict[str, Continue]:
    """By name of the row how its takes (2, N) are had; ``apart`` are songs that are not among the ``clips``, which make
    a row if there are as many."""
    next_of = dict(zip(clips, clips[1:] + clips[:1], strict=True))
    rows = {
        "what really follows": lambda clip: clip.truth,
        "the same, by the VAE": lambda clip: reconstruct(model, Audio(clip.truth, clip.rate)),
        "another song": lambda clip: next_of[clip].truth,
    }
    if len(apart) == len(clips):
        other_of = dict(zip(clips, apart, strict=True))
        rows["songs set apart"] = lambda clip: other_of[clip].truth
    rows |= {
        "its bars shuffled": lambda clip: shuffled(clip, bar_seconds(clip.score)),
        "the truth, shuffled": lambda clip: shuffled(clip, PIECE_SECONDS),
        "noise like the truth": matched_noise,
    }
    return {name: lambda some, take=take: [take(clip) for clip in some] for name, take in rows.items()}


def bar_seconds(score: dict) -> float:
    return 60 / score["tempo"] * score["beats_per_bar"]


def shuffled(clip: Clip, seconds: float) -> np.ndarray:
    """What really follows in pieces of so many seconds, in another order; what does not fill a piece is left out."""
    truth, size = clip.truth, round(seconds * clip.rate)
    pieces = truth[:, : truth.shape[1] // size * size].reshape(2, -1, size)
    order = np.random.default_rng(clip.score["seed"]).permutation(pieces.shape[1])
    return pieces[:, order].reshape(2, -1)


def matched_noise(clip: Clip) -> np.ndarray:
    """Steady noise with the mean spectrum and the level of each channel of what really follows."""
    truth = clip.truth
    white = np.random.default_rng(clip.score["seed"]).standard_normal(truth.shape)
    return np.stack([coloured(*pair, clip.rate) for pair in zip(white, truth, strict=True)]).astype(np.float32)


def coloured(white: np.ndarray, like: np.ndarray, rate: int) -> np.ndarray:
    """White noise (N,) with the mean spectrum and the level of another sound (M,)."""
    power, frequency = spectrogram(like, rate, WINDOW, WINDOW // 2)
    bins = np.fft.rfftfreq(white.size, 1 / rate)
    spectrum = np.fft.rfft(white) * np.sqrt(np.interp(bins, frequency, power.mean(0)))
    noise = np.fft.irfft(spectrum, white.size)
    return noise * like.std() / max(noise.std(), 1e-9)

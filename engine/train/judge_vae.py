"""One line of the table of `engine.train.evaluate_vae`: every measure of one decoded clip, and what is asked of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from engine.audio import Audio
from engine.train import judge_music, judge_sound

MEASURES = {
    "mel_2048": "mel error in dB, window 2048",
    "mel_512": "the same, window 512",
    "mel_128": "the same, window 128",
    "stft": "multi-resolution STFT distance",
    "si_sdr": "dB; means something only for decoders that keep the source's phase (the spectral VAE makes its own)",
    "chroma": "cosine of pitch-class amplitudes, moment by moment",
    "in_scale": "share of chroma energy on the score's scale (chance 0.58); songs with a score only",
    "onsets": "F of the attacks heard in the source, within 50 ms",
    "onset_f": "F of the score's attacks, within 50 ms; songs with a score only",
    "stereo": "error of the correlation of left and right, 0 to 2",
    "loudness": "error in LU",
    "treble": "energy above 10 kHz, dB over the source's",
    "bandwidth": "kHz below which all but a millionth of the energy lies",
}


@dataclass(frozen=True)
class Clip:
    """A piece of music to be coded: stereo, its place in its file in seconds, and its score if it is a song of ours."""

    name: str
    audio: Audio
    start: float
    score: dict | None


@dataclass(frozen=True)
class Judgement:
    """One value per key of MEASURES; None where the clip has no score."""

    mel_2048: float
    mel_512: float
    mel_128: float
    stft: float
    si_sdr: float
    chroma: float
    in_scale: float | None
    onsets: float
    onset_f: float | None
    stereo: float
    loudness: float
    treble: float
    bandwidth: float


@dataclass(frozen=True)
class Bar:
    """What is asked of the VAE in one measure, what it has, and whether that will do."""

    measure: str
    value: float
    asked: str
    met: bool


def judge(clip: Clip, decoded: np.ndarray) -> Judgement:
    """How close (2, N) ``decoded`` is to the clip, which has as many samples."""
    source, rate, score = clip.audio.samples, clip.audio.rate, clip.score
    heard = judge_music.attacks(decoded, rate)
    return Judgement(
        mel_2048=judge_sound.mel_error(source, decoded, rate, 2048),
        mel_512=judge_sound.mel_error(source, decoded, rate, 512),
        mel_128=judge_sound.mel_error(source, decoded, rate, 128),
        stft=judge_sound.stft_distance(source, decoded, rate),
        si_sdr=judge_sound.si_sdr(source, decoded),
        chroma=judge_music.chroma_kept(source, decoded, rate),
        in_scale=judge_music.scale_share(decoded, rate, score) if score else None,
        onsets=judge_music.f_measure(judge_music.attacks(source, rate), heard),
        onset_f=judge_music.f_measure(judge_music.score_attacks(score, clip.start, clip.audio.seconds), heard)
        if score
        else None,
        stereo=judge_sound.stereo_error(source, decoded, rate),
        loudness=judge_sound.loudness_error(source, decoded, rate),
        treble=judge_sound.treble_change(source, decoded, rate),
        bandwidth=judge_sound.bandwidth(decoded, rate),
    )


def mean(judgements: list[Judgement]) -> dict[str, float | None]:
    """The mean of each measure over the clips that have it."""
    rows = [asdict(judgement) for judgement in judgements]
    columns = {measure: [row[measure] for row in rows if row[measure] is not None] for measure in MEASURES}
    return {measure: float(np.mean(values)) if values else None for measure, values in columns.items()}


def bars(vae: dict[str, float | None], rows: dict[str, dict[str, float | None]]) -> list[Bar]:
    """What is asked of the VAE's mean row, some of it by the other rows for the same clips."""
    limits = [
        (mel, rows[rung][mel], f"<= {rung}: {rows[rung][mel]:.2f}{stretch}")
        for rung, stretch in (("Vorbis 64", ""), ("Opus 64", " (stretch)"))
        for mel in ("mel_2048", "mel_512", "mel_128")
    ]
    limits += [("loudness", 0.5, "< 0.5"), ("stereo", 0.05, "< 0.05")]
    told = [Bar(measure, vae[measure], asked, vae[measure] <= limit) for measure, limit, asked in limits]
    for measure, loss in (("in_scale", 0.03), ("onset_f", 0.02)):
        if vae[measure] is not None:
            least = rows["the source"][measure] - loss
            asked = f">= the source's less {loss}: {least:.2f}"
            told.append(Bar(measure, vae[measure], asked, vae[measure] >= least))
    return told

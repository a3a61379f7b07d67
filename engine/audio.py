"""The only reader of audio files: what comes in leaves as float32 (channels, samples) and a rate, or as a CalmError."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from engine.errors import CalmError

MAX_SECONDS = 20 * 60
MIN_PROMPT_SECONDS = 0.5
SILENT_PEAK = 1e-4
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000

# ITU-R BS.775 as (left, right) weights of one channel. The low-frequency channel is left out there too.
_LEFT, _RIGHT, _CENTRE, _LFE = (1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (0.0, 0.0)
_LEFT_SIDE, _RIGHT_SIDE, _BACK_CENTRE = (0.7071, 0.0), (0.0, 0.7071), (0.5, 0.5)
_LAYOUTS = {  # channel orders of WAV, which FLAC and libsndfile share
    3: (_LEFT, _RIGHT, _CENTRE),
    4: (_LEFT, _RIGHT, _LEFT_SIDE, _RIGHT_SIDE),
    5: (_LEFT, _RIGHT, _CENTRE, _LEFT_SIDE, _RIGHT_SIDE),
    6: (_LEFT, _RIGHT, _CENTRE, _LFE, _LEFT_SIDE, _RIGHT_SIDE),
    7: (_LEFT, _RIGHT, _CENTRE, _LFE, _BACK_CENTRE, _LEFT_SIDE, _RIGHT_SIDE),
    8: (_LEFT, _RIGHT, _CENTRE, _LFE, _LEFT_SIDE, _RIGHT_SIDE, _LEFT_SIDE, _RIGHT_SIDE),
}


@dataclass(frozen=True, eq=False)
class Audio:
    """Sound in memory. `samples` is (channels, samples) float32 with 1 or 2 channels, full scale +-1; `rate` in Hz.

    `note` is one sentence for the user when the sound is not simply the file's content, else "".
    """

    samples: np.ndarray
    rate: int
    note: str = ""

    @property
    def channels(self) -> int:
        return self.samples.shape[0]

    @property
    def seconds(self) -> float:
        return self.samples.shape[1] / self.rate


def read(path: str | Path) -> Audio:
    """Read a wav, flac, aiff, mp3, ogg, opus or caf file; 16- and 24-bit values are kept exactly.

    More than two channels are folded down to stereo, which `note` reports, as it reports a file that ends early.
    Raises CalmError when the file is missing, not a file, empty, not audio, damaged, longer than 20 minutes,
    holds NaN or infinite values, or has a rate outside 8 to 192 kHz or more than 8 channels.
    """
    path = Path(path)
    check_file(path)
    with _open(path) as file:
        name = printable(path.name)
        _check_header(name, file)
        samples = _read_samples(name, file)
        _check_samples(name, samples)
        return Audio(samples, file.samplerate, _note(file, samples.shape[1]))


def check_prompt(audio: Audio, name: str = "The clip") -> None:
    """Raise CalmError, with `audio` called `name`, when it is silent or under half a second."""
    check_length(audio, name)
    if is_silent(audio.samples):
        raise CalmError(f"{name} is silent", "Choose a clip, or a part of one, in which something sounds")


def is_silent(samples: np.ndarray) -> bool:
    """Whether the peak lies below -80 dBFS."""
    return bool(np.abs(samples).max() < SILENT_PEAK)


def check_length(audio: Audio, name: str = "The clip") -> None:
    """Raise CalmError, with `audio` called `name`, when it is under half a second."""
    if audio.seconds < MIN_PROMPT_SECONDS:
        raise CalmError(
            f"{name} is only {audio.seconds:.2f} s long",
            f"Use at least {MIN_PROMPT_SECONDS} s, so that there is music to continue",
        )


def printable(name: str) -> str:
    """The name of a file with what cannot be printed, nor saved as text, replaced: on Linux a name may be any bytes."""
    return os.fsencode(name).decode(errors="replace")


def for_libsndfile(path: Path) -> str | bytes:
    """How soundfile is to be told a path: as the bytes it has on the disk, which need be no text, except on Windows."""
    return str(path) if sys.platform == "win32" else os.fsencode(path)


def stereo(samples: np.ndarray) -> np.ndarray:
    """(1 or 2, N) as (2, N): mono is duplicated, stereo is returned as it is."""
    return samples if samples.shape[0] == 2 else np.repeat(samples, 2, axis=0)


def resample(samples: np.ndarray, rate_in: int, rate_out: int) -> np.ndarray:
    """(C, N) float32 at `rate_in` Hz as (C, about N * rate_out / rate_in) at `rate_out` Hz, by soxr's best quality."""
    if rate_in == rate_out:
        return samples
    return np.ascontiguousarray(soxr.resample(samples.T, rate_in, rate_out, quality="VHQ").T)


def check_file(path: Path) -> None:
    """Raise CalmError for what is missing, no file, closed to us, or empty: others would not tell these apart."""
    name, folder = printable(path.name), printable(str(path.parent))
    if path.exists() and not path.is_file():
        raise CalmError(f"{name} is not a file", "Choose an audio file, or drop the files inside the folder")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except (FileNotFoundError, NotADirectoryError):
        raise CalmError(
            f"{name} is no longer at {folder}", "Check that it was not moved and its drive is connected"
        ) from None
    except OSError as error:
        raise CalmError(
            f"{name} cannot be opened: {error.strerror}", "Check that you may read it, then try again"
        ) from error
    if empty:
        raise CalmError(f"{name} is an empty file (0 bytes)", "Export or download it again")


def _open(path: Path) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(for_libsndfile(path))
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: a name that ends in .raw, which has no header
        raise CalmError(
            f"{printable(path.name)} cannot be read as audio",
            "Use a WAV, FLAC, AIFF, MP3, OGG or Opus file, or convert this one to WAV",
        ) from error


def _check_header(name: str, file: soundfile.SoundFile) -> None:
    """Refuse by the header what must not be read: it may promise more samples than the memory holds."""
    if not LOWEST_RATE <= file.samplerate <= HIGHEST_RATE:
        raise CalmError(
            f"{name} has a sample rate of {file.samplerate} Hz",
            "Convert it to a rate between 8 and 192 kHz, such as 48 kHz",
        )
    if file.channels > max(_LAYOUTS):
        raise CalmError(
            f"{name} has {file.channels} channels", f"Export it as stereo; at most {max(_LAYOUTS)} channels can be read"
        )
    if file.frames > MAX_SECONDS * file.samplerate:
        minutes = file.frames / file.samplerate / 60
        raise CalmError(
            f"{name} is {minutes:.0f} minutes long", f"Cut out a part of at most {MAX_SECONDS // 60} minutes"
        )


def _read_samples(name: str, file: soundfile.SoundFile) -> np.ndarray:
    """(1 or 2, N) float32, in one call: soundfile seeks after each, which leaves gaps in an mp3."""
    try:
        samples = file.read(dtype="float32", always_2d=True).T
    except soundfile.SoundFileError as error:
        raise CalmError(f"{name} is damaged and cannot be read to its end", "Export or download it again") from error
    if not samples.shape[1]:
        raise CalmError(f"{name} holds no sound", "It was cut off while it was saved; export or download it again")
    return np.ascontiguousarray(_fold(samples))


def _check_samples(name: str, samples: np.ndarray) -> None:
    if not np.isfinite(samples).all():
        raise CalmError(
            f"{name} holds values that are not numbers (NaN or infinity)", "Export it again, best as 24-bit WAV"
        )


def _fold(samples: np.ndarray) -> np.ndarray:
    """(C, N) as (1 or 2, N). Weights are scaled so that a full-scale mix of all channels does not clip."""
    if samples.shape[0] <= 2:
        return samples
    weights = np.array(_LAYOUTS[samples.shape[0]], dtype=np.float32).T
    return (weights / weights.sum(axis=1).max()) @ samples


def _note(file: soundfile.SoundFile, samples: int) -> str:
    notes = []
    if file.channels > 2:
        notes.append(f"{file.channels} channels were folded down to stereo.")
    if samples < file.frames:
        read, promised = samples / file.samplerate, file.frames / file.samplerate
        notes.append(f"The file ends early: {read:.1f} of {promised:.1f} s could be read.")
    return " ".join(notes)

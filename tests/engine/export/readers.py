"""Files as other programs see them, as whole numbers of a chosen depth."""

import subprocess
import wave

import numpy as np
import soundfile

RATE = 44_100


def steps(depth: int, count=70_001) -> np.ndarray:
    """(2, count) integers over the whole range of `depth` bits, its ends among them."""
    edge = 2 ** (depth - 1)
    values = np.random.default_rng(depth).integers(-edge, edge, (2, count))
    values[:, :4] = [[-edge, edge - 1, 0, 1], [1, -1, edge - 1, -edge]]
    return values


def as_float(values, depth) -> np.ndarray:
    return (values / 2 ** (depth - 1)).astype(np.float32)


def sox_reads(path, depth: int) -> np.ndarray:
    """The samples as another program sees them, as `depth`-bit integers."""
    raw = subprocess.run(
        ["sox", "-D", str(path), "-t", "raw", "-e", "signed", "-b", "32", "-L", "-"], check=True, capture_output=True
    ).stdout
    return (np.frombuffer(raw, "<i4").reshape(-1, 2).T) >> (32 - depth)


def wave_reads(path, depth: int) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), 8 * file.getsampwidth()) == (2, RATE, depth)
        frames = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 2, depth // 8)
    padded = np.zeros((*frames.shape[:2], 4), np.uint8)
    padded[:, :, 4 - depth // 8 :] = frames
    return padded.view("<i4")[:, :, 0].T >> (32 - depth)


def soundfile_reads(path, depth: int) -> np.ndarray:
    values, rate = soundfile.read(path, dtype="int32")
    assert rate == RATE
    return values.T >> (32 - depth)


def sound(seconds: float, rate: int, channels: int = 2) -> np.ndarray:
    """Plucked chords, each channel its own, as float32 on the 24-bit grid: what lossy formats are made for."""
    time = np.arange(round(seconds * rate)) / rate
    notes = [[220, 277.18, 329.63], [261.63, 329.63, 440]][:channels]
    waves = [sum(np.sin(2 * np.pi * note * time) * np.exp(-6 * (time % 0.25)) for note in chord) for chord in notes]
    return (np.rint(np.array(waves) * 0.25 * 2**23) / 2**23).astype(np.float32)


def libsndfile(path) -> np.ndarray:
    """(channels, N) float64, full scale +-1; whole numbers of up to 32 bits are exact."""
    return soundfile.read(path, dtype="float64", always_2d=True)[0].T


def sox(path, channels: int) -> np.ndarray:
    """sox holds 32-bit integers, whatever it reads."""
    command = ["sox", "-D", path, "-t", "raw", "-e", "signed", "-b", "32", "-L", "-"]
    raw = subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout
    return np.frombuffer(raw, "<i4").reshape(-1, channels).T / 2**31


def flac(path, channels: int) -> np.ndarray:
    """The reference decoder writes a WAV, which libsndfile opens."""
    return _through_wav(["flac", "-d", "-s", "-o", path.with_suffix(".decoded.wav"), path], path)


def oggdec(path, channels: int) -> np.ndarray:
    return _through_wav(["oggdec", "-Q", "-o", path.with_suffix(".decoded.wav"), path], path)


def opusdec(path, channels: int) -> np.ndarray:
    return _through_wav(["opusdec", "--quiet", "--float", path, path.with_suffix(".decoded.wav")], path)


def mpg123(path, channels: int) -> np.ndarray:
    return _through_wav(["mpg123", "-q", "-e", "f32", "-w", path.with_suffix(".decoded.wav"), path], path)


def _through_wav(command: list, path) -> np.ndarray:
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return libsndfile(path.with_suffix(".decoded.wav"))

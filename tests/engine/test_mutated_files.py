"""500 damaged files go through every reader: each says what it finds, or why it cannot, and none crashes or hangs."""

import shutil
import struct

import numpy as np
import pytest

from engine.audio import read as read_audio
from engine.errors import CalmError
from engine.metadata.read import list_chunks, read
from engine.metadata.riff import chunks
from engine.recipe import from_json
from engine.request import Prompt
from engine.restore import restore
from engine.weights import random_model
from tests.engine.takes import clip, made, parts, put_together, saved

WORDS = (b"9" * 300, b"-1", b"null", b"[]", b"{}", b'"', b"1e999", b"NaN", b"\\ud800", b"<", b"&x;", b"true")
RATE = 8_000  # the smallest that is read: small files leave more of the damage to the chunks


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """A WAV file with every chunk there is, the same take in other formats, and its parts."""
    folder, model = tmp_path_factory.mktemp("whole"), random_model("tiny")
    take = made(model, Prompt(clip(RATE, 0.6), "clip", 0, round(0.6 * RATE)), seconds=0.1)
    for name in ("take.wav", "take.flac", "take.mp3", "take.aiff", "take.ogg"):
        saved(take, model, folder / name)
    about = read(folder / "take.wav")
    full = [("loop", (10, 500)), ("tempo", 120.0), ("tonic", 3), ("mode", "minor"), ("markers", ((5, "A"), (9, "B")))]
    content = b"WAVE" + chunks(type(about)(**{**vars(about), **dict(full)}))
    inside = put_together(folder / "scratch.wav", [])
    inside.write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)
    form, *_, data = parts(folder / "take.wav")
    put_together(folder / "take.wav", [form, *parts(inside), data])
    inside.unlink()
    return folder


def flipped(data: bytes, random: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for at in random.integers(0, min(len(data), 6_000), random.integers(1, 30)):
        changed[at] ^= 1 << random.integers(0, 8)
    return bytes(changed)


def truncated(data: bytes, random: np.random.Generator) -> bytes:
    return data[: random.integers(1, len(data))]


def lying(data: bytes, random: np.random.Generator) -> bytes:
    """One chunk's length becomes another number, often an extreme one."""
    names = [b"RIFF", b"fmt ", b"bext", b"LIST", b"INAM", b"iXML", b"acid", b"smpl", b"cue ", b"labl", b"ltxt", b"data"]
    at = data.find(names[random.integers(0, len(names))])
    extreme = [0, 1, 2, 7, 2**31 - 1, 2**31, 2**32 - 1, int(random.integers(0, 2**32)), int(random.integers(0, 2_000))]
    return data[: at + 4] + struct.pack("<I", extreme[random.integers(0, len(extreme))]) + data[at + 8 :]


def swapped(data: bytes, random: np.random.Generator) -> bytes:
    """Two pieces of the file change places, or one is there twice."""
    a, b, c = sorted(random.integers(0, min(len(data), 8_000), 3))
    return data[:a] + data[b:c] + data[a:b] + data[c:] if random.random() < 0.5 else data[:c] + data[a:b] + data[c:]


def counts(data: bytes, random: np.random.Generator) -> bytes:
    """The numbers inside a chunk become extreme: counts, positions, lengths."""
    names = [b"acid", b"smpl", b"cue ", b"adtl", b"bext", b"ds64", b"fmt "]
    at = data.find(names[random.integers(0, len(names))]) + 8
    at += 4 * int(random.integers(0, 12))
    return data[:at] + [b"\xff" * 4, bytes(4), b"\0\0\0\x80", random.bytes(4)][random.integers(0, 4)] + data[at + 4 :]


def recipe_text(data: bytes, random: np.random.Generator) -> bytes:
    """Digits and words inside the recipe change."""
    start, stop = data.find(b"<RECIPE>") + 8, data.find(b"</RECIPE>")
    at = int(random.integers(start, stop))
    words = [*WORDS, random.bytes(3)]
    word = words[random.integers(0, len(words))]
    return data[:at] + word + data[min(stop, at + int(random.integers(0, len(word) + 1))) :]


def readers_say(path) -> str:
    """What the readers make of a file; only a CalmError may come out of them."""
    said = []
    for reader in (list_chunks, read, restore, read_audio):
        try:
            reader(path)
            said.append(f"{reader.__name__} reads")
        except CalmError as error:
            said.append(f"{reader.__name__} refuses, {error}")
    return ", ".join(said)


@pytest.mark.parametrize("damage", [flipped, truncated, lying, swapped, counts, recipe_text])
def test_mutated_wav_files(originals, tmp_path, damage):
    """70 of each kind."""
    data, outcomes = (originals / "take.wav").read_bytes(), set()
    for seed in range(70):
        path = tmp_path / f"{seed}.wav"
        path.write_bytes(damage(data, np.random.default_rng(seed)))
        outcomes.add(readers_say(path))
    assert len(outcomes) > 1, "the damage was too little or too much to tell anything"


@pytest.mark.parametrize("name", ["take.flac", "take.mp3", "take.aiff", "take.ogg"])
def test_mutated_files_of_other_formats(originals, tmp_path, name):
    """20 of each format."""
    data = (originals / name).read_bytes()
    for seed in range(20):
        path = tmp_path / f"{seed}{name[4:]}"
        path.write_bytes((flipped, truncated, swapped)[seed % 3](data, np.random.default_rng(seed)))
        readers_say(path)


def test_the_originals_themselves_are_read(originals, tmp_path):
    for path in originals.iterdir():
        assert "refuses" not in readers_say(path), path
    shutil.copy(originals / "take.flac", tmp_path / "odd.wav")  # the name does not matter
    assert "refuses" not in readers_say(tmp_path / "odd.wav")


def test_mutated_recipes(originals):
    """200 texts, most of them JSON still."""
    text = read(originals / "take.wav").recipe.encode()
    refused = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        data = b"<RECIPE>" + text + b"</RECIPE>"
        for _ in range(random.integers(1, 4)):
            data = recipe_text(data, random)
        try:
            from_json(data[8:-9].decode("utf-8", "replace"))
        except CalmError:
            refused += 1
    assert refused > 150

"""Who made which seconds of a file: a signed statement beside it, NAME.provenance.json, and the check of one.

    {"statement": {"format": "calm-provenance", "version": 1, "app": "0.1.0", "signed": "2026-01-31T12:00:00+00:00",
                   "sound": {"file": "riff.wav", "rate": 48000, "channels": 2, "frames": 720000, "sha256": "..."},
                   "origins": [{"start": 0, "stop": 240000, "made_by": "human"},
                               {"start": 240000, "stop": 720000, "made_by": "generated"}],
                   "model": {"name": "studio", "sha256": "...", "license": "Apache-2.0"}, "seed": 7,
                   "prompt": {"name": "riff", "sha256": "..."}},
     "signature": {"algorithm": "Ed25519", "public_key": "base64 of 32 bytes", "value": "base64 of 64 bytes"}}

Places are samples of the file, `stop` not included. `sound.sha256` is over what the file decodes to, as float32
little-endian, channel after channel, so that other metadata in the same file change nothing. `model.sha256` is that of
the weights, `prompt.sha256` that of the samples that were continued, at their own rate. Signed is the statement as
canonical JSON (RFC 8785: keys sorted, no spaces, UTF-8; it holds only texts and whole numbers), by Ed25519 (RFC 8032).

A signature says that a file is as it left the installation whose key that is. It does not say who the user is, and
"human" only that the sound came from outside.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from engine import content_credentials
from engine.audio import Audio, read
from engine.errors import CalmError
from engine.export.whole_file import write_whole
from engine.metadata.values import Origin
from engine.recipe import ModelUsed, Recipe, sound_hash
from engine.records import Misfit, record
from engine.signing import holds, key_folder, own_public_key, signing_key

ENDING = ".provenance.json"
VERSION = 1
LARGEST = 1 << 20  # bytes; a take of a hundred branches has 10,000

State = Literal["valid", "changed", "unknown signer"]


@dataclass(frozen=True)
class Sound:
    """The file as it was signed; `sha256` is `sound_hash` of what it decodes to."""

    file: str
    rate: int
    channels: int
    frames: int
    sha256: str


@dataclass(frozen=True)
class PromptStated:
    """What was continued: its name and the `sound_hash` of its samples."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """The statement, as described above."""

    format: Literal["calm-provenance"]
    version: int
    app: str
    signed: str
    sound: Sound
    origins: tuple[Origin, ...]
    model: ModelUsed
    seed: int
    prompt: PromptStated


@dataclass(frozen=True)
class Signature:
    """`public_key` and `value` in base64."""

    algorithm: Literal["Ed25519"]
    public_key: str
    value: str


@dataclass(frozen=True)
class Signed:
    """The whole file beside the sound."""

    statement: Provenance
    signature: Signature


@dataclass(frozen=True)
class Verdict:
    """What a check found: "valid", "changed" since it was signed, or intact with an "unknown signer", which is any
    installation but this one; `reason` is one sentence for the user."""

    state: State
    reason: str
    provenance: Provenance


def sign(path: Path, origins: tuple[Origin, ...], recipe: Recipe, folder: Path | None = None) -> Path:
    """Write the signed statement beside the finished file `path`, with the key in `folder` (default: the user's own).

    `origins` are those of the file's metadata, in its own samples; `recipe` is that of the take it was exported from.
    Reads the file back, so that the statement is about what lies there. Where the extra `credentials` is installed, it
    goes into the file too. Returns the path of the statement. Raises CalmError when there is one already, the sound
    cannot be read, or key or statement cannot be written.
    """
    target = beside(path)
    if os.path.exists(target):  # Path.exists raises for a name that is too long; write_whole explains that
        raise CalmError(f"{target.name} exists already", "Move it away: it belongs to an earlier file of this name")
    key = signing_key(folder or key_folder())
    statement = _statement(path, read(path), origins, recipe)
    public, value = key.public_key().public_bytes_raw(), key.sign(_canonical(statement))
    signed = Signed(statement, Signature("Ed25519", _base64(public), _base64(value)))
    text = json.dumps(dataclasses.asdict(signed), indent=1).encode()
    written = write_whole(target, lambda file: file.write(text))
    if content_credentials.can_hold(path):
        content_credentials.embed(path, statement, key)
    return written


def beside(path: Path) -> Path:
    """Where the statement about a file lies."""
    return path.with_name(path.name + ENDING)


def check(path: Path, folder: Path | None = None) -> Verdict:
    """Compare a sound file with the statement beside it; `folder` holds this installation's key.

    Raises CalmError when one of the two is missing or cannot be read.
    """
    signed = _read(beside(path))
    statement, signature = signed.statement, signed.signature
    public = _from_base64(signature.public_key)
    if not holds(_from_base64(signature.value), _canonical(statement), public):
        return Verdict("changed", "The statement was changed after it was signed", statement)
    if _sound(statement.sound.file, read(path)) != statement.sound:
        return Verdict("changed", "The sound was changed after it was signed", statement)
    if public != own_public_key(folder or key_folder()):
        return Verdict("unknown signer", f"Nothing was changed since the key {public.hex()[:16]} signed it", statement)
    return Verdict("valid", "Nothing was changed since it was saved here", statement)


def _statement(path: Path, audio: Audio, origins: tuple[Origin, ...], recipe: Recipe) -> Provenance:
    return Provenance(
        format="calm-provenance",
        version=VERSION,
        app=recipe.app,
        signed=datetime.now(UTC).isoformat(timespec="seconds"),
        sound=_sound(path.name, audio),
        origins=origins,
        model=recipe.model,
        seed=recipe.seed,
        prompt=PromptStated(recipe.prompt.name, recipe.prompt.sha256),
    )


def _sound(name: str, audio: Audio) -> Sound:
    return Sound(name, audio.rate, audio.channels, audio.samples.shape[1], sound_hash(audio.samples))


def _canonical(statement: Provenance) -> bytes:
    """Half characters, which JSON can hold and UTF-8 cannot, are passed on: a statement with one was changed."""
    fields = dataclasses.asdict(statement)
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")


def _read(path: Path) -> Signed:
    try:
        with open(path, "rb") as file:
            text = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise CalmError(f"There is no {path.name}", "Export the take with a provenance file beside it") from None
    except OSError as error:
        raise CalmError(f"{path.name} cannot be read: {error.strerror}", "Check that you may read it") from error
    try:
        if len(text) > LARGEST:
            raise Misfit("it is too long")
        return _parsed(json.loads(text))
    except (ValueError, RecursionError) as error:
        said = error if isinstance(error, Misfit) else "it is no JSON"
        raise CalmError(f"{path.name} is damaged: {said}", "Use another copy of it, with its sound file") from error


def _parsed(data: object) -> Signed:
    statement = data.get("statement") if isinstance(data, dict) else None
    version = statement.get("version") if isinstance(statement, dict) else None
    if type(version) is int and version > VERSION:
        raise CalmError(
            f"The statement was written by a newer CALM Studio (version {version}, not {VERSION})", "Update CALM Studio"
        )
    return record(Signed, data, "provenance")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _from_base64(text: str) -> bytes:
    """Nothing for what is no base64: no signature holds for it."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""

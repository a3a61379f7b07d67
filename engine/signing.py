"""The key of this installation: Ed25519 (RFC 8032), made when it is first needed, never sent anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from engine.errors import CalmError

KEY_NAME = "signing_key.pem"


def key_folder() -> Path:
    """The user's own data folder."""
    return platformdirs.user_data_path("CALM Studio", appauthor=False)


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key in `folder`, made if there is none; on Linux and macOS only its owner may read the file.

    Raises CalmError when the folder or the key cannot be used.
    """
    path = folder / KEY_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return _load(path)
    except OSError as error:
        raise _unusable(path, error) from error


def own_public_key(folder: Path) -> bytes | None:
    """The 32 bytes by which this installation is known; None as long as it has signed nothing. Raises CalmError."""
    path = folder / KEY_NAME
    try:
        return _load(path).public_key().public_bytes_raw()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error


def holds(signature: bytes, content: bytes, public_key: bytes) -> bool:
    """Whether the owner of `public_key` signed exactly this content; False too for a key or signature of no use."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(pem)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):  # TypeError: a key with a password
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CalmError(
            f"The key in {path} is damaged",
            "Move it away: a new one is made, by which files signed with the old one have an unknown signer",
        )
    return key


def _unusable(path: Path, error: OSError) -> CalmError:
    return CalmError(
        f"The key that signs your files cannot be kept in {path.parent}: {error.strerror}",
        "Make that folder yours to read and write, or save without a provenance file",
    )

"""The key of this installation, in real files; signatures are checked by OpenSSL, another program."""

import os
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from engine.errors import CalmError
from engine.signing import KEY_NAME, holds, key_folder, own_public_key, signing_key


def test_a_missing_key_is_made_once(tmp_path):
    folder = tmp_path / "not" / "there yet"
    assert own_public_key(folder) is None and not folder.exists()
    first = signing_key(folder).public_key().public_bytes_raw()
    assert signing_key(folder).public_key().public_bytes_raw() == first == own_public_key(folder)
    assert [path.name for path in folder.iterdir()] == [KEY_NAME]


def test_two_installations_have_two_keys(tmp_path):
    signing_key(tmp_path / "a"), signing_key(tmp_path / "b")
    assert own_public_key(tmp_path / "a") != own_public_key(tmp_path / "b")


def test_only_its_owner_may_read_the_key(tmp_path):
    signing_key(tmp_path)
    mode = stat.S_IMODE((tmp_path / KEY_NAME).stat().st_mode)
    assert mode == 0o600 or os.name == "nt"  # where the user's folder is guarded instead


def test_a_signature_holds_for_its_content_and_key_alone(tmp_path):
    key = signing_key(tmp_path)
    signature, public = key.sign(b"content"), key.public_key().public_bytes_raw()
    assert holds(signature, b"content", public)
    assert not holds(signature, b"contents", public)
    assert not holds(signature, b"content", Ed25519PrivateKey.generate().public_key().public_bytes_raw())


@pytest.mark.parametrize(("signature", "public"), [(b"", bytes(32)), (bytes(64), b""), (bytes(63), bytes(31))])
def test_what_is_no_signature_does_not_hold(signature, public):
    assert not holds(signature, b"content", public)


def test_openssl_agrees(tmp_path):
    key = signing_key(tmp_path)
    (tmp_path / "content").write_bytes(b"content")
    (tmp_path / "signature").write_bytes(key.sign(b"content"))
    (tmp_path / "public.pem").write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    command = "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in content -sigfile signature"
    assert "Signature Verified Successfully" in subprocess.check_output(command.split(), cwd=tmp_path, text=True)


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "file").touch()
    for use in (signing_key, own_public_key):
        with pytest.raises(CalmError, match="cannot be kept in .*file") as caught:
            use(tmp_path / "file")
        assert "without a provenance file" in caught.value.advice


def test_a_folder_in_the_place_of_the_key_is_told(tmp_path):
    (tmp_path / KEY_NAME).mkdir()
    with pytest.raises(CalmError, match="cannot be kept"):
        signing_key(tmp_path)


def encrypted() -> bytes:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))


def of_another_kind() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n", encrypted(), of_another_kind()])
def test_a_damaged_key_is_told_and_kept(tmp_path, content):
    (tmp_path / KEY_NAME).write_bytes(content)
    for use in (signing_key, own_public_key):
        with pytest.raises(CalmError, match="is damaged"):
            use(tmp_path)
    assert (tmp_path / KEY_NAME).read_bytes() == content


def test_the_key_lies_in_the_users_own_folder():
    assert key_folder().name == "CALM Studio" and key_folder().is_absolute()

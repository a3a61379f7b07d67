"""Statements beside real files: what they say, and that no change of file or statement goes unseen."""

import json

import numpy as np
import pytest
import soundfile

from engine.errors import CalmError
from engine.metadata.values import Origin
from engine.provenance import beside, check, sign
from engine.recipe import recipe_of, sound_hash
from engine.take import Take
from tests.engine.fakes import FakeModel, a_request, tone

ORIGINS = (Origin(0, 48_000, "human"), Origin(48_000, 67_200, "generated"))


def a_take(seconds=0.4) -> Take:
    """One second of prompt, fully continued."""
    take = Take(a_request(seconds), 1)
    take.history.record(0, take.request.controls)
    take.append(0.25 * tone(seconds))
    return take


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def signed(tmp_path, keys):
    """Saves the take in a format and signs it."""

    def save(name="take.wav", subtype="PCM_24"):
        take = a_take()
        soundfile.write(tmp_path / name, take.audio.samples.T, take.rate, subtype)
        sign(tmp_path / name, ORIGINS, recipe_of(take, FakeModel.info), keys)
        return tmp_path / name

    return save


def rewrite(path, change):
    """Change the JSON beside a file."""
    data = json.loads(beside(path).read_text())
    change(data)
    beside(path).write_text(json.dumps(data))


def test_the_statement_is_what_the_format_says(signed):
    path = signed()
    data = json.loads(beside(path).read_text())
    samples = soundfile.read(path, dtype="float32")[0].T
    statement = data["statement"]
    assert statement["sound"] == {
        "file": "take.wav", "rate": 48_000, "channels": 2, "frames": 67_200, "sha256": sound_hash(samples)
    }  # fmt: skip
    assert statement["origins"][1] == {"start": 48_000, "stop": 67_200, "made_by": "generated"}
    assert statement["model"] == {"name": "sine", "sha256": "0" * 64, "license": "CC0-1.0"}
    assert statement["prompt"] == {"name": "tone", "sha256": sound_hash(tone(1.0))}
    assert (statement["format"], statement["version"], statement["seed"]) == ("calm-provenance", 1, 7)
    assert data["signature"]["algorithm"] == "Ed25519"


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("take.wav", "PCM_16"), ("take.wav", "FLOAT"), ("take.flac", "PCM_24"), ("take.ogg", "VORBIS"), ("t.mp3", None)],
)
def test_what_was_not_touched_is_valid(signed, keys, name, subtype):
    verdict = check(signed(name, subtype), keys)
    assert (verdict.state, verdict.provenance.origins) == ("valid", ORIGINS)


def test_another_installation_does_not_know_the_signer(signed, keys, tmp_path):
    path = signed()
    assert check(path, tmp_path / "no keys").state == "unknown signer"
    sign_elsewhere = tmp_path / "elsewhere"
    other = tmp_path / "other.wav"
    other.write_bytes(path.read_bytes())
    sign(other, ORIGINS, recipe_of(a_take(), FakeModel.info), sign_elsewhere)
    assert check(other, keys).state == "unknown signer"
    assert check(other, sign_elsewhere).state == "valid"


def test_one_changed_step_of_one_sample_is_seen(signed, keys):
    path = signed()
    data = bytearray(path.read_bytes())
    data[data.index(b"data") + 1000] ^= 1
    path.write_bytes(data)
    verdict = check(path, keys)
    assert (verdict.state, verdict.reason) == ("changed", "The sound was changed after it was signed")


def test_a_cut_off_end_another_rate_and_mono_are_seen(signed, keys):
    path = signed()
    samples, rate = soundfile.read(path)
    for changed, at in ((samples[:-1], rate), (samples, 44_100), (samples[:, 0], rate)):
        soundfile.write(path, changed, at, "PCM_24")
        assert check(path, keys).state == "changed"
    soundfile.write(path, samples, rate, "PCM_24")
    assert check(path, keys).state == "valid"


def test_other_metadata_in_the_file_change_nothing(signed, keys):
    path = signed()
    with soundfile.SoundFile(path, "r+") as file:
        file.title = "Another name"
    assert b"Another name" in path.read_bytes()
    assert check(path, keys).state == "valid"


CHANGES = {
    "who made it": lambda data: data["statement"]["origins"][1].update(made_by="human"),
    "when": lambda data: data["statement"].update(signed="2020-01-01T00:00:00+00:00"),
    "the seed": lambda data: data["statement"].update(seed=8),
    "the model": lambda data: data["statement"]["model"].update(license="mine"),
    "a name": lambda data: data["statement"]["prompt"].update(name="\ud800"),
    "the signature": lambda data: data["signature"].update(value="A" * 86 + "=="),
    "no base64": lambda data: data["signature"].update(value="é"),
    "the key": lambda data: data["signature"].update(public_key="A" * 43 + "="),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_statement_is_seen(signed, keys, change):
    path = signed()
    rewrite(path, change)
    verdict = check(path, keys)
    assert (verdict.state, verdict.reason) == ("changed", "The statement was changed after it was signed")


def test_the_statement_of_another_file_does_not_fit(signed, keys, tmp_path):
    path, other = signed(), tmp_path / "other.wav"
    soundfile.write(other, np.zeros((67_200, 2)), 48_000, "PCM_24")
    beside(other).write_bytes(beside(path).read_bytes())
    assert check(other, keys).state == "changed"


def test_other_spaces_and_order_change_nothing(signed, keys):
    path = signed()
    data = json.loads(beside(path).read_text())
    turned = {"signature": data["signature"], "statement": dict(reversed(data["statement"].items()))}
    beside(path).write_text(json.dumps(turned, indent=8))
    assert check(path, keys).state == "valid"


def test_file_and_statement_may_be_renamed_together(signed, keys):
    path = signed()
    beside(path).rename(beside(path.with_name("new.wav")))
    assert check(path.rename(path.with_name("new.wav")), keys).state == "valid"


DAMAGE = {
    "it is no JSON": b"{",
    "is not a table": b"[1]",
    "entry provenance.signature is missing": b'{"statement": {}}',
    "too long": b" " * (1 << 20) + b"{}",
    "no JSON": b"[" * 100_000,
    "it is no JSON ": b"\xff\xfe",
}


@pytest.mark.parametrize(("said", "content"), DAMAGE.items(), ids=range(len(DAMAGE)))
def test_a_damaged_statement_is_told(signed, keys, said, content):
    path = signed()
    beside(path).write_bytes(content)
    with pytest.raises(CalmError, match=rf"take\.wav\.provenance\.json is damaged: .*{said.strip()}"):
        check(path, keys)


def test_a_newer_statement_is_told(signed, keys):
    path = signed()
    rewrite(path, lambda data: data["statement"].update(version=2, surprise=1))
    with pytest.raises(CalmError, match="newer CALM Studio"):
        check(path, keys)


def test_a_missing_statement_or_file_is_told(signed, keys, tmp_path):
    path = signed()
    path.unlink()
    with pytest.raises(CalmError, match="no longer at"):
        check(path, keys)
    with pytest.raises(CalmError, match=r"There is no never\.wav\.provenance\.json"):
        check(tmp_path / "never.wav", keys)


def test_a_statement_is_never_overwritten(signed, keys):
    path = signed()
    before = beside(path).read_bytes()
    with pytest.raises(CalmError, match="exists already"):
        sign(path, ORIGINS, recipe_of(a_take(), FakeModel.info), keys)
    assert beside(path).read_bytes() == before


def test_names_in_any_script_can_be_signed(signed, keys):
    assert check(signed("Übung 序曲.wav"), keys).provenance.sound.file == "Übung 序曲.wav"


def test_a_name_too_long_for_a_second_file_is_told(signed):
    with pytest.raises(CalmError, match="was not saved"):
        signed("n" * 245 + ".wav")

"""Preferences are kept from one start to the next; a damaged file is said, and costs nothing but itself."""

import contextlib
import json
import random
from dataclasses import asdict, replace

import pytest

from calm_studio.preferences import FILE, Preferences, load, save
from engine.errors import CalmError

OTHERS = Preferences("light", "cpu", 3, "torch", "/music/out", False, 0.5, "Speakers", 0.2, "01d9")


def test_without_a_file_there_are_the_defaults(tmp_path):
    assert load(tmp_path / "nowhere") == Preferences()


def test_what_is_saved_comes_back_and_every_field_is(tmp_path):
    assert all(a != b for name, (a, b) in both(OTHERS, Preferences()).items() if name != "version")
    save(tmp_path / "new" / "folder", OTHERS)
    assert load(tmp_path / "new" / "folder") == OTHERS
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [FILE]


def both(one: Preferences, other: Preferences) -> dict:
    return {name: (value, getattr(other, name)) for name, value in asdict(one).items()}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"theme": "mauve"}, "preferences.theme"),
        ({"thme": "dark"}, "preferences.thme is unknown"),
        ({"threads": 0}, "0 threads"),
        ({"threads": True}, "preferences.threads"),
        ({"buffer_seconds": 99.0}, "99 s"),
        ({"buffer_seconds": None}, "preferences.buffer_seconds"),
        ({"version": 2}, "a newer version"),
    ],
)
def test_a_wrong_entry_is_named_and_the_file_left_alone(tmp_path, change, words):
    text = json.dumps(asdict(Preferences()) | change)
    (tmp_path / FILE).write_text(text)
    with pytest.raises(CalmError, match=words) as caught:
        load(tmp_path)
    assert str(tmp_path) in caught.value.advice
    assert (tmp_path / FILE).read_text() == text


def test_damage_of_any_kind_is_an_error_that_says_so_and_nothing_else(tmp_path):
    save(tmp_path, OTHERS)
    whole, chance = (tmp_path / FILE).read_bytes(), random.Random(5)
    for _ in range(300):
        data = bytearray(whole[: chance.randrange(len(whole) + 1)] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(4)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / FILE).write_bytes(data)
        with contextlib.suppress(CalmError):
            assert isinstance(load(tmp_path), Preferences)


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", "null", "12", '{"version": "1"}'])
def test_json_that_is_something_else_is_refused(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(CalmError, match="were not used"):
        load(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CalmError, match="could not be kept"):
        save(tmp_path / "file", replace(OTHERS, threads=2))

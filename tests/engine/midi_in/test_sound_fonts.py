"""Which sound font is taken of those that lie on the computer."""

from pathlib import Path

import pytest

from engine.midi_in import sound_fonts
from engine.midi_in.sound_fonts import find_sound_font, folders


def put(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"font")
    return folder


def test_compressed_general_midi_fonts_come_first_and_single_instruments_never(tmp_path):
    first = put(tmp_path / "one", "Steinway Grand.sf2", "readme gm.txt")
    second = put(tmp_path / "two", "FluidR3_GM.sf2", "GeneralUser.sf3", "MS Basic.sf3")
    assert find_sound_font([tmp_path / "missing", first]) is None
    assert find_sound_font([first, second]).name == "GeneralUser.sf3"


@pytest.mark.parametrize("name", ["TimGM6mb", "FluidR3Mono_GM", "default-GM", "MuseScore_General", "MS Basic", "8MBGM"])
def test_the_usual_fonts_are_known_by_name(tmp_path, name):
    assert find_sound_font([put(tmp_path, f"{name}.SF2")]).stem == name


def test_what_is_too_large_or_a_folder_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "general.sf2").mkdir()
    put(tmp_path, "fluid.sf2")
    monkeypatch.setattr(sound_fonts, "LARGEST", 3)
    assert find_sound_font([tmp_path]) is None


def test_each_system_has_its_places_and_the_users_own_come_first():
    home = Path("home")
    for platform in ("linux", "darwin", "win32"):
        places = folders(platform, home)
        assert places[0].is_relative_to(home)
        assert len([place for place in places if not place.is_relative_to(home)]) >= 4
    assert len(folders("sunos5", home)) == 2

"""Versions and licences are those that are installed; the diagnostics name nobody."""

from importlib.metadata import version
from pathlib import Path

from PySide6.QtWidgets import QApplication

from calm_studio import about
from calm_studio.diagnosing import Diagnosing


def test_the_versions_are_those_installed():
    found = dict(about.versions())
    assert found["torch"] == version("torch") and found["numpy"] == version("numpy")
    assert "Python" in found


def test_every_library_that_is_needed_is_named_with_a_permissive_licence():
    found = {library.name.lower().replace("_", "-"): library for library in about.libraries()}
    assert found.keys() >= {"torch", "numpy", "pyside6-essentials", "safetensors", "shiboken6", "cffi", "inter (font)"}
    assert "pytest" not in found, "needed for tests alone"
    assert [library.name for library in found.values() if not library.licence] == []
    strict = [each for each in found.values() if "GPL" in each.licence and "LGPL" not in each.licence]
    assert strict == []
    assert found["numpy"].version == version("numpy")


def test_a_licence_is_found_wherever_it_is_stated():
    class Metadata(dict):
        def __getitem__(self, name):
            return self.get(name)

        def get_all(self, name):
            return self.get(name)

    assert about.licence_of(Metadata({"License-Expression": "MIT", "License": "other"})) == "MIT"
    assert about.licence_of(Metadata({"Classifier": ["License :: OSI Approved :: BSD License"]})) == "BSD License"
    assert about.licence_of(Metadata({"License": "Apache 2.0\nand all its text"})) == "Apache 2.0"
    assert about.licence_of(Metadata()) == "see its files"


def test_names_are_taken_out_of_paths():
    text = "/home/anna/Music/a.wav C:\\Users\\anna\\b.wav /mnt/anna/c anna plays"
    cleaned = about.without_names(text, Path("/home/anna"))
    assert cleaned == "~/Music/a.wav C:\\Users\\user\\b.wav /mnt/user/c anna plays"


def test_the_diagnostics_hold_what_helps_and_the_end_of_the_log(tmp_path):
    log = tmp_path / "log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    text = about.diagnostics({"name": "studio", "sha256": "ab12", "device": "cpu"}, "Speakers", log)
    assert "studio" in text and "ab12" in text and "Speakers" in text and version("torch") in text
    assert "line 99" in text and "line 60" in text and "line 59" not in text
    assert "not loaded" in about.diagnostics(None, "", tmp_path / "none")


def test_the_sheet_shows_all_of_it_and_copies(app, qtbot, tmp_path):
    Diagnosing(app, app.desk, tmp_path / "log")
    qtbot.waitUntil(lambda: app.desk.session.info is not None)
    sheet = app.window.about_sheet
    sheet.toggle()
    qtbot.waitUntil(lambda: "safetensors" in sheet.libraries.text())
    assert "Model <b>sine</b>" in sheet.words.text() and about.version() in sheet.words.text()
    assert app.window.rect().contains(sheet.geometry())
    sheet.copy.click()
    qtbot.waitUntil(lambda: "name sine" in QApplication.clipboard().text())
    assert "on the clipboard" in app.window.banner.text.text()
    sheet.close_button.click()
    assert not sheet.isVisible()
    app.window.close()

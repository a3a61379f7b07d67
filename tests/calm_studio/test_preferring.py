"""The preferences of a real window: chosen by hand, in effect at once, there again at the next start."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from calm_studio import preferences, theme
from calm_studio.__main__ import model_loader
from calm_studio.palettes import DARK, LIGHT
from calm_studio.preferences import FILE, Preferences
from calm_studio.preferring import Preferring
from engine.errors import CalmError
from tests.calm_studio.fakes import press


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "config"


@pytest.fixture
def prefer(start, folder, dressed):
    """`prefer(preferences)` starts an app that was left with these."""

    apps = []

    def prefer(wanted: Preferences = Preferences(), folder: Path = folder):  # noqa: B008
        apps.append(start())
        Preferring(apps[-1], folder, wanted)
        return apps[-1]

    yield prefer
    for app in apps:
        if app.window.isVisible():
            app.window.close()
    theme.switch(dressed, "dark")


def kept(folder: Path) -> Preferences:
    return preferences.load(folder)


def test_ctrl_comma_opens_them_and_escape_closes_them(prefer):
    app = prefer()
    press(app, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    sheet = app.window.preferences_sheet
    assert sheet.isVisible() and app.window.rect().contains(sheet.geometry())
    press(app, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_another_theme_is_seen_at_once_and_kept(prefer, folder, qtbot):
    app = prefer()
    app.window.preferences_sheet.theme.group.button(1).click()
    assert theme.PANEL == LIGHT.panel
    qtbot.waitUntil(lambda: kept(folder).theme == "light")
    app.window.theme_wanted.emit("dark")
    assert theme.PANEL == DARK.panel
    assert app.window.preferences_sheet.theme.choice == 0
    qtbot.waitUntil(lambda: kept(folder).theme == "dark")


def test_the_governor_follows_them_and_the_switch_beside_the_sampler_is_kept(prefer, folder, qtbot):
    app = prefer(Preferences(keep_up=False, buffer_seconds=1.5))
    governor = app.window.controls.keep_up.governor
    assert (governor.on, governor.lead) == (False, 1.5)
    app.window.preferences_sheet.buffer.setValue(0.5)
    assert app.window.controls.keep_up.governor.lead == 0.5
    app.window.controls.keep_up.on.click()
    assert app.window.preferences_sheet.keep_up.isChecked()
    qtbot.waitUntil(lambda: (folder / FILE).exists() and kept(folder).keep_up)
    qtbot.waitUntil(lambda: kept(folder).buffer_seconds == 0.5)


def test_what_holds_from_the_next_start_on(prefer, folder, qtbot, tmp_path):
    app = prefer()
    sheet = app.window.preferences_sheet
    sheet.threads.setValue(2)
    for choice, value in ((sheet.device, "cpu"), (sheet.arithmetic, "torch")):
        choice.setCurrentIndex(choice.findData(value))
        choice.activated.emit(choice.currentIndex())
    sheet.folder.click()
    dialog = app.window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    wanted = Preferences(device="cpu", arithmetic="torch", threads=2, exports=str(tmp_path))
    qtbot.waitUntil(lambda: kept(folder) == wanted)
    sheet.usual_folder.click()
    qtbot.waitUntil(lambda: kept(folder) == replace(wanted, exports=None))


def test_the_window_is_where_it_was(prefer, folder):
    first = prefer()
    assert first.window.height() == 900
    first.window.resize(1000, 600)  # the windowless platform's screen is 800 wide and high
    first.window.close()
    second = prefer(kept(folder))
    assert second.window.height() == 600


def test_what_others_keep_in_the_file_stays(prefer, folder, qtbot):
    preferences.save(folder, Preferences(output_device="Speakers"))
    app = prefer()
    app.window.preferences_sheet.threads.setValue(3)
    qtbot.waitUntil(lambda: kept(folder).threads == 3)
    assert kept(folder).output_device == "Speakers"


def test_a_damaged_file_is_put_aside_by_the_next_change(folder):
    folder.mkdir()
    (folder / FILE).write_text("{")
    found, error = preferences.load_or_default(folder)
    assert found == Preferences() and isinstance(error, CalmError)
    preferences.change(folder, threads=4)
    assert kept(folder) == Preferences(threads=4)
    assert (folder / f"{FILE}.damaged").read_text() == "{"


def test_where_nothing_can_be_kept_the_window_says_so_and_goes_on(prefer, tmp_path, qtbot):
    (tmp_path / "file").write_text("no folder")
    app = prefer(folder=tmp_path / "file")
    app.window.preferences_sheet.threads.setValue(3)
    qtbot.waitUntil(lambda: "could not be kept" in app.window.banner.text.text())


def test_threads_and_arithmetic_reach_the_model(tmp_path):
    import torch

    from engine.weights import random_model, save

    save(random_model("tiny"), tmp_path, "random numbers")
    before = torch.get_num_threads()
    try:
        model = model_loader(tmp_path, "cpu", "torch", 2)(lambda done, total, note: None)
        assert model.info["threads"] == torch.get_num_threads() == 2
        assert model.info["arithmetic"].startswith("torch")
    finally:
        torch.set_num_threads(before)


def test_every_part_has_a_name_and_a_tooltip_that_teaches(prefer):
    sheet = prefer().window.preferences_sheet
    for part in (sheet.theme, sheet.buffer, sheet.keep_up, sheet.device, sheet.arithmetic, sheet.threads, sheet.folder):
        assert part.accessibleName() and len(part.toolTip()) > 20
    assert QApplication.activeModalWidget() is None

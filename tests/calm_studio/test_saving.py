"""The export sheet and all other ways out of the window; files are read back by libsndfile, wavinfo and mido."""

import json
import os
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDrag, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from wavinfo import WavInfoReader

from calm_studio import take_files
from calm_studio.export_form import facts, rates
from calm_studio.export_sheet import ExportSheet
from calm_studio.requests import sure
from calm_studio.take_menu import TakeMenu
from calm_studio.values import Lane, State
from engine.export import FORMATS, ExportSettings
from engine.metadata.read import read as read_metadata
from engine.midi_out import pitch_model
from engine.provenance import check
from engine.recipe import from_json, sound_hash
from tests.calm_studio.fakes import a_take, drag_from

WHOLE, CONTINUATION, SELECTION, LOOP, STARRED, ALL = range(6)


@pytest.fixture
def sheet(grooving, make):
    """The export sheet, open for a take of 12 seconds."""
    make(grooving)
    grooving.window.controls.export_button.click()
    return grooving.window.export_sheet


@pytest.mark.parametrize(("index", "subtype"), [(0, "PCM_16"), (1, "PCM_24"), (2, "FLOAT")])
def test_a_wav_holds_what_is_seen_in_any_depth(grooving, sheet, save, tmp_path, index, subtype):
    sheet.depth.group.button(index).click()
    assert "Saved out.wav" in save(grooving, tmp_path / "out.wav")
    assert not sheet.isVisible()
    take, info = grooving.state.lane.take, soundfile.info(tmp_path / "out.wav")
    assert (info.subtype, info.samplerate) == (subtype, 44_100)
    saved, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert np.abs(saved.T - take.samples).max() <= (2 / 2**15 if index == 0 else 0.0)


def test_an_exported_wav_tells_how_it_was_made(grooving, sheet, save, tmp_path):
    save(grooving, tmp_path / "out.wav")
    about, take = read_metadata(tmp_path / "out.wav"), grooving.state.lane.take
    recipe = from_json(about.recipe)
    assert (recipe.seed, recipe.sha256) == (take.request.seed, sound_hash(take.samples))
    assert (about.cut, about.tempo) == (take.cut, pytest.approx(120, rel=0.01))
    assert WavInfoReader(str(tmp_path / "out.wav")).bext.originator == "CALM Studio"


@pytest.mark.parametrize("format", FORMATS[1:])
def test_every_format_is_written_with_its_recipe(grooving, sheet, save, tmp_path, format):
    sheet.format.group.button(FORMATS.index(format)).click()
    save(grooving, tmp_path / f"out.{format}")
    seconds = soundfile.info(tmp_path / f"out.{format}").duration
    assert seconds == pytest.approx(12.0, abs=0.1)
    assert from_json(read_metadata(tmp_path / f"out.{format}").recipe).seed == grooving.state.lane.take.request.seed


def test_rate_channels_loudness_fades_and_part_are_as_chosen(grooving, sheet, save, tmp_path):
    sheet.part.setCurrentIndex(CONTINUATION)
    sheet.rate.setCurrentIndex(sheet.rate.findData(48_000))
    sheet.rate.activated.emit(sheet.rate.currentIndex())
    sheet.loudness.setCurrentIndex(sheet.loudness.findData(-23))
    sheet.mono.click()
    sheet.fade_in.setValue(1.0)
    sheet.fade_out.setValue(1.0)
    assert sheet.facts.text().startswith("WAV \N{MIDDLE DOT} 48 kHz mono \N{MIDDLE DOT} 4.0 s")
    save(grooving, tmp_path / "out.wav")
    saved, rate = soundfile.read(tmp_path / "out.wav")
    assert (rate, saved.shape) == (48_000, (192_000,))
    assert abs(saved[:100]).max() < 1e-4 and abs(saved[-100:]).max() < 1e-4
    assert read_metadata(tmp_path / "out.wav").loudness.integrated == pytest.approx(-23, abs=0.2)


def test_the_loop_is_whole_bars_long_and_says_so(grooving, sheet, save, tmp_path):
    sheet.part.setCurrentIndex(LOOP)
    save(grooving, tmp_path / "loop.wav")
    about = read_metadata(tmp_path / "loop.wav")
    assert about.loop == (0, about.frames)
    assert about.frames / 44_100 / 2 == pytest.approx(round(about.frames / 44_100 / 2), rel=0.01), "2 s a bar"
    assert about.beats % about.beats_per_bar == 0


def test_all_takes_go_into_a_folder_under_their_own_names(grooving, make, save, tmp_path):
    for _ in range(2):
        make(grooving)
    grooving.window.controls.export_button.click()
    grooving.window.export_sheet.part.setCurrentIndex(ALL)
    assert "2 files" in grooving.window.export_sheet.facts.text()
    assert "Saved 2 takes" in save(grooving, tmp_path / "all")
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert len(names) == 2
    assert all(name.startswith(f"groove_cont0{number}_120bpm") for number, name in enumerate(names, 1))


def test_provenance_and_notes_lie_beside_the_file(grooving, sheet, save, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    sheet.statement.click()
    sheet.midi.click()
    save(grooving, tmp_path / "out.wav")
    assert check(tmp_path / "out.wav").state == "valid"
    statement = json.loads((tmp_path / "out.wav.provenance.json").read_text())["statement"]
    assert [origin["made_by"] for origin in statement["origins"]] == ["human", "generated"]
    markers = [message.text for message in mido.MidiFile(tmp_path / "out.mid").tracks[0] if message.type == "marker"]
    assert "Cut" in markers


def test_without_the_model_that_hears_notes_it_is_said_what_to_install(grooving, sheet, save, tmp_path, monkeypatch):
    def absent(name):
        raise pitch_model.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(pitch_model.importlib.metadata, "distribution", absent)
    sheet.midi.click()
    assert "pip install --no-deps basic-pitch" in save(grooving, tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()
    assert sheet.progress.isHidden()


def test_an_export_shows_how_far_it_is_and_can_be_stopped(grooving, sheet, qtbot, tmp_path, monkeypatch):
    real = take_files.export_all

    def slow(pieces, settings, progress, stop):
        progress(1, 2)
        stop.wait(30)
        return real(pieces, settings, progress, stop)

    monkeypatch.setattr(take_files, "export_all", slow)
    sheet.save.click()
    dialog = grooving.window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.wav"))
    dialog.close()
    qtbot.waitUntil(lambda: sheet.progress.value() == 500)
    assert sheet.isVisible() and sheet.progress.isVisible() and not sheet.save.isEnabled()
    assert grooving.window.timeline.isEnabled()
    sheet.cancel.click()
    qtbot.waitUntil(lambda: "was stopped" in grooving.window.banner.text.text())
    assert not list(tmp_path.glob("out*"))
    assert not sheet.isVisible()


def test_a_folder_that_takes_no_file_is_reported(grooving, sheet, save, tmp_path):
    assert "nowhere" in save(grooving, tmp_path / "nowhere" / "out.wav")
    assert grooving.window.banner.property("kind") == "error"
    assert grooving.state.lanes


def test_a_name_that_is_taken_is_not_written_over(grooving, sheet, save, tmp_path):
    (tmp_path / "out.wav").write_text("mine")
    assert "Saved out_2.wav" in save(grooving, tmp_path / "out.wav")
    assert (tmp_path / "out.wav").read_text() == "mine"


def test_the_sheet_offers_what_the_format_has(qtbot, dressed, tmp_path):
    sheet = ExportSheet(None, tmp_path)
    qtbot.addWidget(sheet)
    lane = Lane("Take A", a_take())
    sheet.open_for(State(lanes=(lane,), chosen=1))
    sheet.depth.group.button(2).click()
    sheet.format.group.button(FORMATS.index("flac")).click()
    assert not sheet.depth.group.button(2).isEnabled()
    assert sheet.settings.depth == "24"
    sheet.format.group.button(FORMATS.index("opus")).click()
    assert not sheet.depth.isVisible()
    assert sheet.rate.count() == 1


def test_rates_and_facts_are_those_of_the_file():
    assert rates("wav", 44_100)[0] == ("44.1 kHz, as the source", None)
    assert rates("opus", 44_100) == [("48 kHz, resampled", None)]
    lane = Lane("Take A", a_take())
    assert facts((lane,), ExportSettings()).endswith("1.0 s \N{MIDDLE DOT} 0.3 MB")
    assert facts((lane, lane), ExportSettings(format="mp3", mono=True)).startswith("2 files \N{MIDDLE DOT} 48 kHz mono")


def test_what_is_unsure_does_not_get_into_files(grooving):
    heard = grooving.state.clip.heard
    assert sure(heard).tempo == heard.tempo
    assert (sure(heard).key is None) == (heard.key_confidence < 0.5)


def test_the_dragged_file_has_its_recipe_and_is_written_once(grooving, make, qtbot, tmp_path, monkeypatch):
    lane, drags = make(grooving), []
    monkeypatch.setattr(QDrag, "exec", lambda drag, action: drags.append((drag.mimeData(), action)))
    handle = grooving.window.timeline.lanes[lane.take.id].drag
    for count in (1, 2):
        drag_from(handle)
        qtbot.waitUntil(lambda count=count: len(drags) == count)
        QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    (mime, action), (again, _) = drags
    path = mime.urls()[0].toLocalFile()
    assert mime.hasFormat("text/uri-list") and action == Qt.DropAction.CopyAction
    assert path == again.urls()[0].toLocalFile()
    assert path.startswith(str(tmp_path / "Music" / "groove_cont01_120bpm"))
    saved, _ = soundfile.read(path, dtype="float32")
    assert np.array_equal(saved.T, lane.take.samples)
    assert from_json(read_metadata(path).recipe).frames == lane.take.written


def test_all_takes_are_dragged_at_once(grooving, make, qtbot, monkeypatch):
    urls = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, action: urls.extend(drag.mimeData().urls()))
    handle = grooving.window.timeline.footer.drag_all
    make(grooving)
    assert not handle.isVisible()
    make(grooving)
    assert handle.isVisible()
    drag_from(handle)
    qtbot.waitUntil(lambda: len(urls) == 2)
    assert ["cont01" in url.fileName() for url in urls] == [True, False], "the oldest first"


def test_copy_puts_the_file_on_the_clipboard(grooving, make, qtbot):
    menu_of(grooving, make(grooving)).copy_wanted.emit()
    qtbot.waitUntil(lambda: "Copied groove_cont01" in grooving.window.banner.text.text())
    (url,) = QGuiApplication.clipboard().mimeData().urls()
    assert os.path.getsize(url.toLocalFile()) > 12 * 44_100 * 6


def test_reveal_opens_the_folder_of_the_file(grooving, make, qtbot, tmp_path):
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "open")
    menu_of(grooving, make(grooving)).reveal_wanted.emit()
    qtbot.waitUntil(lambda: bool(desktop.opened))
    QDesktopServices.unsetUrlHandler("file")
    assert desktop.opened == [tmp_path / "Music"]
    assert list((tmp_path / "Music").glob("groove_cont01_*.wav"))


class Desktop(QObject):
    """Stands in for the system's file manager."""

    def __init__(self):
        super().__init__()
        self.opened = []

    @Slot(QUrl)
    def open(self, url):
        self.opened.append(Path(url.toLocalFile()))


def menu_of(app, lane) -> TakeMenu:
    app.window.timeline.menu_wanted.emit(lane.take.id, 9.0, QPoint(300, 300))
    menu = app.window.findChild(TakeMenu)
    menu.hide()
    return menu

"""The command that takes the pictures, with an untrained model: they show what a real session did."""

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QImage

from calm_studio import __main__ as command
from calm_studio import screenshots, theme
from calm_studio.app import App
from calm_studio.palettes import DARK, LIGHT, THEMES
from engine.errors import CalmError
from engine.weights import random_model, save
from tests.engine.fakes import tone

SHEETS = ("keys", "palette", "preferences", "about")
NAMES = (
    *("empty", "start", "trimmed", "generating", "error", "takes", "branch", "marks"),
    *(*SHEETS, "small", "chart", "export", "recovery", "variations"),
)


@pytest.fixture(scope="module")
def session(qapp, tmp_path_factory):
    """The folder of pictures, what was printed, and the app that they show, which is closed by now."""
    root, apps, printed = tmp_path_factory.mktemp("assets"), [], []
    save(random_model("tiny"), root / "model", "random numbers")
    (root / "examples").mkdir()
    soundfile.write(root / "examples" / "riff.flac", tone(3.0).T, 48_000)

    def keep(*args):
        apps.append(App(*args))
        return apps[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "ASSETS", root)
        patch.setattr(command, "App", keep)
        patch.setattr(screenshots, "SECONDS", 3.0)
        patch.setattr(screenshots, "print", lambda line, flush: printed.append(str(line)), raising=False)
        words = ["--screenshots", str(root / "new" / "pictures"), "--weights", str(root / "model"), "--device", "cpu"]
        assert command.main(words) == 0
    yield root / "new" / "pictures", printed, apps[0]
    apps[0].window.deleteLater()


@pytest.fixture(scope="module")
def pictures(session):
    return {path.stem: QImage(str(path)) for path in session[0].iterdir()}


def test_every_state_is_taken_in_both_themes_at_both_scalings(pictures):
    assert pictures.keys() == {f"{name}-{shown}-{scale}" for name in NAMES for shown in THEMES for scale in (100, 200)}
    for name in NAMES:
        width, height = (960, 540) if name == "small" else (1440, 900)
        assert pictures[f"{name}-dark-100"].size().toTuple() == (width, height)
        assert pictures[f"{name}-light-200"].size().toTuple() == (2 * width, 2 * height)
        assert sum(pictures[f"{name}-dark-100"] == pictures[f"{other}-dark-100"] for other in NAMES) == 1
        assert pictures[f"{name}-dark-100"].pixelColor(4, 4).name() == DARK.panel, "the bar at the top"
        assert pictures[f"{name}-light-100"].pixelColor(4, 4).name() == LIGHT.panel


def test_every_picture_and_everything_that_takes_long_is_announced(session):
    folder, printed, _ = session
    assert printed[0] == "Loading the model ..."
    announced = [line for line in printed if line.startswith(str(folder))]
    names = [f"{name}-{shown}-{scale}.png" for name in NAMES for shown in THEMES for scale in (100, 200)]
    assert announced == [str(folder / name) for name in names]


def test_two_takes_and_a_branch_were_really_made_and_the_temperature_moved_in_the_first(session):
    takes = [lane.take for lane in reversed(session[2].state.lanes)][:3]
    assert [take.state for take in takes] == ["finished"] * 3
    assert [take.request.seed for take in takes] == [4711, 4712, 4713]
    assert [take.request.controls.steps for take in takes] == [4, 4, 1]
    temperatures = [controls.temperature for _, controls in takes[0].history.changes]
    assert len(temperatures) > 3
    assert temperatures == sorted(temperatures)
    assert all(take.samples[:, take.cut :].any() for take in takes)


def test_three_variations_were_really_written_and_the_second_one_heard(session):
    state = session[2].state
    lanes = [lane for lane in state.lanes if lane.variation]
    assert [lane.variation.number for lane in lanes] == [1, 2, 3]
    assert [lane.take.request.seed for lane in lanes] == [4714, 4715, 4716]
    assert state.chosen == lanes[1].take.id


def test_the_figures_were_measured_in_this_session(session):
    state, bar = session[2].state, session[2].window.top_bar
    session[2].show_again()  # it may have been closed between two looks at what is written
    assert state.model.name in bar.model.text()
    megabytes = state.model.memory_mb
    assert (f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB") in bar.device.text()
    assert f"{state.lane.growth.x_real_time:.1f}×" in bar.speed.text()
    assert session[2].window.export_sheet.licence.text() == "Model tiny: random numbers"


def test_the_pictures_show_what_they_are_called_after(pictures):
    seen = {name: colours(pictures[f"{name}-dark-100"]) for name in NAMES}
    assert seen["start"] >= {theme.PANEL, theme.TEAL, theme.AMBER}
    assert theme.AMBER_WAVE in seen["generating"] - seen["trimmed"]
    assert theme.RED_GROUND in seen["error"] - seen["generating"]
    assert theme.LANE_COLOURS[0][1] in seen["marks"] - seen["branch"]
    assert theme.RED_GROUND not in seen["takes"] | seen["export"]


def test_waveforms_are_drawn_anew_and_not_blown_up(pictures):
    image = pictures["takes-dark-200"].convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pairs = pixels[: image.height() // 2 * 2, :].astype(int)
    assert (pairs[:, ::2] != pairs[:, 1::2]).any(axis=0).mean() > 0.05


def test_what_does_not_come_is_not_waited_for_without_end(app, monkeypatch):
    monkeypatch.setattr(screenshots, "PATIENCE", 0.05)
    with pytest.raises(CalmError, match="Waiting for Godot takes more than"):
        screenshots.wait(app, "Waiting for Godot", lambda: False)


def colours(image: QImage) -> set[str]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)  # named, so that its memory lives as long as it is read
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return {f"#{colour & 0xFFFFFF:06x}" for colour in np.unique(pixels)}

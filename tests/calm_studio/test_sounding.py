"""The chip of the output: its menu, what is kept of a choice, and what is said when an output goes and comes back."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from calm_studio import __main__ as command
from calm_studio import preferences, sounding
from calm_studio.app import App
from calm_studio.output_menu import BUFFERS, OutputMenu
from calm_studio.sounding import Sounding
from engine.errors import CalmError
from engine.playback import Player
from engine.session import Session
from engine.sinks import NullSink, Output
from tests.calm_studio.fakes import drop, paced, press, write_clip
from tests.engine import fakes


class Device(NullSink):
    """Plays to nobody, under a name, until it is pulled out."""

    def __init__(self, pull, name: str):
        self.name, self.rate, self.present = name, 44_100, True
        super().__init__(pull)

    @property
    def alive(self) -> bool:
        return self.present


class Computer:
    """What `open_output` finds on one with these devices."""

    def __init__(self, *names: str):
        self.names, self.asked = list(names), []
        self.sink = None
        self.answers = threading.Event()
        self.answers.set()

    def open(self, pull, output: Output):
        self.asked.append(output)
        self.answers.wait()
        name = output.device or next(iter(self.names), None)
        self.sink = Device(pull, name) if name in self.names else NullSink(pull)
        return self.sink

    def pull_out(self, name: str) -> None:
        self.names.remove(name)
        self.sink.present = False


@pytest.fixture
def computer(monkeypatch):
    computer = Computer("Speakers", "USB")
    monkeypatch.setattr(sounding, "open_output", computer.open)
    monkeypatch.setattr(sounding.portaudio, "outputs", lambda: tuple(computer.names))
    return computer


@pytest.fixture
def kept():
    return []


@pytest.fixture
def app(qtbot, dressed, tmp_path, computer, kept):
    sounding = Sounding(Output(), kept.append)
    player = Player(sounding.open)
    session = Session(fakes.load, fakes.each(paced))
    app = App(session, player, tmp_path / "Music", tmp_path / "songs", tmp_path / "projects")
    sounding.serve(app.desk, player)
    app.sounding = sounding
    app.window.show()
    qtbot.waitUntil(lambda: "Speakers" in chip(app))
    yield app
    while QApplication.activePopupWidget():  # or the next test's would close at once
        QApplication.activePopupWidget().close()
    app.close()
    app.window.deleteLater()


def chip(app) -> str:
    return app.window.transport.output.words.text()


def menu(app, qtbot) -> OutputMenu:
    """The open menu."""
    found = []

    def there() -> bool:
        found[:] = [each for each in app.window.findChildren(OutputMenu) if each.isVisible()]
        return bool(found)

    qtbot.waitUntil(there)
    return found[0]


def choose(app, qtbot, words: str) -> None:
    app.window.transport.output.click()
    opened = menu(app, qtbot)
    action = next(action for action in opened.actions() if action.text() == words)
    opened.close()  # first, as when it is clicked: closed later, it could take the next menu with it
    action.trigger()


def test_the_chip_names_device_and_rate(app):
    assert "Speakers" in chip(app) and "44.1 kHz" in chip(app)
    assert app.window.transport.output.accessibleName() == "Output"


def test_another_output_is_chosen_heard_and_kept(app, qtbot, computer, kept, tmp_path):
    drop(app.window, write_clip(tmp_path / "clip.wav", seconds=8.0))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    press(app, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: app.playing.now > 0.2)
    before = app.playing.now
    choose(app, qtbot, "USB")
    qtbot.waitUntil(lambda: "USB" in chip(app))
    qtbot.waitUntil(lambda: app.playing.now > before)
    assert kept == [Output("USB")] and computer.asked[-1] == Output("USB")
    choose(app, qtbot, BUFFERS[2][1])
    qtbot.waitUntil(lambda: computer.asked[-1] == Output("USB", BUFFERS[2][0]))
    assert kept[-1] == Output("USB", 0.2)


def test_an_output_that_goes_is_told_and_one_that_comes_back_too(app, qtbot, computer):
    choose(app, qtbot, "USB")
    qtbot.waitUntil(lambda: "USB" in chip(app))
    computer.pull_out("USB")
    qtbot.waitUntil(lambda: "USB is not there" in app.window.banner.text.text())
    qtbot.waitUntil(lambda: NullSink.name in chip(app))
    computer.names.append("USB")
    app.sounding._look()
    qtbot.waitUntil(lambda: "Sound comes from USB" in app.window.banner.text.text())


def test_when_the_systems_output_goes_the_next_one_is_taken_without_a_word(app, qtbot, computer):
    computer.pull_out("Speakers")
    qtbot.waitUntil(lambda: "USB" in chip(app))
    assert app.window.banner.isHidden()


def test_the_menu_shows_what_is_chosen_also_where_it_is_gone(app, qtbot, computer):
    choose(app, qtbot, "USB")
    qtbot.waitUntil(lambda: "USB" in chip(app))
    computer.pull_out("USB")
    qtbot.waitUntil(lambda: NullSink.name in chip(app))
    app.window.transport.output.click()
    lines = {action.text(): action.isChecked() for action in menu(app, qtbot).actions() if action.isCheckable()}
    assert lines.pop("USB (not there)") and lines.pop("100 ms")
    assert not any(lines.values()) and {"The system's choice", "Speakers"} <= lines.keys()


def test_looking_again_opens_the_menu_with_what_is_new(app, qtbot, computer):
    computer.names.append("Headphones & co")
    computer.answers.clear()
    choose(app, qtbot, "Look for outputs again")
    qtbot.wait(100)  # offscreen, a menu that closes leaves the focus to nobody, and on that all open menus close
    computer.answers.set()
    qtbot.waitUntil(lambda: len(computer.asked) == 2 and not app.sounding._looking)
    assert "Headphones && co" in [action.text() for action in menu(app, qtbot).actions()]


def test_the_menu_is_opened_by_keyboard(app, qtbot):
    app.window.transport.output.setFocus()
    QTest.keyClick(app.window.transport.output, Qt.Key.Key_Return)
    assert menu(app, qtbot).isVisible()


def test_no_device_at_all_is_no_error(app, qtbot, computer):
    computer.names.clear()
    told = []
    quiet = Sounding(Output(), told.append)
    player = Player(quiet.open)
    quiet.serve(app.desk, player)
    qtbot.waitUntil(lambda: player.device == NullSink.name)
    qtbot.waitUntil(lambda: quiet._now is not None)
    assert app.window.banner.isHidden()
    player.close()


def test_a_choice_that_cannot_be_kept_holds_and_is_told(app, qtbot, computer):
    def keep(output):
        raise CalmError("The disk is full", "Make room")

    app.sounding._keep = keep
    choose(app, qtbot, "USB")
    assert "disk is full" in app.window.banner.text.text()
    qtbot.waitUntil(lambda: "USB" in chip(app))


def test_the_choice_is_read_from_and_kept_in_the_preferences(tmp_path, dressed):
    preferences.save(tmp_path, preferences.Preferences(theme="light", output_device="USB", output_latency=0.2))
    sounding = command.kept_sounding(preferences.load_or_default(tmp_path)[0], tmp_path)
    assert sounding._output == Output("USB", 0.2)
    sounding._keep(Output(None, 0.05))
    now = preferences.load(tmp_path)
    assert (now.output_device, now.output_latency, now.theme) == (None, 0.05, "light")
    (tmp_path / preferences.FILE).write_text("damaged")
    assert command.kept_sounding(preferences.load_or_default(tmp_path)[0], tmp_path)._output == Output()

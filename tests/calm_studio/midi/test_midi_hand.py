"""Knobs and keys in the real window: learning, taking hold, forgetting, and what the bottom bar says."""

import pytest
from mido import Message
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from calm_studio import kept_file
from calm_studio.midi.bindings import Bindings
from tests.calm_studio.fakes import drop, write_clip


class Controllers:
    """What `MidiPorts` is to the window; `send` what a controller would."""

    def __init__(self):
        self.names: tuple[str, ...] | None = ("nanoKONTROL2",)
        self._sent: list = []

    def send(self, message: Message, port: str = "nanoKONTROL2") -> None:
        self._sent.append((port, message))

    def take(self) -> list:
        sent, self._sent = self._sent, []
        return sent

    def close(self) -> None:
        pass


def turned(value: int, control: int = 16) -> Message:
    return Message("control_change", control=control, value=value)


def choose(widget, words: str) -> None:
    """Choose the line that begins with `words` in the menu of `widget`."""
    widget.customContextMenuRequested.emit(QPoint(3, 3))
    menu = widget.findChildren(QMenu)[-1]
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()
    menu.close()


@pytest.fixture
def hands(app, qtbot):
    """The app with controllers, and a function that has the window take in what they sent."""
    controllers = Controllers()
    app.midi.start(controllers)
    qtbot.waitUntil(app.window.transport.midi.isVisible)

    def send(*messages: Message, port: str = "nanoKONTROL2") -> None:
        for message in messages:
            controllers.send(message, port)
            app.midi.look()

    return app, controllers, send


def test_a_knob_is_learned_takes_hold_without_a_jump_and_steers(hands):
    app, _, send = hands
    slider, chip = app.window.controls.temperature, app.window.transport.midi
    choose(slider, "Learn MIDI")
    app.midi.look()
    assert chip.text() == "MIDI: move a knob for Temperature"
    send(turned(10))
    assert slider.value == 1.4, "no jump"
    assert chip.text() == "MIDI: nanoKONTROL2 · CC 16 → Temperature · turn it to 1.40"
    send(turned(60))
    assert slider.value == 1.4
    send(turned(100))
    assert slider.value == pytest.approx(2 * 100 / 127, abs=0.01), "it has passed 1.40, which is at 89"
    send(turned(127))
    assert slider.value == 2.0 and app.state.controls.temperature == 2.0
    assert chip.text() == "MIDI: nanoKONTROL2 · CC 16 → Temperature"
    slider.track.setValue(20)
    send(turned(126))
    assert slider.value == 0.2, "a hand has moved it since"
    app.window.undo_pressed.emit()
    assert slider.value == 1.4, "all turns without a rest are undone together"


def test_only_the_last_of_a_fast_turn_is_taken(hands):
    app, controllers, send = hands
    choose(app.window.controls.harmony, "Learn MIDI")
    send(turned(68))
    moved = []
    app.window.controls.controls_moved.connect(moved.append)
    for value in range(69, 100):
        controllers.send(turned(value))
    app.midi.look()
    assert [controls.harmony for controls in moved] == [pytest.approx(15 * 99 / 127, abs=0.06)]


def test_buttons_are_pressed_once_for_each_press(hands, qtbot, tmp_path):
    app, _, send = hands
    drop(app.window, write_clip(tmp_path / "riff.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    pressed = []
    app.window.transport.play_pressed.connect(lambda: pressed.append("play"))
    choose(app.window.transport.play, "Learn MIDI")
    send(Message("note_off", note=36))
    assert app.midi._bindings == Bindings(), "letting go is not meant"
    send(Message("note_on", note=36, velocity=20))
    assert pressed == ["play"], "the press that is learned plays too"
    send(Message("note_off", note=36), Message("note_on", note=36, velocity=1), Message("note_on", note=36, velocity=0))
    assert pressed == ["play", "play"]
    choose(app.window.controls.continue_button, "Learn MIDI")
    send(turned(127, 41))
    qtbot.waitUntil(lambda: app.state.taken == 1)
    send(turned(100, 41), turned(0, 41))
    assert app.state.taken == 1 and not app.state.waiting


def test_a_key_is_no_knob_and_escape_learns_nothing(hands):
    app, _, send = hands
    choose(app.window.controls.steps, "Learn MIDI")
    send(Message("note_on", note=60), Message("pitchwheel", pitch=100))
    assert app.midi._learning == "Steps"
    app.window.escape_pressed.emit()
    send(turned(5))
    assert app.midi._bindings == Bindings()
    assert app.window.transport.midi.text() == "MIDI: nanoKONTROL2"


def test_what_is_learned_is_kept_and_can_be_forgotten(start, hands, qtbot):
    app, controllers, send = hands
    for number, slider in ((1, app.window.controls.temperature), (2, app.window.controls.follow)):
        choose(slider, "Learn MIDI")
        send(turned(64, number), port="other")
    path = kept_file.kept_file("midi.json")
    qtbot.waitUntil(lambda: kept_file.load(Bindings, path) == app.midi._bindings)
    again = start()
    again.midi.start(controllers)
    qtbot.waitUntil(lambda: again.midi._bindings == app.midi._bindings)
    choose(again.window.controls.follow, "Forget other · CC 2")
    assert [binding.target for binding in again.midi._bindings.all] == ["Temperature"]
    again.window.transport.midi.click()
    menu = again.window.transport.midi.findChildren(QMenu)[-1]
    assert [action.text() for action in menu.actions()] == ["Forget other · CC 1 → Temperature"]
    menu.close()


@pytest.mark.parametrize(("names", "words"), [(None, "MIDI: no MIDI system"), ((), "MIDI: no controller")])
def test_nothing_to_listen_to_is_no_error(hands, names, words):
    app, controllers, _ = hands
    controllers.names = names
    app.midi.look()
    assert app.window.transport.midi.text() == words
    assert app.window.transport.midi.accessibleName() == words
    assert app.state.notice is None
    slider = app.window.controls.temperature
    slider.customContextMenuRequested.emit(QPoint(3, 3))
    menu = slider.findChildren(QMenu)[-1]
    assert menu.actions()[0].isEnabled() == (names is not None)
    menu.close()

"""Knobs and keys of MIDI controllers move the live controls; which moves what is learned and kept."""

from collections.abc import Callable
from functools import partial

from mido import Message
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from calm_studio import kept_file
from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.live_slider import LiveSlider
from calm_studio.midi.bindings import PRESSED, Bindings, Source, amount_of, source_of
from calm_studio.midi.pickup import Grip, takes_hold
from calm_studio.midi.ports import MidiPorts

FILE = "midi.json"
TIP = "Right-click a live control, or Continue, Stop or Play, to let a knob or key of a controller move it"


class MidiHand:
    """`start` it with ports; before that nothing is listened to. Used in the GUI thread."""

    def __init__(self, desk: Desk):
        controls, transport = desk.window.controls, desk.window.transport
        shaping = (controls.temperature, controls.text_strength, controls.steps)
        sliders = (*shaping, controls.follow, controls.harmony, controls.recall)
        self._knobs: dict[str, LiveSlider] = {slider.name: slider for slider in sliders}
        self._buttons: dict[str, Callable[[], None]] = {
            "Continue": controls.continue_button.click,
            "Stop": controls.stop_button.click,
            "Play": transport.play.click,
        }
        self._chip = transport.midi
        self._ports: MidiPorts | None = None
        self._bindings, self._grips = Bindings(), {}
        self._learning: str | None = None
        self._last = ""
        self._keeping = Background("MIDI", desk.report)
        self._path = kept_file.kept_file(FILE)
        for name, widget in (
            *((slider.name, slider) for slider in sliders),
            ("Continue", controls.continue_button),
            ("Stop", controls.stop_button),
            ("Play", transport.play),
        ):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            widget.customContextMenuRequested.connect(partial(self._open_menu, name, widget))
        self._chip.menu_wanted.connect(self._open_list)

    def start(self, ports: MidiPorts) -> None:
        """Listen to `ports`, and close them with this."""
        self._ports = ports
        self._keeping.run(lambda: kept_file.load(Bindings, self._path), self._on_loaded)

    def look(self) -> None:
        """Called at every tick."""
        if self._ports is None:
            return
        latest: dict[Source, Message] = {}
        for port, message in self._ports.take():
            source = source_of(port, message)
            if source is None:
                continue
            if source.kind == "control_change" and self._learning is None:
                latest[source] = message  # of a turn that goes on, where it is now
            else:
                self._hear(source, message)
        for source, message in latest.items():
            self._hear(source, message)
        self._show()

    def give_up(self) -> bool:
        """Learn nothing after all; whether something was to be learned."""
        learning, self._learning = self._learning, None
        return learning is not None

    def close(self) -> None:
        if self._ports is not None:
            self._ports.close()
        self._keeping.close()

    def _on_loaded(self, kept: Bindings | None) -> None:
        self._bindings = kept or self._bindings

    def _hear(self, source: Source, message: Message) -> None:
        if self._learning is not None:
            self._learn(source, message)
        target = self._bindings.target_of(source)
        if target in self._knobs:
            self._turn(source, target, amount_of(message) / 127)
        elif target in self._buttons and self._is_pressed(source, message):
            self._last = _moved_words(source, target)
            self._buttons[target]()

    def _is_pressed(self, source: Source, message: Message) -> bool:
        """Only when it was not before."""
        down = amount_of(message) >= (PRESSED if source.kind == "control_change" else 1)
        was_down = self._grips.get(source) == Grip(1.0)
        self._grips[source] = Grip(1.0 if down else 0.0)
        return down and not was_down

    def _learn(self, source: Source, message: Message) -> None:
        """A key can be no knob; what is let go is not what is meant."""
        is_knob = self._learning in self._knobs
        if (is_knob and source.kind != "control_change") or (not is_knob and amount_of(message) == 0):
            return
        self._keep(self._bindings.learned(source, self._learning))
        self._last = _moved_words(source, self._learning)
        self._learning = None

    def _turn(self, source: Source, target: str, knob: float) -> None:
        slider = self._knobs[target]
        held = takes_hold(self._grips.get(source), knob, slider.share)
        words = _moved_words(source, target)
        if held:
            slider.set_share(knob)
        else:
            words += f" \N{MIDDLE DOT} turn it to {slider.label.text()}"
        self._last = words
        self._grips[source] = Grip(knob, slider.share if held else None)

    def _keep(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._keeping.run(partial(kept_file.save, self._path, bindings), lambda done: None)

    def _show(self) -> None:
        names = self._ports.names
        if names is None:
            self._chip.show_words(
                "MIDI: no MIDI system", "This computer has no MIDI system, or python-rtmidi is missing"
            )
        elif self._learning is not None:
            what = "a knob" if self._learning in self._knobs else "a key or button"
            self._chip.show_words(f"MIDI: move {what} for {self._learning}", "Esc learns nothing", lit=True)
        elif not names:
            self._chip.show_words("MIDI: no controller", f"Plug one in: it is found within two seconds. {TIP}")
        else:
            self._chip.show_words(f"MIDI: {self._last or ', '.join(names)}", f"{', '.join(names)}. {TIP}")

    def _open_menu(self, target: str, widget: QWidget, where: QPoint) -> None:
        menu = _menu(widget)
        learn = menu.addAction("Learn MIDI")
        learn.setEnabled(self._ports is not None and self._ports.names is not None)
        learn.triggered.connect(lambda: self._begin(target))
        self._add_forgets(menu, (target,))
        menu.popup(widget.mapToGlobal(where))

    def _open_list(self) -> None:
        if self.give_up():
            return
        menu = _menu(self._chip)
        targets = tuple(dict.fromkeys(binding.target for binding in self._bindings.all))
        if not targets:
            menu.addAction(TIP).setEnabled(False)
        self._add_forgets(menu, targets)
        menu.popup(self._chip.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _add_forgets(self, menu: QMenu, targets: tuple[str, ...]) -> None:
        for target in targets:
            for source in self._bindings.sources_of(target):
                menu.addAction(f"Forget {_moved_words(source, target)}").triggered.connect(
                    partial(self._forget, target)
                )

    def _begin(self, target: str) -> None:
        self._learning = target

    def _forget(self, target: str, checked: bool = False) -> None:
        self._keep(self._bindings.forgotten(target))
        self._last = ""


def _moved_words(source: Source, target: str) -> str:
    """Such as "nanoKONTROL2, CC 16 → Temperature"."""
    return f"{source.port} \N{MIDDLE DOT} {source.words} \N{RIGHTWARDS ARROW} {target}"


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu

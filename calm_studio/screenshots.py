"""Pictures of the window's main states, drawn from states made by hand: no engine runs and no sound is played.

The music in them is made of a few plucked tones, and the figures are those of the hand-made events.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication

from calm_studio import state as states
from calm_studio import theme
from calm_studio.main_window import MainWindow
from calm_studio.state import State
from engine.audio import Audio
from engine.controls import Controls
from engine.errors import CalmError
from engine.events import ModelLoading, ModelReady, TakeEnded, TakeGrew, TakeStarted
from engine.request import Prompt, Request
from engine.take import Take

RATE, FRAME = 48_000, 1920
SCALES = {"100": 1.0, "200": 2.0}
LOADING = ModelLoading(12.0, 58.0, "reading the weights")
READY = ModelReady("studio-base", "cpu", "8 cores", 29_000_000, 412.0, "CC BY 4.0")


@dataclass(frozen=True)
class Scene:
    """A state, where the cursor is in seconds, whether sound is heard there, and whether the export sheet is open."""

    state: State
    cursor: float = 0.0
    playing: bool = False
    export: bool = False


def plucked(seconds: float, seed: int, beats: float = 92.0) -> np.ndarray:
    """(2, N) float32 of decaying chords on the half beat."""
    random = np.random.default_rng(seed)
    out = np.zeros((2, round(seconds * RATE)), np.float32)
    length = round(0.7 * RATE)
    time = np.arange(length) / RATE
    for start in np.arange(0, out.shape[1], 30 * RATE / beats).astype(int):
        chord = 110 * 2 ** (random.choice([0, 3, 7, 10, 12], 3) / 12)
        tone = sum(np.sin(2 * np.pi * pitch * time) for pitch in chord) * np.exp(-6 * time)
        tone += random.normal(0, 0.5, length) * np.exp(-40 * time)
        stop = min(start + length, out.shape[1])
        out[:, start:stop] += random.uniform(0.06, 0.2, (2, 1)) * tone[: stop - start]
    return out


def draw_all(folder: Path) -> None:
    """Write <state>-<scale>.png for every state, at 100 % and 200 % scaling."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, scene in scenes().items():
        window = MainWindow(folder)
        show(window, scene)
        for percent, scale in SCALES.items():
            picture(window, scale).save(str(folder / f"{name}-{percent}.png"))
        window.close()
        window.deleteLater()


def show(window: MainWindow, scene: Scene) -> None:
    """Bring `window` into the scene without showing it on the screen."""
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.show()
    window.controls.seed.number.setValue(4711)
    if scene.playing:
        window.controls.temperature.track.setValue(105)
    window.show_state(scene.state)
    window.show_time(scene.state, scene.cursor, scene.playing)
    lane, heard = scene.state.lane, (0.0, 0.0)
    if lane is not None and scene.playing:
        lane.take.playhead = round((scene.cursor - lane.offset) * RATE)
        heard = np.abs(lane.take.samples[:, lane.take.playhead - RATE // 10 : lane.take.playhead]).max(1)
    window.top_bar.show_buffer(None if lane is None else states.buffer_seconds(lane.take))
    window.transport.show_sound("No sound device", tuple(heard), 0)
    for _ in range(2):  # lanes first get their heights, then the scroll bar its place
        QApplication.processEvents()
    if scene.export:
        window.show_export(scene.state)


def picture(window: MainWindow, scale: float) -> QPixmap:
    pixmap = QPixmap(window.size() * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(theme.GROUND))
    window.render(pixmap)
    return pixmap


def scenes() -> dict[str, Scene]:
    """Every main state of the window by name."""
    clips = [states.clip_of(prompt(name, seconds, seed)) for name, seconds, seed in SHELF]
    examples = tuple(states.clip_of(prompt(name, 5.0, seed)) for seed, name in enumerate(EXAMPLES, 10))
    first = states.add_clip(State(model=LOADING, examples=examples), examples[0])
    shelf = replace(first, model=READY)
    for clip in reversed(clips):
        shelf = states.add_clip(shelf, clip)
    trimmed = states.trim(shelf, 0.9, clips[0].stop)
    trimmed = states.trim(trimmed, 0.9, 5.2)
    generating = written(shelf, 30.0, 16.3, (0.82, 1.05), 7731)
    three = shelf
    for seed, part, temperatures in ((12, 30.0, (0.9, 0.9)), (7730, 30.0, (0.8, 0.8)), (7731, 24.0, (0.82, 1.05))):
        three = written(three, 30.0, part, temperatures, seed)
        three = states.reduce(three, TakeEnded(three.lane.take.id, _ended(three.lane.take)))
    advice = "Choose a wav, flac, aiff, mp3, ogg or opus file"
    failed = states.report(generating, CalmError("sketch.wav holds no sound that can be read", advice))
    return {
        "start": Scene(first),
        "trimmed": Scene(trimmed, 0.9),
        "generating": Scene(generating, 14.4, playing=True),
        "takes": Scene(three, 4.0),
        "export": Scene(three, 4.0, export=True),
        "error": Scene(failed, 14.4, playing=True),
    }


SHELF = (("rhodes_riff", 6.0, 1), ("bass_line", 8.2, 2))
EXAMPLES = ("lofi keys", "strings, slow", "funk bass + drums")


def prompt(name: str, seconds: float, seed: int) -> Prompt:
    audio = Audio(plucked(seconds, seed), RATE)
    return Prompt(audio, name, 0, audio.samples.shape[1])


def written(state: State, seconds: float, part: float, temperatures: tuple[float, float], seed: int) -> State:
    """The state after the engine has written `part` of `seconds`, the temperature moving between two values."""
    frames = round(part * RATE / FRAME)
    first, last = temperatures
    take = Take(Request(state.clip.prompt, seconds, seed, Controls(temperature=first)), state.taken + 1)
    state = states.reduce(states.submitted(state, take.id), TakeStarted(take.id, take))
    take.append(plucked(frames * FRAME / RATE, seed))
    for frame in range(frames):
        share = min(max((frame / frames - 0.3) / 0.4, 0.0), 1.0)
        controls = Controls(temperature=round(first + share * (last - first), 2))
        take.history.record(frame, controls)
    return states.reduce(state, TakeGrew(take.id, frames - 1, take.written, controls, 3.1))


def _ended(take: Take) -> str:
    take.state = "finished" if take.full else "stopped"
    return take.state

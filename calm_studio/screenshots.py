"""Pictures of the window's main states. The app really continues an example while they are taken, so that every figure
on them was measured, on the machine that took them."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QPropertyAnimation, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication

from calm_studio import theme
from calm_studio.app import App
from calm_studio.bridge import PERIOD_MS
from calm_studio.main_window import MainWindow
from calm_studio.meter import FLOOR_DB
from calm_studio.palettes import THEMES
from engine.errors import CalmError
from engine.events import ModelReady
from engine.project.recovery import survey
from engine.take import Take

SECONDS = 20.0
"""Length of every take."""
FORM = "A 4 | break 2 | B"
"""Of the takes that begin after the prompt."""
TURNING = 0.4
"""Part of the first take that is listened to, in real time, while its temperature is turned."""
SMALL = QSize(960, 540)
"""A screen of 1920 x 1080 at 200 %."""
SCALES = {"100": 1.0, "200": 2.0}
TEMPERATURES = (125, 150)  # hundredths, between which the knob is turned
PATIENCE = 300.0  # seconds


def draw_all(app: App, examples: Path, folder: Path) -> None:
    """Write <state>-<theme>-<scale>.png for every state into `folder`, dark and light, at 100 % and 200 % scaling, and
    tell what is going on.

    The window does not appear on the screen. Raises CalmError when there is no example or the model does not work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    app.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    app.window.show()
    for name in visit(app, examples):
        for shown in THEMES:
            theme.switch(QApplication.instance(), shown)
            app.show_again()
            settle()
            for percent, scale in SCALES.items():
                path = folder / f"{name}-{shown}-{percent}.png"
                picture(app.window, scale).save(str(path))
                print(path, flush=True)
        theme.switch(QApplication.instance(), "dark")


def settle() -> None:
    """Let the window take in what was done last: its layout at once, all that moves at its next tick."""
    loop = QEventLoop()
    QTimer.singleShot(2 * PERIOD_MS, loop.quit)
    loop.exec()


def picture(window: MainWindow, scale: float) -> QPixmap:
    pixmap = QPixmap(window.size() * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(theme.GROUND))
    window.render(pixmap)
    return pixmap


def visit(app: App, examples: Path) -> Iterator[str]:
    """Use the app as a musician would, halting at every state that is worth a picture to say its name."""
    window, controls = app.window, app.window.controls
    insist_on(examples)
    wait(app, "Loading the model", lambda: isinstance(app.state.model, ModelReady))
    yield "empty"
    open_example(app, examples)
    yield "start"
    end = app.state.clip.stop
    window.timeline.trimmed.emit(0.15 * end, 0.8 * end)
    yield "trimmed"
    window.timeline.trimmed.emit(0.0, end)
    controls.length.set_seconds(SECONDS)
    controls.sheet.form.choose(FORM)
    controls.temperature.track.setValue(TEMPERATURES[0])
    first = start_take(app, 4711)
    turn_temperature(app, first)
    yield "generating"
    drop_unreadable(app)
    yield "error"
    window.banner.close_button.click()
    finish_take(app)
    start_take(app, 4712)
    finish_take(app)
    controls.sampler.segments.group.button(0).click()
    branch(app, first, 0.4, seed=4713)
    finish_take(app)
    window.timeline.sought.emit(first.id, end / 2)
    wait(app, "Scoring the takes", lambda: all(lane.scores for lane in app.state.lanes))
    yield "takes"
    window.timeline.sought.emit(app.state.lanes[0].take.id, end / 2)
    window.transport.loop_pressed.emit()
    wait(app, "Finding the loop", lambda: app.state.lane.loop is not None)
    yield "branch"
    mark(app, first)
    yield "marks"
    yield from visit_sheets(app)
    vary(app)
    yield "variations"
    app.making.stop()


def visit_sheets(app: App) -> Iterator[str]:
    """What lies over the window, and the lead sheet."""
    window, controls = app.window, app.window.controls
    for name, sheet in (
        ("keys", window.key_sheet),
        ("palette", window.command_palette),
        ("preferences", window.preferences_sheet),
    ):
        sheet.toggle()
        yield name
        sheet.leave()
    window.about_sheet.toggle()
    wait(app, "Looking up licences", lambda: "torch" in window.about_sheet.libraries.text())
    yield "about"
    window.about_sheet.leave()
    size = window.size()
    window.resize(SMALL)
    yield "small"
    window.resize(size)
    window.escape_pressed.emit()
    controls.sheet.chords.setText("Dm7 | Gx7")
    yield "chart"
    controls.sheet.chords.clear()
    controls.export_button.click()
    yield "export"
    window.export_sheet.cancel.click()
    folder = app.projects.keeping.folder
    window.recovery_sheet.show_left((survey(folder, folder.parent),))  # as if this session had crashed
    yield "recovery"
    window.recovery_sheet.leave()


def insist_on(examples: Path) -> None:
    if not any(examples.glob("*.flac")):
        raise CalmError(f"There is no example in {examples}", "Install the app again")


def open_example(app: App, examples: Path) -> None:
    insist_on(examples)
    app.opening.load_examples(examples, select_first=True)
    wait(app, "Loading the model", lambda: app.state.clip is not None and isinstance(app.state.model, ModelReady))
    wait(app, "Listening to the example", lambda: app.state.clip.heard is not None)


def start_take(app: App, seed: int) -> Take:
    """Press Continue; returns when the first frame is written."""
    return started(app, seed, app.window.controls.continue_button.click)


def branch(app: App, take: Take, place: float, seed: int) -> Take:
    """Branch off `take` at `place` of its continuation, 0 its start and 1 its end."""
    seconds = (take.cut + place * (take.written - take.cut)) / take.rate
    return started(app, seed, lambda: app.window.timeline.branch_wanted.emit(take.id, seconds))


def mark(app: App, take: Take) -> None:
    """Use what a musician has to keep takes apart, and select the first four seconds of a continuation."""
    lanes, cut = app.window.timeline.lanes, take.cut / take.rate
    app.window.timeline.sought.emit(take.id, cut)
    for signal, words in ((lanes[take.id].titled, "Verse idea"), (lanes[take.id].noted, "the turn at the end is good")):
        signal.emit(words)
    for press in (app.window.star_pressed, app.window.colour_pressed):
        press.emit()
    lanes[app.state.lanes[1].take.id].mute_clicked.emit()
    app.window.timeline.marked.emit(cut, cut + 4.0)


def vary(app: App) -> None:
    """Have three variations written, and swap to the second while they play."""
    app.window.controls.variations.group.button(2).click()
    take = start_take(app, 4714)
    wait(app, "Listening to the first variation", lambda: take.playhead is not None and take.playhead >= take.cut)
    app.window.variation_pressed.emit(2)
    wait(app, "Swapping to the second", lambda: app.state.lane.take.playhead is not None)


def started(app: App, seed: int, press: Callable[[], None]) -> Take:
    count = app.state.taken
    app.window.controls.seed.number.setValue(seed)
    press()
    wait(app, "Starting a take", lambda: app.state.taken > count and app.state.lane.growth is not None)
    return app.state.lane.take


def turn_temperature(app: App, take: Take) -> None:
    """Turn the knob while the first part of the continuation is heard; returns when all of it is in effect."""
    wait(app, "Listening to the prompt", lambda: take.playhead is not None and take.playhead >= take.cut)
    hand = QPropertyAnimation(app.window.controls.temperature.track, b"value")
    hand.setEndValue(TEMPERATURES[1])
    hand.setDuration(round(SECONDS * TURNING * 1000))
    hand.start()

    def arrived() -> bool:
        return take.history.changes[-1][1].temperature == TEMPERATURES[1] / 100

    wait(app, "Turning the temperature while it plays", arrived)


def drop_unreadable(app: App) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sketch.wav"
        path.write_text("These are words and no music.")
        app.window.files_dropped.emit([path])
        wait(app, "Dropping a file that is no music", app.window.banner.isVisible)


def finish_take(app: App) -> None:
    """Stop listening, so that the rest is written as fast as this machine can; the meter falls meanwhile."""
    app.window.transport.stop.click()
    stop, meter = app.window.controls.stop_button, app.window.transport.levels.meter
    wait(app, "Writing the rest of the take", lambda: not stop.isEnabled() and max(meter.held) == FLOOR_DB)


def wait(app: App, what: str, until: Callable[[], bool]) -> None:
    """Let the app live until the condition holds. Raises CalmError when the app reports one, or it takes too long."""
    print(f"{what} ...", flush=True)
    end = time.monotonic() + PATIENCE
    while not until():
        notice = app.state.notice
        if notice is not None and notice.kind == "error":
            raise CalmError(notice.message, notice.advice)
        if time.monotonic() > end:
            raise CalmError(f"{what} takes more than {PATIENCE:.0f} s", "Use a smaller model or a faster device")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

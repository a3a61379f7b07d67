"""The panels one by one: what they show for a state, and what they ask for when they are used."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextDocument, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from calm_studio import state as states
from calm_studio import theme
from calm_studio.controls_panel import ControlsPanel
from calm_studio.error_banner import ErrorBanner
from calm_studio.icons import symbol
from calm_studio.prompt_shelf import PromptShelf
from calm_studio.sampler_picker import CUSTOM
from calm_studio.top_bar import TopBar, device_words, model_words
from calm_studio.transport import Transport, clock
from calm_studio.values import Notice, State
from engine.again import Again
from engine.controls import Controls
from engine.events import ModelFailed, ModelLoading, ModelReady, TakeGrew, TakeStarted
from engine.metering import SILENCE
from engine.recipe import recipe_of
from tests.calm_studio.fakes import a_take, reduce
from tests.engine.fakes import FakeModel, a_prompt, tone

READY = ModelReady("sine", "cuda", "Pocket <calculator>", 29_000_000, 1212.0, "CC0-1.0", None)


@pytest.fixture
def panel(qtbot, dressed):
    panel = ControlsPanel()
    qtbot.addWidget(panel)
    panel.resize(286, 800)
    panel.show()
    return panel


def test_the_segments_set_sampler_and_steps(panel):
    moved = []
    panel.controls_moved.connect(moved.append)
    for index in (0, 2, 1):
        panel.sampler.segments.group.button(index).click()
    assert moved == [Controls(steps=1), Controls("trigflow", 100), Controls()]
    assert panel.steps.label.text() == "4"


def test_custom_shows_a_row_for_any_sampler_and_number(panel):
    picker = panel.sampler
    assert not picker.steps.isVisible()
    picker.segments.group.button(CUSTOM).click()
    assert picker.steps.isVisible()
    picker.kind.setCurrentIndex(1)
    picker.steps.setValue(37)
    picker.steps.editingFinished.emit()
    assert panel.settings.controls == Controls("trigflow", 37)
    picker.segments.group.button(1).click()
    assert panel.settings.controls == Controls()
    assert not picker.steps.isVisible()


def test_the_steps_slider_lights_the_segment_that_fits(panel):
    chosen = panel.sampler.segments.group.checkedId
    assert chosen() == 1
    panel.steps.track.setValue(0)
    assert (panel.settings.controls.steps, chosen()) == (1, 0)
    panel.steps.track.setValue(100)
    assert (panel.settings.controls.steps, chosen()) == (200, CUSTOM)


def test_a_double_click_puts_a_slider_back(panel):
    track = panel.temperature.track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(5, 10))
    assert panel.settings.controls.temperature == 0.0
    QTest.mouseMove(track, QPoint(track.width() - 1, 10))
    QTest.mouseDClick(track, Qt.MouseButton.LeftButton)
    assert panel.settings.controls.temperature == Controls().temperature
    assert panel.temperature.label.text() == "1.40"


def test_arrow_keys_move_a_slider_by_its_smallest_step(panel):
    QTest.keyClick(panel.temperature.track, Qt.Key.Key_Right)
    assert panel.settings.controls.temperature == 1.41


def test_values_are_typed(panel):
    field, moved = panel.temperature.label, []
    panel.controls_moved.connect(moved.append)
    for typed, value, shown in (
        ("1.05", 1.05, "1.05"),
        ("0,5", 0.5, "0.50"),
        ("9", 2.0, "2.00"),
        ("warm", 2.0, "2.00"),
    ):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert (panel.settings.controls.temperature, field.text()) == (value, shown)
    assert len(moved) == 3
    QTest.keyClicks(field, "1")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), len(moved)) == ("2.00", 3)
    field = panel.steps.label
    field.selectAll()
    QTest.keyClicks(field, "37")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert panel.settings.controls.steps == 37
    assert panel.sampler.segments.choice == CUSTOM


def test_the_wheel_moves_a_slider_by_notches_and_with_shift_finely(panel):
    def turn(delta: int, modifier=Qt.KeyboardModifier.NoModifier) -> float:
        track = panel.temperature.track
        where, nothing = QPointF(5, 5), Qt.MouseButton.NoButton
        event = QWheelEvent(
            where, where, QPoint(), QPoint(0, delta), nothing, modifier, Qt.ScrollPhase.NoScrollPhase, False
        )
        track.wheelEvent(event)
        assert event.isAccepted(), "or the panel would scroll"
        return panel.settings.controls.temperature

    assert turn(120) == 1.44
    assert turn(-240) == 1.36
    assert turn(-120, Qt.KeyboardModifier.ShiftModifier) == 1.35
    assert [turn(30), turn(30), turn(30), turn(30)][-1] == 1.39, "a quarter of a notch at a time"


def test_every_value_of_a_slider_is_valid(panel):
    for slider in (panel.temperature, panel.steps, panel.follow, panel.harmony, panel.recall):
        for position in range(slider.track.minimum(), slider.track.maximum() + 1):
            slider.track.setValue(position)
    assert panel.settings.controls == Controls(steps=200, temperature=2.0, follow=5.0, harmony=15.0, recall=3.0)


def test_only_what_can_be_done_can_be_pressed(panel):
    def pressable() -> tuple[bool, ...]:
        buttons = (panel.continue_button, panel.stop_button, panel.export_button)
        return tuple(button.isEnabled() for button in buttons)

    state = State()
    panel.show_state(state)
    assert pressable() == (False, False, False)
    state = states.add_clip(state, states.clip_of(a_prompt()))
    panel.show_state(state)
    assert pressable() == (True, False, False)
    state = states.submitted(state, [1])
    panel.show_state(state)
    assert pressable() == (True, True, False)
    state = reduce(state, TakeStarted(1, a_take()))
    panel.show_state(state)
    assert pressable() == (True, True, True)


def test_takes_that_wait_for_the_model_are_counted(panel):
    state = reduce(State(), ModelLoading(12.0, 58.0, "reading"))
    for job, words in ((1, "1 take waits for the model"), (2, "2 takes wait for the model")):
        state = states.submitted(state, [job])
        panel.show_state(state)
        assert words in panel.in_effect.text()
    panel.show_state(reduce(state, READY))
    assert panel.in_effect.text() == ""


def test_the_choice_of_sampler_has_an_arrow(panel):
    panel.sampler.segments.group.button(CUSTOM).click()
    kind = panel.sampler.kind
    image = kind.grab().toImage()
    right = {image.pixelColor(x, y).name() for x in range(kind.width() - 20, kind.width() - 6) for y in range(8, 22)}
    assert theme.MUTED in right


def test_every_control_has_a_name_for_screen_readers(panel):
    controls = (
        panel.text.edit,
        panel.temperature.track,
        panel.steps.track,
        panel.follow.track,
        panel.harmony.track,
        panel.recall.track,
        panel.length.number,
        panel.seed.number,
    )
    assert all(
        widget.accessibleName()
        for widget in (*controls, panel.sheet.tempo, panel.sheet.chords, *panel.sampler.segments.group.buttons())
    )


def test_the_shelf_shows_clips_and_examples_and_tells_which_was_picked(qtbot, dressed):
    shelf = PromptShelf()
    qtbot.addWidget(shelf)
    clips = [states.clip_of(a_prompt(seconds)) for seconds in (1.0, 2.0)]
    state = states.add_clip(State(examples=(clips[1],)), clips[0])
    shelf.show_state(state)
    shelf.show()
    first, example = shelf.cards()
    assert first.accessibleName() == "tone, 1.0 seconds, continued next"
    picked, removed = [], []
    shelf.clip_picked.connect(picked.append)
    shelf.clip_removed.connect(removed.append)
    QTest.keyClick(example, Qt.Key.Key_Return)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    QTest.keyClick(first, Qt.Key.Key_Backspace)
    QTest.keyClick(example, Qt.Key.Key_Backspace)
    assert picked == [clips[1], clips[0]]
    assert removed == [clips[0]], "examples stay"


def test_model_words_tell_what_is_going_on():
    state = reduce(State(), ModelLoading(0.0, 0.0, "starting PyTorch"), now=1.0)
    assert plain(model_words(state.model)) == "Model Loading starting PyTorch"
    state = reduce(state, ModelLoading(0.0, 58.0, "checking"), now=3.0)
    assert plain(model_words(state.model)) == "Model Loading 0/58 MB checking"
    state = reduce(state, ModelLoading(12.0, 58.0, "reading"), now=5.0)
    assert plain(model_words(state.model)) == "Model Loading 12/58 MB reading, 8 s left"
    assert "sine" in model_words(READY)
    assert "not loaded" in model_words(ModelFailed("No", "Do"))


@pytest.mark.parametrize(
    ("device", "name", "megabytes", "words"),
    [
        ("cuda", "Pocket <calculator>", 1212.0, "\u25cf CUDA \u00b7 Pocket <calculator> \u00b7 1.2 GB"),
        ("cpu", "x86_64", 485.2, "\u25cf CPU \u00b7 485 MB"),
        ("mps", "arm", 485.2, "\u25cf MPS \u00b7 485 MB"),
    ],
)
def test_the_device_has_a_name_when_that_says_more_than_its_instruction_set(device, name, megabytes, words):
    assert plain(device_words(replace(READY, device=device, device_name=name, memory_mb=megabytes))) == words


def plain(words: str) -> str:
    """Rich text as it is read."""
    document = QTextDocument()
    document.setHtml(words)
    return document.toPlainText()


def test_figures_are_measured_or_a_dash(qtbot, dressed):
    bar = TopBar()
    qtbot.addWidget(bar)
    state = states.add_clip(State(), states.clip_of(a_prompt()))
    bar.show_state(state)
    bar.show_buffer(None, 0)
    assert "–" in bar.speed.text()
    assert "–" in bar.buffer.text()
    state = reduce(states.submitted(state, [1]), TakeStarted(1, a_take()))
    bar.show_state(reduce(state, TakeGrew(1, 0, 50_000, Controls(), 3.14)))
    bar.show_buffer(3.25, 0)
    assert "3.1×" in bar.speed.text()
    assert "3.2 s" in bar.buffer.text()


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00.00"), (14.36, "0:14.36"), (74.999, "1:15.00")])
def test_the_clock(seconds, text):
    assert clock(seconds) == text


def test_the_top_bar_says_when_steps_were_lowered_and_sound_broke_off(qtbot, dressed):
    bar = TopBar()
    qtbot.addWidget(bar)
    state = states.add_clip(State(), states.clip_of(a_prompt()))
    state = reduce(states.submitted(state, [1]), TakeStarted(1, a_take()))
    bar.show_state(reduce(state, TakeGrew(1, 0, 50_000, Controls(steps=4), 3.1)))
    assert bar.steps.isHidden()
    state = reduce(state, TakeGrew(1, 1, 50_000, Controls(steps=2), 1.1, 0.3, lowered=True))
    bar.show_state(state)
    assert plain(bar.steps.text()) == "Steps 2 lowered"
    state.lane.take.state = "finished"
    bar.show_state(state)
    assert bar.steps.isHidden()
    bar.show_buffer(0.31, 2)
    assert plain(bar.buffer.text()) == "Buffer 0.3 s \N{MIDDLE DOT} 2 drop-outs"


def test_the_transport_shows_its_device_and_level(qtbot, dressed):
    transport = Transport()
    qtbot.addWidget(transport)
    transport.show_sound("", 0, SILENCE)
    assert "opening" in transport.output.words.text()
    transport.show_sound("Speakers", 44_100, replace(SILENCE, peaks=(-6.0, -9.0)))
    assert "Speakers" in transport.output.words.text()
    assert transport.levels.meter.levels == (-6.0, -9.0)


def test_the_banner_shows_words_and_not_markup(qtbot, dressed):
    banner = ErrorBanner()
    qtbot.addWidget(banner)
    banner.show_notice(Notice("<b>odd</b>.wav is empty", "Choose another"))
    assert "&lt;b&gt;odd" in banner.text.text()
    assert banner.isVisibleTo(None)
    banner.show_notice(None)
    assert not banner.isVisibleTo(None)


def test_icons_are_drawn_by_name(dressed):
    assert not symbol("play").isEmpty()
    with pytest.raises(KeyError, match="trombone"):
        symbol("trombone")


def with_writing(take, controls: Controls, lowered: bool = False) -> State:
    state = states.add_clip(State(), states.clip_of(a_prompt()))
    state = reduce(states.submitted(state, [1]), TakeStarted(1, take))
    return reduce(state, TakeGrew(1, 0, 50_000, controls, 1.0, 0.5, lowered))


def test_whatever_is_in_effect_the_panel_is_as_wide_as_ever(qtbot, dressed):
    panel = ControlsPanel()
    qtbot.addWidget(panel)
    panel.show()
    area = panel.findChild(QScrollArea)
    again = a_take()
    recipe = recipe_of(again, FakeModel.info)
    again.append(tone(0.2))
    again.request = Again.of(replace(recipe, frames=again.written), again.request.prompt)
    for state, words in (
        (with_writing(a_take(), Controls()), "in effect: 1.40, 4 steps"),
        (with_writing(a_take(), Controls(steps=2), lowered=True), "in effect: 1.40, 2 steps"),
        (with_writing(a_take(), Controls(temperature=1.0)), "from the next frame"),
        (with_writing(again, Controls("trigflow", 100)), "rendering again"),
        (states.landing_at(with_writing(a_take(), Controls()), 1, 0), "landing on the next bar"),
    ):
        panel.show_state(state)
        qtbot.wait(1)
        assert words in plain(panel.in_effect.text())
        assert area.widget().minimumSizeHint().width() <= 286 - 2


def test_other_controls_are_taken_over_without_a_word(qtbot, dressed):
    panel = ControlsPanel()
    qtbot.addWidget(panel)
    told = []
    panel.controls_moved.connect(told.append)
    panel.take_over(Controls("trigflow", 100, 1.25, 0.5, 2.5, recall=0.3))
    assert panel.settings.controls == Controls("trigflow", 100, 1.25, 0.5, 2.5, recall=0.3)
    sliders = panel.temperature, panel.steps, panel.follow, panel.harmony, panel.recall
    assert [slider.label.text() for slider in sliders] == ["1.25", "100", "0.5", "2.5", "0.3"]
    assert panel.sampler.segments.choice == 2
    assert told == []
    panel.temperature.track.setValue(130)
    assert told == [Controls("trigflow", 100, 1.3, 0.5, 2.5, recall=0.3)]


def test_variations_are_asked_for_and_swapping_on_the_bar_is_offered_with_them(qtbot, dressed):
    panel = ControlsPanel()
    qtbot.addWidget(panel)
    panel.show()
    state = states.add_clip(State(), states.clip_of(a_prompt()))
    panel.show_state(state)
    assert panel.settings.variations == 1
    assert not panel.on_the_bar.isVisible()
    panel.variations.group.button(3).click()
    state = replace(state, plan=panel.plan.plan)
    panel.show_state(state)
    assert panel.settings.variations == 4
    assert panel.on_the_bar.isVisible()

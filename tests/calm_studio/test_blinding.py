"""A blind comparison in the real window: by keys, heard through the real player."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from calm_studio.blind import ROUNDS
from tests.calm_studio.fakes import press

KEYS = Qt.Key


@pytest.fixture
def compared(grooving, make, qtbot):
    """Two takes of two seconds, the second 20 dB softer, and the sheet of their comparison."""
    grooving.window.controls.length.set_seconds(2.0)
    for _ in range(2):
        make(grooving)
    grooving.window.transport.stop.click()
    take = grooving.state.lane.take
    take.samples[:, take.cut :] *= 0.1
    press(grooving, KEYS.Key_X)
    qtbot.waitUntil(lambda: grooving.window.blind_sheet.isVisible())
    return grooving


def sheet_key(app, key) -> None:
    QTest.keyClick(app.window.blind_sheet, key)


def playing(app):
    """The samples of the take that is compared now."""
    return app.blinding._matched.sounds[app.blinding._blind.take]


def test_takes_are_heard_matched_and_switched_at_the_same_place(compared, qtbot):
    sheet, deck = compared.window.blind_sheet, compared._deck
    qtbot.waitUntil(lambda: deck.seconds is not None and deck.seconds > 8.2)
    before, sounded = deck.seconds, playing(compared)
    press(compared, KEYS.Key_2)
    assert [button.isChecked() for button in sheet.takes[:2]] == [False, True]
    assert playing(compared) is not sounded
    assert 0 <= deck.seconds - before < 1.0 or deck.seconds < before, "on, not from the start"
    levels = [np.abs(each).max() for each in compared.blinding._matched.sounds]
    assert levels[0] == pytest.approx(levels[1], rel=0.05)
    assert compared.state.chosen == 2, "what is selected does not tell which one sounds"
    voice = compared._player._voice
    qtbot.waitUntil(lambda: voice.source_at(compared._player.position or 0)._samples is playing(compared))


def test_nothing_tells_which_is_which_until_the_end(compared, qtbot):
    sheet = compared.window.blind_sheet
    words = " ".join(label.text() for label in (sheet.round, sheet.question, sheet.note))
    assert "Take" not in words and sheet.result.isHidden() and sheet.winner.isHidden()
    assert sheet.round.text() == f"Round 1 of {ROUNDS}"
    assert [lane.take.playhead for lane in compared.state.lanes] == [None, None]


def test_votes_for_the_same_take_in_all_rounds(compared, qtbot):
    """The listener knows it by its sound, whatever it is called; the winner is then selected."""
    sheet, loved = compared.window.blind_sheet, compared.blinding._matched.sounds[1]
    for round_number in range(ROUNDS):
        assert f"Round {round_number + 1} " in sheet.round.text()
        if playing(compared) is not loved:
            press(compared, KEYS.Key_2)
        sheet_key(compared, KEYS.Key_Return)
    best = compared.blinding._lanes[1]
    assert sheet.question.text() == (
        f"{best.called} is ahead. Guessing alone gives a split this clear in 3% of cases (exact binomial test)."
    )
    qtbot.waitUntil(lambda: compared._deck.seconds is None)
    sheet.winner.click()
    assert sheet.isHidden() and compared.state.chosen == best.take.id


def test_it_can_be_left_with_the_votes_so_far_and_begun_again(compared, qtbot):
    sheet = compared.window.blind_sheet
    sheet.vote.click()
    press(compared, KEYS.Key_Escape)
    assert sheet.round.text() == "1 vote"
    sheet.again.click()
    assert sheet.round.text() == f"Round 1 of {ROUNDS}" and sheet.result.isHidden()
    qtbot.waitUntil(lambda: compared._deck.seconds is not None)
    press(compared, KEYS.Key_Escape)
    assert sheet.isHidden() and not compared.blinding.on
    qtbot.waitUntil(lambda: compared._deck.seconds is None)
    press(compared, KEYS.Key_Space)
    qtbot.waitUntil(lambda: compared.state.lane.take.playhead is not None)


def test_space_stops_and_plays_what_is_compared(compared, qtbot):
    qtbot.waitUntil(lambda: compared._deck.seconds is not None)
    press(compared, KEYS.Key_Space)
    qtbot.waitUntil(lambda: compared._deck.seconds is None)
    press(compared, KEYS.Key_Space)
    qtbot.waitUntil(lambda: compared._deck.seconds is not None)
    assert compared.state.lane.take.playhead is None, "not the take itself"


def test_one_take_alone_is_not_compared(grooving, make, qtbot):
    make(grooving)
    assert grooving.window.timeline.footer.compare.isHidden()
    press(grooving, KEYS.Key_X)
    assert "no two takes" in grooving.window.banner.text.text()
    assert grooving.window.blind_sheet.isHidden()

"""Takes out of their files, branches, landings, scores and loops, in the real window."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from calm_studio.landing import landed, next_bar
from calm_studio.scoring import score, worth_scoring
from calm_studio.take_menu import TakeMenu
from calm_studio.timeline.take_words import origin_words, score_tip, score_words
from calm_studio.values import Branch, Lane, Marks, Scores
from engine.errors import CalmError
from engine.metadata.read import read as read_metadata
from engine.recipe import Parent, from_json, sound_hash
from engine.seam import SeamScore
from tests.calm_studio.fakes import a_take, drop, grown_to, press, write_groove
from tests.engine.fakes import FakeModel, Gated
from tests.engine.takes import resaved


@pytest.fixture
def saved(grooving, make, qtbot, tmp_path):
    """`saved()` is the file of the selected take, as it is dragged out."""

    def saved():
        before = set((tmp_path / "Music").glob("*.wav"))
        grooving.keeping.copy(grooving.state.chosen)
        qtbot.waitUntil(lambda: "Copied" in grooving.window.banner.text.text())
        grooving.window.banner.close_button.click()
        (path,) = set((tmp_path / "Music").glob("*.wav")) - before
        return path

    return saved


def drop_and_wait(app, qtbot, path):
    count = len(app.state.lanes)
    drop(app.window, path)
    qtbot.waitUntil(lambda: len(app.state.lanes) > count)
    return app.state.lane


def test_a_take_comes_back_out_of_its_file(grooving, make, saved, qtbot):
    take = make(grooving).take
    back = drop_and_wait(grooving, qtbot, saved())
    assert back.take.id not in (take.id, None)
    assert np.array_equal(back.take.samples, take.samples)
    assert back.take.cut == take.cut
    assert back.recipe.sha256 == sound_hash(take.samples)
    assert [clip.prompt.name for clip in grooving.state.clips] == ["groove"], "the shelf is left alone"
    banner, lane = grooving.window.banner, grooving.window.timeline.lanes[back.take.id]
    assert "Kept: The recipe" in banner.text.text() and "Lost" not in banner.text.text()
    assert banner.property("kind") == "info"
    assert "from groove_cont01" in lane.title.text()
    assert grooving.window.timeline.automation.isVisible()


def test_its_name_and_notes_come_back_with_it(grooving, make, saved, qtbot):
    take = make(grooving).take.id
    lane = grooving.window.timeline.lanes[take]
    lane.titled.emit("Chorus: idea 2")
    lane.noted.emit("the turn at 0:09. Good up to there")
    marks = drop_and_wait(grooving, qtbot, saved()).marks
    assert (marks.title, marks.notes) == ("Chorus: idea 2", "the turn at 0:09. Good up to there")
    lane.titled.emit("")
    lane.noted.emit("")
    grooving.playing.seek(take, 0.0)
    assert drop_and_wait(grooving, qtbot, saved()).marks == Marks(), "its own name is no title"


def test_what_another_program_has_cut_off_is_told(grooving, make, saved, qtbot, tmp_path):
    make(grooving)
    path = saved()
    rate = 44_100
    short = resaved(path, tmp_path / "short.wav", lambda samples: samples[: 10 * rate])
    back = drop_and_wait(grooving, qtbot, short)
    assert back.take.state == "stopped"
    assert back.take.written == 10 * rate
    assert "The last 2.00 s of the continuation" in grooving.window.banner.text.text()


def test_a_file_with_too_little_of_its_prompt_becomes_a_clip(grooving, make, saved, qtbot, tmp_path):
    make(grooving)
    rest = resaved(saved(), tmp_path / "rest.wav", lambda samples: samples[9 * 44_100 :])
    drop(grooving.window, rest)
    qtbot.waitUntil(lambda: len(grooving.state.clips) == 2 or len(grooving.state.lanes) == 2)
    assert "Lost: " in grooving.window.banner.text.text()


def test_a_restored_take_can_be_branched_and_saved_with_its_parent(grooving, make, saved, qtbot):
    make(grooving)
    back = drop_and_wait(grooving, qtbot, saved())
    branch = make(grooving, lambda: grooving.making.branch(back.take.id, 10.0))
    assert np.array_equal(branch.take.samples[:, : 10 * 44_100], back.take.samples[:, : 10 * 44_100])
    recipe = from_json(read_metadata(saved()).recipe)
    assert recipe.parent == Parent(back.recipe.sha256, back.take.cut)


def test_a_double_click_branches_there(grooving, make):
    parent = make(grooving)
    lane = grooving.window.timeline.lanes[parent.take.id]
    place = QPoint(round(lane.x(9.0)), 120)
    branch = make(grooving, lambda: QTest.mouseDClick(lane, Qt.MouseButton.LeftButton, pos=place))
    assert branch.take.cut / 44_100 == pytest.approx(9.0, abs=0.02)
    assert branch.branch.parent.cut == parent.take.cut == branch.human
    assert "branched from A at 9.0 s" in grooving.window.timeline.lanes[branch.take.id].title.text()
    assert len(grooving.state.clips) == 1


def test_b_branches_at_the_cursor_and_the_menu_where_it_was_opened(grooving, make):
    parent = make(grooving).take.id
    grooving.playing.stop()  # else the cursor goes on
    grooving.playing.seek(parent, 8.5)
    branch = make(grooving, lambda: press(grooving, Qt.Key.Key_B))
    assert branch.take.cut == round(8.5 * 44_100)
    grooving.window.timeline.menu_wanted.emit(parent, 9.5, QPoint(300, 300))
    menu = grooving.window.findChild(TakeMenu)
    assert [action.text().split("\t")[0] for action in menu.actions() if action.text()][0] == "Branch here"
    branch = make(grooving, menu.branch_wanted.emit)
    assert branch.take.cut == round(9.5 * 44_100)
    menu.hide()


def test_a_branch_within_the_users_own_part_has_no_parent(grooving, make):
    parent = make(grooving)
    branch = make(grooving, lambda: grooving.making.branch(parent.take.id, 4.0))
    assert branch.branch.parent is None
    assert branch.human == branch.take.cut == 4 * 44_100


def test_too_little_to_branch_from_is_said(grooving, make, qtbot):
    take = make(grooving).take
    grooving.making.branch(take.id, 0.1)
    qtbot.waitUntil(grooving.window.banner.isVisible)
    assert "only 0.10 s long" in grooving.window.banner.text.text()
    assert len(grooving.state.lanes) == 1


def test_the_seam_is_scored_once_the_take_is_written(grooving, make, qtbot):
    take = make(grooving).take
    label = grooving.window.timeline.lanes[take.id].scores
    qtbot.waitUntil(lambda: label.text().startswith("seam "))
    assert int(label.text().removeprefix("seam ").split()[0]) > 60, "the music goes on as it was"
    assert "dB" in label.toolTip() and "beat off by" in label.toolTip()


def test_scores_in_words():
    seam = SeamScore(1.0, 2.0, None, 87.6)
    assert (score_words(None), score_tip(None)) == ("", "")
    assert score_words(Scores(seam, None, None)) == "seam 88"
    assert (
        score_words(Scores(seam, 41.2, 7.0)) == "seam 88 \N{MIDDLE DOT} like prompt 41 \N{MIDDLE DOT} like training 7"
    )
    assert "beat not known" in score_tip(Scores(seam, 41.2, 7.0))


def test_short_and_unfinished_takes_are_not_scored(tmp_path):
    lane = Lane("Take A", a_take(seconds=3.0))
    lane.take.append(lane.take.samples[:, :48_000].copy())
    assert not worth_scoring(lane)
    lane.take.state = "stopped"
    assert not worth_scoring(lane), "one second"
    for _ in range(2):
        lane.take.append(lane.take.samples[:, :48_000].copy())
    assert worth_scoring(lane)
    found = score(lane, tmp_path / "no songs")
    assert found.seam.total > 50
    assert found.to_prompt is found.to_training is None
    assert not worth_scoring(replace(lane, scores=found))


def test_l_loops_the_selected_take_and_playback_stays_inside(grooving, make, qtbot):
    lane = make(grooving)
    qtbot.waitUntil(lambda: grooving.window.transport.play.property("lit") == "true")
    press(grooving, Qt.Key.Key_L)
    assert grooving.window.transport.loop.property("lit") == "true"
    qtbot.waitUntil(lambda: grooving.state.lane.loop is not None)
    loop = grooving.state.lane.loop
    assert loop.bars == (loop.stop - loop.start) // (2 * 44_100) or loop.bars >= 4
    qtbot.waitUntil(lambda: lane.take.playhead is None)
    assert grooving.window.transport.play.property("lit") == "true"
    press(grooving, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: lane.take.playhead is not None)


def test_a_take_too_short_to_loop_says_so(app, qtbot, make, tmp_path):
    drop(app.window, write_groove(tmp_path / "short.wav", seconds=0.6, tempo=40.0))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.sheet.tempo.setText("30")
    app.window.controls.length.set_seconds(1.0)
    make(app)
    app.window.transport.loop.click()
    qtbot.waitUntil(app.window.banner.isVisible)
    assert "whole bars" in app.window.banner.text.text()
    assert not app.state.looping


def test_a_written_take_lands_in_a_copy_that_rings_out(grooving, make, qtbot, saved):
    take = make(grooving).take
    line = next_bar(grooving.state.lane, round(9.2 * 44_100))
    grooving.playing.seek(take.id, 9.2)
    grooving.window.controls.land_button.click()
    qtbot.waitUntil(lambda: len(grooving.state.lanes) == 2)
    copy = grooving.state.lane
    (stop, label) = copy.markers[0]
    assert label == "landing"
    assert stop == line
    assert np.array_equal(copy.take.samples[:, :stop], take.samples[:, :stop])
    assert 2.0 <= (copy.take.written - stop) / 44_100 <= 4.1, "it rings for two seconds, and on to a bar line"
    assert np.abs(copy.take.samples[:, -200:]).max() < 0.01
    assert (stop, "landing") in read_metadata(saved()).markers


def test_landing_while_it_is_written_ends_the_take_on_the_bar_line(start, qtbot, tmp_path):
    gated = Gated()
    app = start(generate=gated)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.continue_button.click()
    gated.let(30)
    qtbot.waitUntil(lambda: grown_to(app, 29))
    take, line = app.state.lane.take, next_bar(app.state.lane, app.state.lane.take.written)
    app.window.controls.land_button.click()
    assert "landing on the next bar" in app.window.controls.in_effect.text()
    assert not app.window.controls.land_button.isEnabled()
    gated.let(40)
    qtbot.waitUntil(lambda: len(app.state.lanes) == 2)
    assert take.state == "stopped"
    assert app.state.landing is None
    assert app.state.lane.markers == ((line, "landing"),)


def test_without_a_beat_a_take_lands_where_it_is_told_to():
    lane = Lane("Take A", a_take(seconds=2.0))
    lane.take.append(np.tile(lane.take.samples[:, :48_000], 2))
    assert next_bar(lane, 70_000) == 70_000
    copy = landed(lane, 70_000, 5, FakeModel.info)
    assert copy.markers == ((70_000, "landing"),)
    assert copy.take.id == 5
    with pytest.raises(CalmError, match="after the cut"):
        landed(lane, 20_000, 6, FakeModel.info)


def test_the_origin_of_a_take_is_told():
    lane = Lane("Take B", a_take())
    assert origin_words(lane) == ""
    assert origin_words(replace(lane, branch=Branch(None, "Take A", 1, 1.25, 0.0))) == "branched from A at 1.2 s"
    assert origin_words(replace(lane, note="from <x>.wav")) == "from &lt;x&gt;.wav"

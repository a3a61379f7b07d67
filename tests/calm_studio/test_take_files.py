"""The files of takes, and what is written into them."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from calm_studio.take_files import Errand, Order, TakeFiles, carry_out, file_name
from calm_studio.values import Lane, Marks
from engine.errors import CalmError
from engine.export import ExportSettings
from engine.metadata.read import read as read_metadata
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import FakeModel, tone


def test_a_take_is_written_once_for_each_length(tmp_path):
    files, lane = TakeFiles(tmp_path / "new" / "folder"), Lane("Take A", a_take())
    first = files.file_of(lane, FakeModel.info)
    assert files.file_of(lane, FakeModel.info) == first
    lane.take.append(tone(0.2))
    longer = files.file_of(lane, FakeModel.info)
    assert longer != first
    assert [soundfile.info(path).frames for path in (first, longer)] == [48_000, 57_600]
    saved, _ = soundfile.read(longer, dtype="float32")
    assert np.abs(saved.T - lane.take.audio.samples).max() <= 2**-23


def test_a_file_that_was_moved_away_is_written_again(tmp_path):
    files, lane = TakeFiles(tmp_path), Lane("Take A", a_take())
    files.file_of(lane, FakeModel.info).unlink()
    assert files.file_of(lane, FakeModel.info).exists()


def test_a_folder_that_cannot_be_made_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CalmError, match="cannot be made") as error:
        TakeFiles(tmp_path / "file" / "folder").file_of(Lane("Take A", a_take()), FakeModel.info)
    assert "Export" in error.value.advice


def test_a_take_that_grows_is_saved_as_it_was(tmp_path):
    lane = Lane("Take A", a_take(seconds=2.0))
    lane.take.append(tone(0.5))
    order = Order((lane,), ExportSettings(), tmp_path / "out.wav")
    (first,) = carry_out(order, FakeModel.info, Errand())
    lane.take.append(tone(0.5))
    (second,) = carry_out(order, FakeModel.info, Errand())
    assert [soundfile.info(each.path).frames for each in (first, second)] == [72_000, 96_000]


def test_markers_of_the_lane_are_in_the_file(tmp_path):
    lane = Lane("Take A", a_take(), markers=((24_000, "landing"),))
    carry_out(Order((lane,), ExportSettings(), tmp_path / "out.wav"), FakeModel.info, Errand())
    assert (24_000, "landing") in read_metadata(tmp_path / "out.wav").markers


def test_a_stopped_errand_leaves_nothing(tmp_path):
    errand = Errand()
    errand.stop.set()
    order = Order((Lane("Take A", a_take()),), ExportSettings(), tmp_path / "out.wav")
    assert carry_out(order, FakeModel.info, errand) == []
    assert not list(tmp_path.iterdir())


def test_a_file_is_called_after_its_take_and_its_part():
    lane = Lane("Take A", a_take())
    assert file_name(lane, ExportSettings()) == "tone_cont01_s7.wav"
    named = replace(lane, marks=Marks(title="Chorus: idea/2"))
    assert file_name(named, ExportSettings("flac")) == "Chorus_idea_2_cont01_s7.flac"
    assert file_name(named, ExportSettings(part=(0.5, 1.25))) == "Chorus_idea_2_cont01_s7_0.50-1.25s.wav"
    assert file_name(replace(lane, marks=Marks(title="../..")), ExportSettings()) == "tone_cont01_s7.wav"


def test_another_name_or_other_notes_make_another_file(tmp_path):
    files, lane = TakeFiles(tmp_path), Lane("Take A", a_take())
    first = files.file_of(lane, FakeModel.info)
    noted = replace(lane, marks=Marks(notes="more bass"))
    second = files.file_of(noted, FakeModel.info)
    assert first != second
    assert files.file_of(noted, FakeModel.info) == second
    assert [read_metadata(path).description.startswith("more bass. ") for path in (first, second)] == [False, True]

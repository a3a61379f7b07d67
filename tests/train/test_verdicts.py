"""What was judged is kept, whatever happens."""

import pytest

from engine.errors import CalmError
from engine.train.judge_take import MEASURES, Verdict
from engine.train.verdicts import FILE, Verdicts


def verdict(value):
    return Verdict(dict.fromkeys(MEASURES, value), [value], [1.0], [{"mfcc": [0.0]}, {"mfcc": [1.0]}])


def key(row="4 steps", clip="1000300", model="abc", **how):
    return {"row": row, "clip": clip, "model": model, **how}


def test_verdicts_come_back(tmp_path):
    first = Verdicts(tmp_path / "new")
    assert first.find(key()) is None
    first.add(key(take=1), verdict(0.5))
    again = Verdicts(tmp_path / "new")
    assert again.find(key(take=1)) == first.find(key(take=1)) == verdict(0.5)
    others = [key(), key(take=2), key(model="other", take=1), key(row="1 step", take=1), key(clip="7", take=1)]
    assert [again.find(other) for other in others] == [None] * 5


def test_a_line_cut_off_or_of_other_measures_is_judged_again(tmp_path):
    verdicts = Verdicts(tmp_path)
    verdicts.add(key(clip="1"), verdict(1.0))
    verdicts.add(key(clip="2"), Verdict({"loudness_drift": 1.0}, [], [], []))
    verdicts.add(key(clip="3"), verdict(None))
    whole = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(whole[:-40] + "\n[1]\n")
    again = Verdicts(tmp_path)
    assert again.find(key(clip="1")) == verdict(1.0)
    assert again.find(key(clip="2")) is None and again.find(key(clip="3")) is None
    again.add(key(clip="3"), verdict(3.0))
    assert Verdicts(tmp_path).find(key(clip="3")) == verdict(3.0)


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CalmError, match="cannot be used"):
        Verdicts(tmp_path / "file")

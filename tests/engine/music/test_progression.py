"""What is likely to follow some bars, by counts that are in the repository and by counts made up here."""

import json

import pytest

from engine.music import progression
from engine.music.progression import Degree, go_on, parsed, printed, read

ONE, FOUR, FIVE, SIX = Degree(0, ""), Degree(5, ""), Degree(7, ""), Degree(9, "m")

BARS = [  # and what is likely to follow
    ([ONE, FOUR], [FIVE, FIVE]),
    ([FOUR, FIVE], [FIVE, ONE]),
    ([FIVE, FIVE], [ONE, FOUR]),
    ([ONE], [FOUR, FIVE, FIVE]),
]


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """C F G G over and over, and once in a hundred times A minor for the second G."""
    path = tmp_path / "counts.json"
    major = {
        "": {"0:": 250, "5:": 250, "7:": 495, "9:m": 5},
        "0:": {"5:": 250},
        "5:": {"7:": 250},
        "7:": {"7:": 245, "0:": 245, "9:m": 5},
        "5: 7:": {"7:": 245, "9:m": 5},
        "7: 7:": {"0:": 245},
        "9:m": {"0:": 5},
    }
    path.write_text(json.dumps({"major": major, "minor": {}}))
    monkeypatch.setattr(progression, "PATH", path)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(("bars", "more"), BARS)
def test_what_came_most_often_goes_on_and_leads_back(bars, more):
    assert go_on("major", bars, len(more)) == more


@pytest.mark.usefixtures("counted")
def test_chords_that_never_came_go_on_all_the_same():
    assert len(go_on("major", [Degree(1, "dim"), Degree(6, "m7")], 2)) == 2


def test_nothing_more_is_asked_for():
    assert go_on("minor", [ONE, FOUR, FIVE, SIX], 0) == []


@pytest.mark.parametrize(
    ("mode", "bars", "likely"),
    [
        ("major", "2:m7 7:7", {"0:maj7", "0:7"}),  # II V
        ("minor", "0:m 8:", {"3:", "5:m", "10:", "7:7"}),
        ("major", "0: 7: 9:m", {"5:"}),
    ],
)
def test_the_counts_that_come_along_know_how_songs_go(mode, bars, likely):
    assert printed(go_on(mode, parsed(bars), 1)) in likely


def test_the_counts_that_come_along_are_all_of_known_chords():
    for of in read(progression.PATH).values():
        assert of[()].total() > 10_000
        for before, after in of.items():
            assert len(before) <= progression.LONGEST and all(0 <= each.root < 12 for each in (*before, *after))


def test_bars_are_printed_as_they_are_parsed():
    assert parsed(printed([Degree(10, "m7b5"), ONE])) == (Degree(10, "m7b5"), ONE)

"""Songs are counted bar by bar from their tonic, and the counts are read where chords go on."""

from engine.music.progression import Degree, go_on, read
from engine.music.qualities import QUALITIES
from engine.train.compose.composer import compose
from engine.train.fit_progressions import bars_of, main


def test_a_bar_is_the_chord_that_lasts_longest_in_it():
    song = compose(12)
    bars, lines = bars_of(song), song.beats[:: song.beats_per_bar]
    assert len(bars) == len(lines) - 1 and {bar.quality for bar in bars} <= set(QUALITIES)
    for bar, start, stop in zip(bars, lines, lines[1:], strict=False):
        inside = [c for c in song.chords if c.start < stop - 0.01 and c.start + c.duration > start + 0.01]
        assert (bar.root + song.tonic) % 12 in {chord.root for chord in inside}


def test_what_was_counted_can_be_read(tmp_path):
    main(["--songs", "12", "-o", str(tmp_path / "counts.json")])
    counted = read(tmp_path / "counts.json")
    assert set(counted) == {"major", "minor"}
    for of in counted.values():
        before, after = next((b, a) for b, a in of.items() if b)
        assert isinstance(before[0], Degree) and sum(after.values()) <= of[()].total()


def test_the_counts_that_come_along_are_used():
    assert go_on("major", [Degree(2, "m7"), Degree(7, "7")], 1)[0].root == 0

"""Which chord follows which, counted in scores."""

import json

import pytest

from engine.errors import CalmError
from engine.music.leadsheet import SCALES
from engine.music.suggest import PATH, PLAIN, RICH, START
from engine.music.symbols import parse_chord
from engine.train.fit_progressions import fit, main, steps


def a_score(*bars: str, tonic=0, mode="major", sections=((0, 4),)) -> dict:
    """One of 120 beats a minute, in 4/4: a bar is 2 s; the chords of a bar share it."""
    chords = []
    for number, bar in enumerate(bars):
        for place, chord in enumerate(parsed := [parse_chord(symbol) for symbol in bar.split()]):
            lasting = 2.0 / len(parsed)
            chords.append(
                {"start": 2.0 * number + place * lasting, "duration": lasting, "symbol": chord.symbol}
                | {"root": chord.root, "bass": chord.bass, "pitches": list(chord.pitches)}
            )
    parts = [{"first_bar": first, "bars": count} for first, count in sections]
    about = {"tempo": 120.0, "beats_per_bar": 4, "tonic": tonic, "mode": mode}
    return about | {"sections": parts, "chords": chords}


def of_every_kind() -> list[dict]:
    return [a_score(*bars, mode=scale) for scale in SCALES for bars in (("C", "F"), ("Cmaj7", "F7"))]


def test_steps_go_from_bar_to_bar_and_count_from_the_section():
    score = a_score("D", "G A", "Bm", "D", "G", tonic=2, sections=((0, 2), (2, 3)))
    assert list(steps(score)) == [
        (START, "I", 0), ("I", "IV", 1), ("IV", "VIm", 0), ("VIm", "I", 1), ("I", "IV", 2)
    ]  # fmt: skip


def test_counts_are_kept_by_scale_and_kind_without_what_is_rare():
    usual, rare = [a_score("C", "G"), a_score("C", "F")] * 100, [a_score("C", "Ab")]
    found = fit(iter([*of_every_kind(), *usual, *rare]))
    assert found["major"][PLAIN]["I"] == {"IV": [0, 101, 0, 0], "V": [0, 100, 0, 0]}
    assert found["minor"][RICH] == {START: {"Imaj7": [1, 0, 0, 0]}, "Imaj7": {"IV7": [0, 1, 0, 0]}}


def test_a_kind_without_songs_is_said():
    with pytest.raises(CalmError, match="kind"):
        fit(iter([a_score("C", "F")]))


def test_the_command_reads_a_folder_and_writes_what_the_app_reads(tmp_path):
    for number, score in enumerate(of_every_kind()):
        (tmp_path / f"{number}.json").write_text(json.dumps(score), "utf-8")
    out = tmp_path / "out" / "progressions.json"
    out.parent.mkdir()
    main([str(tmp_path), "-o", str(out)])
    written, bundled = (json.loads(path.read_text("utf-8")) for path in (out, PATH))
    assert written.keys() == bundled.keys() == SCALES.keys()
    assert {kind for kinds in bundled.values() for kind in kinds} == {PLAIN, RICH}
    assert all(follows[START] for kinds in bundled.values() for follows in kinds.values())

"""The composer's tools one by one: chords, voices, drums, bass, figures, motifs, swing."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from engine.train.compose import drums, melody, parts
from engine.train.compose.form import FORMS, LONGEST, SHORTEST, choose_form
from engine.train.compose.general_midi import PERCUSSION
from engine.train.compose.grooves import FILLS, GROOVES, LIGHT_FILLS
from engine.train.compose.harmony import (
    MODE_OF,
    MODES,
    MOVES,
    PROGRESSIONS,
    Chord,
    fitting_scale,
    parse,
    progression,
    voice,
)
from engine.train.compose.parts import Event, Passage, Span
from engine.train.compose.patterns import BASS, COMP, FIGURES, MADE_UP_BASS
from engine.train.compose.score import Clock
from engine.train.compose.styles import STYLES

C, F, G, AM = (parse(numeral, 0, "major", 0) for numeral in ("I", "IV", "V", "vi"))


def passage(*chords, energy=0.8, kicks=(0, 6, 8), bar=16, first_bar=0):
    spans = tuple(Span((first_bar + i) * bar, bar, chord) for i, chord in enumerate(chords))
    return Passage("A", first_bar, len(chords), bar, energy, spans, kicks, "A")


# Harmony


@pytest.mark.parametrize(
    ("numeral", "tonic", "mode", "richness", "symbol", "tones"),
    [
        ("I", 0, "major", 0, "C", (0, 4, 7)),
        ("vi", 0, "major", 0, "Am", (9, 0, 4)),
        ("V", 0, "major", 1, "G7", (7, 11, 2, 5)),
        ("I", 0, "major", 1, "Cmaj7", (0, 4, 7, 11)),
        ("IV", 9, "dorian", 1, "D7", (2, 6, 9, 0)),
        ("ii", 0, "major", 2, "Dm9", (2, 5, 9, 0, 4)),
        ("iii", 0, "major", 2, "Em7", (4, 7, 11, 2)),  # F sharp is not in C major, so no ninth
        ("bVI", 9, "minor", 0, "F", (5, 9, 0)),
        ("iv", 0, "major", 0, "Fm", (5, 8, 0)),
        ("iim7b5", 9, "minor", 0, "Bm7b5", (11, 2, 5, 9)),
        ("V7b9", 0, "minor", 0, "G7b9", (7, 11, 2, 5, 8)),
        ("#idim7", 0, "major", 0, "Dbdim7", (1, 4, 7, 10)),
        ("i7", 2, "minor", 0, "Dm7", (2, 5, 9, 0)),
        ("V/7", 0, "major", 0, "G/B", (7, 11, 2)),
        ("i/b7", 0, "minor", 0, "Cm/Bb", (0, 3, 7)),
    ],
)
def test_numerals_are_read_as_musicians_read_them(numeral, tonic, mode, richness, symbol, tones):
    chord = parse(numeral, tonic, mode, richness)
    assert (chord.symbol, chord.tones) == (symbol, tones)


def test_the_bass_of_a_slash_chord():
    assert (parse("V/7", 0, "major", 0).root, parse("V/7", 0, "major", 0).bass) == (7, 11)
    assert parse("V", 0, "major", 0).bass == 7


def test_every_numeral_in_the_books_is_a_chord():
    for bank, book in PROGRESSIONS.items():
        for line in book:
            for numeral in line.replace(",", " ").split():
                assert len(parse(numeral, 5, MODE_OF[bank], 2).tones) >= 3
    for mode, moves in MOVES.items():
        for numeral, following in moves.items():
            assert all(parse(n, 5, mode, 1) for n in [numeral, *following.split()])
            assert set(following.split()) <= set(moves), "a walk must be able to go on"


@pytest.mark.parametrize("bank", PROGRESSIONS)
def test_progressions_have_the_length_asked_for(bank):
    rng = Random(1)
    for _ in range(40):
        bars = progression(rng, bank, 16)
        assert len(bars) == 16
        assert all(len(bar) in (1, 2) for bar in bars)


def test_progressions_are_of_many_kinds():
    rng = Random(1)
    assert len({str(progression(rng, "minor", 8)) for _ in range(200)}) > 60


def test_melodies_avoid_what_rubs_against_a_borrowed_chord():
    assert fitting_scale(C, 0, "major") == set(MODES["major"])
    scale = fitting_scale(parse("iv", 0, "major", 0), 0, "major")  # F minor: A flat pushes out G and A
    assert 8 in scale and not scale & {7, 9}


def test_voices_move_little():
    previous, moved = voice(C.tones, 52, ()), []
    for chord in (AM, F, G, C, F, AM, G, C) * 4:
        following = voice(chord.tones, 52, previous)
        assert {pitch % 12 for pitch in following} == set(chord.tones)
        assert list(following) == sorted(following) and 52 <= following[0] < 64 and following[-1] - following[0] < 12
        moved.append(sum(min(abs(p - q) for q in previous) for p in following) / 3)
        previous = following
    assert sum(moved) / len(moved) < 2
    root_position = [
        sum(abs((a - b + 6) % 12 - 6) for a, b in zip(C.tones, c.tones, strict=True)) / 3 for c in (F, G, AM)
    ]
    assert sum(moved) / len(moved) < sum(root_position) / 3


# Patterns and styles


def test_patterns_fill_their_bars():
    for table in (BASS, COMP, FIGURES):
        for name, patterns in table.items():
            assert {len(pattern) for pattern in patterns} == {12 if name == "waltz" else 16}, name
    for name, grooves in GROOVES.items():
        for groove in grooves:
            assert {len(line) for line in groove.values()} == {12 if name == "waltz" else 16}, name
            assert set(groove) <= set(PERCUSSION)
    assert all(len(line) == 8 for fill in (*FILLS, *LIGHT_FILLS) for line in fill.values())


def test_styles_name_patterns_that_exist():
    for style in STYLES:
        assert set(style.grooves) <= set(GROOVES) and set(style.bass) <= {*BASS, *MADE_UP_BASS}
        assert set(style.comp) <= set(COMP) and set(style.figures) <= set(FIGURES)
        assert set(style.harmony) <= set(MODE_OF)
        assert all(0 <= part.chance <= 1 and part.programs for part in style.players.values())


# Drums


def test_a_bar_is_the_groove_as_written():
    strokes = drums.bar({"kick": "X...x...", "hat": "..x...x."}, Random(0), energy=0.8, fill=None, crash=False)
    assert {(s.step, s.pitch) for s in strokes} == {(0, 36), (4, 36), (2, 42), (6, 42)}
    accent, normal = (next(s for s in strokes if s.pitch == 36 and s.step == step) for step in (0, 4))
    assert accent.velocity > normal.velocity


def test_a_fill_takes_the_end_of_the_bar_but_leaves_the_kick():
    groove = {"kick": "X.......X.......", "hat": "x.x.x.x.x.x.x.x."}
    strokes = drums.bar(groove, Random(0), 0.8, fill={"snare": "x.x.x.xx"}, crash=True)
    assert max(s.step for s in strokes if s.pitch == PERCUSSION["hat"]) < 8
    assert [s.step for s in strokes if s.pitch == PERCUSSION["snare"]] == [8, 10, 12, 14, 15]
    assert [s.step for s in strokes if s.pitch == PERCUSSION["kick"]] == [0, 8]
    assert [s.step for s in strokes if s.pitch == PERCUSSION["crash"]] == [0]


def test_quiet_music_is_softer_and_drops_ghost_notes():
    groove = {"snare": "ggggXgggggggXggg"}
    quiet, loud = ([drums.bar(groove, Random(i), e, None, False) for i in range(30)] for e in (0.1, 1.0))
    assert sum(map(len, quiet)) < 0.7 * sum(map(len, loud))
    assert sum(s.velocity for b in quiet for s in b if s.step == 4) < sum(
        s.velocity for b in loud for s in b if s.step == 4
    )


def test_a_personal_groove_keeps_what_was_written():
    groove = GROOVES["rock"][0]
    for seed in range(30):
        own = drums.personal(groove, Random(seed))
        for piece in ("kick", "snare"):
            assert all(new == old for old, new in zip(groove[piece], own[piece], strict=True) if old != ".")
    assert any(drums.personal(groove, Random(seed)) != groove for seed in range(5))


def test_drumming_fills_where_the_section_ends():
    groove = {"kick": "X.......X.......", "hat": "x.x.x.x.x.x.x.x."}
    ends = Counter()
    for seed in range(60):
        events = list(parts.drumming(passage(C, F, G, C), groove, Random(seed), light=False))
        hats = Counter(int(event.step) // 16 for event in events if event.pitch == PERCUSSION["hat"])
        ends.update(bar for bar in range(4) if hats[bar] < 8)
        assert any(event.pitch == PERCUSSION["crash"] and event.step == 0 for event in events)
    assert set(ends) == {3} and ends[3] > 40


# Bass, chords and figures


def test_a_pattern_is_cut_where_the_chord_changes():
    assert parts.hits("R---..5-R-......", Span(16, 16, C), 16) == [(16, 4, "R"), (22, 2, "5"), (24, 2, "R")]
    assert parts.hits("R---..5---------", Span(0, 8, C), 16) == [(0, 4, "R"), (6, 2, "5")]


def test_a_chord_that_enters_in_mid_bar_is_struck():
    assert parts.hits("R---------------", Span(8, 8, C), 16) == [(8, 8, "R")]
    assert parts.hits("X---------------", Span(8, 8, C), 16) == [(8, 8, "x")]
    assert parts.hits("0---1-------2---", Span(24, 8, C), 16) == [(24, 4, "0"), (28, 4, "2")]


def test_bass_degrees():
    line = list(parts.bass(passage(C, G), "R-..5-..8-..3-..", Random(0)))
    assert [event.pitch for event in line] == [36, 43, 48, 40, 31, 38, 43, 35]


def test_the_bass_can_follow_the_kick():
    line = list(parts.bass(passage(C, F, kicks=(0, 6, 10)), "kick", Random(0)))
    assert [event.step for event in line] == [0, 6, 10, 16, 22, 26]
    assert line[0].pitch % 12 == 0 and line[3].pitch % 12 == 5


def test_a_walking_bass_walks_towards_the_next_root():
    chords = (C, AM, F, G) * 4
    line = [e for e in parts.bass(passage(*chords), "walk", Random(3)) if e.length > 2]
    assert [event.step for event in line] == list(range(0, 16 * 16, 4))
    for i, chord in enumerate(chords):
        first, second, third, last = line[4 * i : 4 * i + 4]
        assert first.pitch == parts.low_pitch(chord.bass)
        assert {second.pitch % 12, third.pitch % 12} <= set(chord.tones)
        assert abs(last.pitch - parts.low_pitch(chords[(i + 1) % 16].bass)) <= 2


def test_comping_strikes_whole_chords_and_strums_guitars():
    struck = list(parts.comping(passage(C), ("X-------x-------",) * 2, 52, 0.0, Random(0)))
    assert Counter(event.step for event in struck) == {0: 3, 8: 3}
    strummed = list(parts.comping(passage(C), ("X-------........",) * 2, 52, 0.1, Random(0)))
    assert [round(event.step, 2) for event in strummed] == [0, 0.1, 0.2, 0.3, 0.4]
    assert [event.pitch for event in strummed] == sorted(event.pitch for event in strummed)


def test_a_figure_climbs_through_the_octaves():
    pitches = [event.pitch for event in parts.figure(passage(C), "0-1-2-3-4-5-6-..", 48)]
    assert pitches == [48, 52, 55, 60, 64, 67, 72]


def test_a_pad_holds_while_the_harmony_does():
    events = list(parts.pad(passage(C, C, F), 50, wide=False))
    assert Counter(event.step for event in events) == {0: 3, 32: 3}
    assert {round(event.length) for event in events if event.step == 0} == {32}
    narrow, wide = (max(e.pitch for e in parts.pad(passage(C), 50, w)) for w in (False, True))
    assert wide > narrow


def test_notes_of_a_pitch_do_not_overlap():
    tidy = parts.without_clashes(
        [Event(4, 4, 60, 80), Event(0, 8, 60, 70), Event(0, 2, 60, 90), Event(2, 9, 64, 50), Event(20, 4, 60, 60)]
    )
    assert tidy == [Event(0, 2, 60, 90), Event(2, 9, 64, 50), Event(4, 4, 60, 80), Event(20, 4, 60, 60)]
    cut = parts.without_clashes([Event(0, 8, 60, 90), Event(4, 4, 60, 80)])
    assert [(event.step, event.length) for event in cut] == [(0, 4), (4, 4)]


# Melody


def test_motifs_are_notes_in_order_that_do_not_overlap():
    for seed in range(60):
        motif = melody.invent(Random(seed), 16, 0.1 + seed / 100)
        assert len(motif.tones) >= 2
        assert all(0 <= tone.step < motif.bars * 16 for tone in motif.tones)
        assert all(a.step + a.length <= b.step for a, b in pairwise(motif.tones))
        assert max(abs(tone.degree) for tone in motif.tones) < 15


def test_busy_styles_have_busy_motifs():
    sparse, busy = (
        sum(len(m.tones) / m.bars for m in (melody.invent(Random(s), 16, density) for s in range(80)))
        for density in (0.15, 0.6)
    )
    assert busy > 1.5 * sparse


def test_a_variation_changes_something_but_not_everything():
    motif = melody.invent(Random(5), 16, 0.5)
    for seed in range(20):
        varied = melody.vary(motif, Random(seed))
        assert varied != motif and varied.bars == motif.bars
        steps = {tone.step for tone in motif.tones}
        assert len(steps & {tone.step for tone in varied.tones}) >= len(steps) // 2
        assert all(a.step + a.length <= b.step for a, b in pairwise(varied.tones))


def test_a_melody_states_its_motif_and_returns_to_it():
    motif = melody.Motif(1, (melody.Tone(0, 4, 0), melody.Tone(4, 2, 1), melody.Tone(6, 2, 2), melody.Tone(8, 8, -1)))
    returns = 0
    for seed in range(40):
        sung = list(melody.sing(passage(C, C, C, C), motif, 72, 0, "major", Random(seed)))
        first, third = ([(e.step % 16, e.pitch) for e in sung if e.step // 16 == bar] for bar in (0, 2))
        assert [step for step, _ in first] == [0, 4, 6, 8] and first[0] == (0, 72)
        returns += first == third
    assert 20 <= returns < 40, "often the same, sometimes varied"


def test_a_phrase_ends_on_a_long_note():
    motif = melody.Motif(1, tuple(melody.Tone(step, 2, step // 4) for step in range(0, 16, 2)))
    for seed in range(20):
        sung = list(melody.sing(passage(C, C, C, C), motif, 72, 0, "major", Random(seed)))
        assert sung[-1].step < 48 or sung[-1].length >= 7


def test_strong_notes_of_a_melody_are_chord_tones_and_the_others_fit():
    chords = (C, AM, parse("iv", 0, "major", 0), G) * 4
    for seed in range(20):
        motif = melody.invent(Random(seed), 16, 0.5)
        for event in melody.sing(passage(*chords), motif, 70, 0, "major", Random(seed)):
            chord = chords[int(event.step) // 16]
            assert event.pitch % 12 in fitting_scale(chord, 0, "major")
            if event.step % 4 == 0 and event.length > 1.8:
                assert event.pitch % 12 in chord.tones
            assert 45 <= event.pitch <= 95
            assert event.step + event.length <= 16 * 16


# Form and time


@pytest.mark.parametrize("bar_seconds", [180 / 175, 240 / 175, 2.0, 3.0, 4.0])
def test_forms_fit_the_time_at_any_tempo(bar_seconds):
    forms = [choose_form(Random(seed), bar_seconds) for seed in range(60)]
    for form in forms:
        assert SHORTEST <= sum(bars for _, bars in form) * bar_seconds <= LONGEST
        assert tuple(name for name, _ in form) in FORMS
        assert all(bars >= 2 for _, bars in form)
    assert len({tuple(form) for form in forms}) >= 2


def test_a_straight_clock_is_even():
    clock = Clock(tempo=120.0, swing=0.5, swung=2)
    assert [clock.seconds(step) for step in (0, 1, 2, 4, 8.5)] == pytest.approx([0, 0.125, 0.25, 0.5, 1.0625])


@pytest.mark.parametrize(("swung", "offbeat"), [(1, 1), (2, 2)])
def test_swing_delays_every_second_note_and_no_beat(swung, offbeat):
    clock = Clock(tempo=60.0, swing=2 / 3, swung=swung)
    assert [clock.seconds(4 * beat) for beat in range(4)] == pytest.approx([0, 1, 2, 3])
    assert clock.seconds(offbeat) == pytest.approx(2 / 3 * offbeat / 2)
    times = [clock.seconds(step / 4) for step in range(64)]
    assert all(a < b for a, b in pairwise(times))


def test_a_chord_is_a_value():
    assert parse("IV", 0, "major", 0) == F == Chord("F", 5, 5, (5, 9, 0))

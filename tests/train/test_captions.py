"""Captions are true, and worded in many ways."""

import numpy as np
import pytest

from engine.music.leadsheet import STYLES
from engine.train.captions import STYLE_WORDS, caption

PIANO, DRUMS = {"channel": 0, "program": 0}, {"channel": 9, "program": 40}
LABELS = {"style": "lo-fi", "mode": "minor", "tempo": 72.4, "instruments": [PIANO, DRUMS]}


def captions(count=200, **changes):
    random = np.random.default_rng(0)
    return [caption(LABELS | changes, random) for _ in range(count)]


def test_every_style_of_the_composer_has_words():
    assert set(STYLE_WORDS) == set(STYLES)


def test_one_song_is_told_in_many_ways():
    said = captions()
    assert len(set(said)) > 120
    assert {"brush drums", "drum kit", "grand piano", "keys"} <= {
        name for name in ("brush drums", "drum kit", "grand piano", "keys") for each in said if name in each
    }


def test_the_tempo_is_told_in_words_and_numbers():
    assert any("72 bpm" in each for each in captions())
    slow, fast = " ".join(captions(tempo=60)), " ".join(captions(tempo=150))
    assert "slow" in slow and "fast" not in slow
    assert "fast" in fast and "slow" not in fast


@pytest.mark.parametrize(("mode", "said", "never"), [("major", "bright", "dark"), ("phrygian", "dark", "bright")])
def test_the_mood_is_that_of_the_mode(mode, said, never):
    words = " ".join(captions(mode=mode))
    assert said in words and never not in words


def test_one_player_is_called_solo_and_six_a_band():
    assert "solo" in " ".join(captions(instruments=[PIANO]))
    assert "full band" in " ".join(captions(instruments=[PIANO] * 5 + [DRUMS]))


def test_nobody_is_named_who_does_not_play():
    assert not any("drum" in each or "guitar" in each for each in captions(instruments=[PIANO], style="chamber"))

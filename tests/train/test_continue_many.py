"""Many continuations at once are those that `generate` writes one by one."""

import threading

import numpy as np
import pytest

from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.generate import generate
from engine.music.leadsheet import Grid, LeadSheet, SheetSection
from engine.request import Prompt, Request
from engine.take import Take
from engine.train.continue_many import continue_many
from engine.weights import random_model

RATE, FRAMES = 48_000, 20


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def prompts():
    t = np.arange(RATE) / RATE
    return np.stack([[0.3 * np.sin(2 * np.pi * f * t) * np.exp(-6 * (t % 0.3))] * 2 for f in (220, 523)]).astype("f4")


def alone(model, prompt, seed, sheet, controls):
    take = Take(Request(Prompt(Audio(prompt, RATE), "clip", 0, RATE), FRAMES / 25, seed, controls, sheet=sheet), 1)
    list(generate(model, take, ControlBox(controls), threading.Event()))
    return take.samples[:, take.cut :][:, : FRAMES * 1920 - model.vae.delay]


@pytest.mark.parametrize("controls", [Controls(steps=2), Controls("trigflow", 3)], ids=["consistency", "trigflow"])
@pytest.mark.parametrize("told", [False, True])
def test_together_as_alone(model, prompts, controls, told):
    sections = (SheetSection(1.2, 1.5, "break", 0.1), SheetSection(1.5, 9.0, "B", 1.0))
    sheets = [
        LeadSheet(grids=(Grid(90.0, 0.0, 4),), sections=sections),
        LeadSheet(grids=(Grid(150.0, 0.0, 4),), sections=sections[1:]),
    ]
    together = continue_many(model, prompts, [3, 4], sheets if told else None, FRAMES, controls)
    assert together.shape == (2, 2, FRAMES * 1920 - model.vae.delay)
    for index, audio in enumerate(together):
        single = alone(model, prompts[index], 3 + index, sheets[index] if told else None, controls)
        assert np.abs(audio - single).max() < 1e-3 * np.abs(audio).max()


def test_what_is_told_changes_what_is_written(model, prompts):
    free, slow = (
        continue_many(model, prompts, [3, 4], sheets, FRAMES, Controls())
        for sheets in (None, [LeadSheet(grids=(Grid(60.0, 0.0, 4),))] * 2)
    )
    assert np.abs(free - slow).max() > 1e-4

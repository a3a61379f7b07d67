"""A take's lead sheet reaches every frame, as firmly as the knob says."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.brief import Brief
from engine.controls import FORM, ControlBox, Controls
from engine.generate import generate
from engine.music.leadsheet import Grid, LeadSheet, SheetSection, without_form
from engine.request import Prompt, Request
from engine.take import Take
from engine.telling import Telling
from engine.weights import random_model

RATE = 44_100
NOTHING = torch.zeros(1, 0, 8)  # was written before
SHEET = LeadSheet(grids=(Grid(97.0, 0.3, 4),), tonic=3, mode="minor")


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def take_with(sheet, seconds=0.4, follow=3.0):
    t = np.arange(RATE) / RATE
    clip = Audio(np.stack([0.3 * np.sin(2 * np.pi * 220 * t) * np.exp(-5 * (t % 0.25))] * 2).astype("f4"), RATE)
    controls = Controls(follow=follow, harmony=follow)
    return Take(Request(Prompt(clip, "clip", 0, RATE), seconds, 1, controls, sheet=sheet), 1)


def written(model, take, box=None):
    list(generate(model, take, box or ControlBox(take.request.controls), threading.Event()))
    return take.samples[:, take.cut :]


def test_z_is_bent_by_the_features_of_the_middle_of_its_frame(model):
    take, z = take_with(SHEET), torch.randn(1, 1, 32)
    bent = Telling(model, take)(z, NOTHING, 7, take.request.controls, Brief(SHEET))
    middle = take.cut / RATE + 7.5 / 25
    sheet = torch.from_numpy(SHEET.features(np.array([middle])))
    assert torch.allclose(bent, model.calm.follow(z, sheet, 3.0), atol=1e-6)


def test_z_is_bent_by_what_was_written_bars_ago_as_much_as_the_knob_says(model):
    take, z, past = take_with(SHEET), torch.randn(1, 1, 32), torch.randn(1, 200, 8)
    nothing, once, twice = (
        Telling(model, take)(z, past, 3, Controls(recall=recall), Brief(SHEET)) for recall in (0.0, 1.0, 2.0)
    )
    assert torch.equal(nothing, Telling(model, take)(z, NOTHING, 3, Controls(recall=2.0), Brief(SHEET)))
    assert torch.allclose(twice - nothing, 2 * (once - nothing), atol=1e-5) and not torch.allclose(once, nothing)
    bar = 4 * 60 / 97 * 25
    near = past.clone()
    near[:, 200 - round(bar)] += 1
    assert not torch.allclose(Telling(model, take)(z, near, 3, Controls(recall=1.0), Brief(SHEET)), once)
    far = past.clone()
    far[:, 199] += 1
    assert torch.equal(Telling(model, take)(z, far, 3, Controls(recall=1.0), Brief(SHEET)), once)


def test_without_a_sheet_or_with_a_model_that_reads_none_z_stays(model):
    z, controls, deaf = torch.randn(1, 1, 32), Controls(), random_model("tiny")
    deaf.calm.follow = None
    assert Telling(model, take_with(None))(z, NOTHING, 0, controls, Brief()) is z
    assert Telling(deaf, take_with(SHEET))(z, NOTHING, 0, controls, Brief(SHEET)) is z


def test_followed_not_at_all_is_free(model):
    free, loose, firm = (
        written(model, take_with(sheet, follow=follow)) for sheet, follow in ((None, 3.0), (SHEET, 0.0), (SHEET, 3.0))
    )
    assert np.array_equal(free, loose) and not np.allclose(free, firm)


def test_sections_tell_how_much_more_energy_there_is_as_long_as_they_are_followed(model):
    sheet = replace(SHEET, sections=(SheetSection(1.2, 1.3, "break", 0.4), SheetSection(1.3, 9.0, "B", 0.85)))
    telling = Telling(model, take_with(sheet))
    over = [telling.more_energy(frame, Controls(), Brief(sheet)) for frame in (0, 5, 9, 11)]
    assert over == pytest.approx([0, -0.2, 0.25, 0.25]), "frames after the last are as the last"
    assert telling.more_energy(5, Controls(follow=0.0), Brief(sheet)) == 0
    assert telling.more_energy(5, Controls(), Brief(SHEET)) == telling.more_energy(5, Controls(), Brief()) == 0


def test_sections_are_followed_by_more_than_all_else(model):
    z, controls = torch.randn(1, 1, 32), Controls(harmony=3.0)
    sheet = replace(SHEET, sections=(SheetSection(0.0, 9.0, "break", 0.4),))
    plain, formed = (Telling(model, take_with(each))(z, NOTHING, 3, controls, Brief(each)) for each in (SHEET, sheet))
    middle = torch.from_numpy(sheet.features(np.array([1 + 3.5 / 25])))
    usual = model.calm.follow(z, middle, 3.0)
    form_alone = usual - model.calm.follow(z, without_form(middle), 3.0)
    assert torch.allclose(formed, usual + (FORM - 1) * form_alone, atol=1e-5)
    assert not torch.allclose(formed, usual, atol=1e-3) and not torch.allclose(plain, formed, atol=1e-3)


def test_how_firmly_is_a_live_control(model):
    take, box = take_with(SHEET), ControlBox(Controls(follow=3.0))
    frames = generate(model, take, box, threading.Event())
    next(frames)
    box.set(Controls(follow=0.0))
    list(frames)
    assert [(frame, controls.follow) for frame, controls in take.history.changes] == [(0, 3.0), (1, 0.0)]
    firm = take_with(SHEET)
    assert not np.array_equal(take.samples[:, take.cut :], written(model, firm))


def test_the_last_frame_is_told_of_too(model):
    take = take_with(SHEET, seconds=0.4001)
    written(model, take)
    assert take.full

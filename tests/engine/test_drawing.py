"""Rows of a batch are drawn by their own controls and seeds, and nothing of the others can be told from their bits."""

import threading

import pytest
import torch

from engine.controls import Controls
from engine.drawing import Stopped, draw
from engine.sampling import SAMPLERS, frame_noise
from engine.steps import use
from engine.weights import random_model

HOT, COLD, MANY = Controls(temperature=1.6), Controls(temperature=0.3), Controls("trigflow", 5, 0.5)
SEEDS = [5, 6, 7, 8]


@pytest.fixture(scope="module", params=["torch", "onnxruntime int8"])
def model(request):
    model = random_model("tiny")
    use(model, request.param)
    return model


def a_z(model, rows=4):
    return torch.randn(rows, 1, model.config.backbone.width, generator=torch.manual_seed(1))


def drawn(model, z, controls, seeds=SEEDS):
    with torch.inference_mode():
        return draw(model, z, controls, seeds[: len(controls)], 3, threading.Event())


def test_one_alone_is_what_the_sampler_says(model):
    z = a_z(model, 1)
    noise = frame_noise(5, 3, (1, model.config.vae.latent_dim), model.device)
    with torch.inference_mode():
        field = model.steps.field("consistency", z[:, 0])
        expected = SAMPLERS["consistency"](field, noise, HOT.steps, HOT.temperature)
    assert torch.equal(drawn(model, z, [HOT])[:, 0], expected)


def test_each_row_is_as_it_would_be_alone(model):
    z, controls = a_z(model), [HOT, MANY, COLD, Controls(steps=2)]
    together = drawn(model, z, controls)
    for row, each in enumerate(controls):
        alone = drawn(model, z[row : row + 1], [each], SEEDS[row:])
        assert torch.allclose(together[row], alone[0], atol=1e-4)


@pytest.mark.parametrize("row", range(4))
def test_the_others_leave_no_trace(model, row):
    z = a_z(model)
    plain = drawn(model, z, [HOT] * 4)
    for other in (COLD, MANY, Controls(steps=1)):
        mixed = [HOT if number == row else other for number in range(4)]
        elsewhere = [each if number == row else each + 100 for number, each in enumerate(SEEDS)]
        changed = z + 3 * (torch.arange(4) != row).view(4, 1, 1)
        assert torch.equal(drawn(model, changed, mixed, elsewhere)[row], plain[row])


def test_rows_with_other_steps_are_drawn_in_the_same_calls(model, monkeypatch):
    calls, field = [], model.steps.field
    steps = [1, 4, 2, 4]

    def counted(sampler, z):
        head = field(sampler, z)
        return lambda x, t: calls.append((sampler, len(x))) or head(x, t)

    monkeypatch.setattr(model.steps, "field", counted)
    together = drawn(model, a_z(model), [Controls(steps=each) for each in steps])
    assert calls == [("consistency", 4)] * 4
    for row, each in enumerate(steps):
        assert torch.equal(together[row], drawn(model, a_z(model), [Controls(steps=each)] * 4)[row])


def test_a_stop_breaks_it_off(model):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        draw(model, a_z(model), [HOT] * 4, SEEDS, 0, stop)

"""Who carries out the steps is chosen by name, said in the model's info, and torch when nothing else can."""

import sys

import pytest
import torch

from engine import device, steps, weights
from engine.errors import CalmError
from engine.steps import NAMES, TorchSteps, named_in, use
from engine.weights import random_model

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")


@pytest.fixture
def model():
    return random_model("tiny")


@pytest.fixture
def without_onnxruntime(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    for name in ("engine.fast.onnx_steps", "engine.fast.cache"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_torch_steps_are_the_models_own(model):
    assert model.steps.name == "torch"
    latent, (_, state), (_, expected) = torch.ones(1, 1, 8), model.calm.begin(), model.calm.begin()
    z = model.steps.context(latent, state)
    assert torch.equal(z, model.calm.context(latent, expected)) and state.position == 2
    x, t = torch.ones(1, 8), torch.ones(1)
    assert torch.equal(model.steps.field("trigflow", z[:, 0])(x, t), model.calm.heads["trigflow"](x, t, z[:, 0]))
    voice = model.vae.initial_decoder_state()
    assert torch.equal(model.steps.decode(latent, voice)[0], model.vae.decode(latent, voice)[0])


def test_the_best_is_taken_where_none_is_named(model, tmp_path):
    use(model)
    assert model.steps.name == steps.BEST["cpu"]
    weights.save(model, tmp_path, "test licence")
    assert weights.load(tmp_path, CPU).steps.name == steps.BEST["cpu"]
    assert weights.load(tmp_path, CPU, steps="torch").steps.name == "torch"


@pytest.mark.parametrize("name", ["torch", "onnxruntime fp32", "onnxruntime int8"])
def test_a_recipes_arithmetic_names_the_steps_to_replay_it_with(model, name):
    use(model, name)
    assert model.steps.name == name == named_in(model.info["arithmetic"])


def test_arithmetic_of_torch_is_what_it_always_was(model):
    before = model.info["arithmetic"]
    use(model, "onnxruntime int8")
    assert before in model.info["arithmetic"] and before.startswith("torch 2")
    use(model, "torch")
    assert model.info["arithmetic"] == before == device.arithmetic(CPU)


def test_only_8_bits_depend_on_vnni(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_vnni": False, "avx_vnni": True})
    with_it = device.arithmetic(CPU, "onnxruntime int8")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert with_it == device.arithmetic(CPU, "onnxruntime int8") + ", VNNI"
    assert "VNNI" not in device.arithmetic(CPU, "onnxruntime fp32")


def test_torch_where_there_is_no_onnxruntime(model, without_onnxruntime, caplog):
    use(model)
    assert isinstance(model.steps, TorchSteps) and named_in(model.info["arithmetic"]) == "torch"
    assert "onnxruntime int8 cannot be used, torch is" in caplog.text
    caplog.clear()


def test_torch_where_the_conversion_fails(model, monkeypatch, caplog):
    monkeypatch.setattr("engine.fast.convert.convert", lambda model, int8: {"context": b"no graph"})
    use(model)
    assert model.steps.name == "torch" and "torch is" in caplog.text
    caplog.clear()


def test_steps_that_were_asked_for_and_cannot_be_had_are_an_error(model, without_onnxruntime):
    with pytest.raises(CalmError, match="cannot compute with onnxruntime fp32"):
        use(model, "onnxruntime fp32")
    assert model.steps.name == "torch"


@pytest.mark.parametrize("name", ["cuda graphs", "onnxruntime int4", "abacus"])
def test_steps_that_there_are_not_are_an_error(model, name):
    with pytest.raises(CalmError, match=name) as caught:
        use(model, name)
    assert "torch" in caught.value.advice and model.steps.name == "torch"


def test_unknown_arithmetic_is_taken_for_torchs():
    assert named_in("by hand") == "torch"
    assert {named_in(f"{name} 1.2, torch 2.13.0, AVX2") for name in NAMES} == set(NAMES)

"""Weights are read strictly: whatever is wrong with a model folder is said by name, and nothing in it is ever run."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine import weights
from engine.eight_bits import dequantised, quantised
from engine.errors import CalmError
from engine.weights import SCALES, installed, load, presets, random_model, save, sha256

CPU = torch.device("cpu")
NARROW = "calm.backbone.transformer.layers.0.attention.qkv.weight"  # is stored in 8 bits


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def not_the_users_cache(cache, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: cache)


@pytest.fixture
def folder(tmp_path):
    save(random_model("tiny"), tmp_path / "model", "test licence")
    return tmp_path / "model"


def rewrite(folder, change):
    """Change the tensors and keep the checksum right, as someone who builds a model folder by hand would."""
    tensors = load_file(folder / "weights.safetensors")
    change(tensors)
    save_file(tensors, folder / "weights.safetensors")
    card = json.loads((folder / "config.json").read_text())
    card["sha256"] = sha256(folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps(card))


def test_saved_and_loaded_is_the_same_model_in_half_precision_but_for_layers_in_8_bits(folder):
    model, again = random_model("tiny"), load(folder, CPU).state_dict()
    stored = load_file(folder / "weights.safetensors")
    narrow = {name for name in again if name + SCALES in stored}
    assert {NARROW, "calm.heads.consistency.blocks.0.mlp.0.weight"} < narrow
    for name, tensor in model.state_dict().items():
        expected = dequantised(*quantised(tensor)) if name in narrow else tensor.half().float()
        assert torch.equal(again[name], expected), name
    assert not any(name.startswith("vae") for name in narrow)


def test_a_model_that_is_loaded_and_saved_again_stays_as_it_is(folder, tmp_path):
    first = load(folder, CPU)
    save(first, tmp_path / "again", "test licence")
    again = load(tmp_path / "again", CPU).state_dict()
    for name, tensor in first.state_dict().items():
        assert torch.allclose(again[name], tensor, rtol=1e-6, atol=0), name


def test_a_model_whose_layers_are_stored_in_half_precision_is_read_too(folder):
    def widen(tensors):
        for name in [name for name in tensors if name + SCALES in tensors]:
            tensors[name] = dequantised(tensors[name], tensors.pop(name + SCALES)).half()

    before = load(folder, CPU).state_dict()
    rewrite(folder, widen)
    for name, tensor in load(folder, CPU).state_dict().items():
        assert torch.allclose(tensor, before[name], rtol=1e-3, atol=1e-7), name


def test_whoever_may_read_the_card_may_read_the_weights(folder):
    assert (folder / "weights.safetensors").stat().st_mode == (folder / "config.json").stat().st_mode


def test_loaded_constants_are_real(folder):
    assert not any(tensor.is_meta for tensor in [*load(folder, CPU).buffers(), *load(folder, CPU).parameters()])


def test_info_says_what_it_is(folder):
    info = load(folder, CPU).info
    assert (info["name"], info["device"], info["license"]) == ("tiny", "cpu", "test licence")
    assert info["sha256"] == sha256(folder / "weights.safetensors")
    assert sum(info["parameters"].values()) == pytest.approx(sum(p.numel() for p in load(folder, CPU).parameters()))


def test_progress_is_reported_up_to_the_whole_file(folder):
    seen = []
    load(folder, CPU, lambda done, total, note: seen.append((done, total, note)))
    done, total, _ = seen[-1]
    assert done == pytest.approx(total, rel=0.2) and [d for d, *_ in seen] == sorted(d for d, *_ in seen)


def truncate(folder):
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def spoil_but_sign(folder):
    (folder / "weights.safetensors").write_bytes(b"\x80\x04not weights at all")
    card = json.loads((folder / "config.json").read_text())
    card["sha256"] = sha256(folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps(card))


def edit_config(folder, change):
    card = json.loads((folder / "config.json").read_text())
    change(card)
    (folder / "config.json").write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (truncate, "damaged or truncated"),
        (spoil_but_sign, "cannot be read"),
        (lambda f: (f / "weights.safetensors").unlink(), "weights are missing"),
        (lambda f: (f / "config.json").unlink(), "config.json is missing"),
        (lambda f: (f / "config.json").write_text("{"), "not JSON"),
        (lambda f: (f / "config.json").write_text("[]"), "must hold"),
        (lambda f: edit_config(f, lambda c: c.update(extra=1)), "must hold"),
        (lambda f: edit_config(f, lambda c: c["model"]["head"].update(blocs=1)), "config.head.blocs"),
        (lambda f: rewrite(f, lambda t: t.pop("calm.latent_mean")), "lack tensor calm.latent_mean"),
        (lambda f: rewrite(f, lambda t: t.update(more=torch.zeros(1))), "unknown tensor more"),
        (lambda f: rewrite(f, lambda t: t.pop(NARROW + SCALES)), "lack tensor .*scales"),
        (lambda f: rewrite(f, lambda t: t.update({NARROW + SCALES: torch.ones(3, 1)})), r"scales.*\[3, 1\], not"),
        (lambda f: rewrite(f, lambda t: t.update({NARROW: t[NARROW].half()})), "unknown tensor .*scales"),
        (lambda f: rewrite(f, lambda t: t.update({"calm.latent_std": torch.zeros(3)})), r"latent_std.*\[3\], not"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_a_folder(folder, damage, words):
    damage(folder)
    with pytest.raises(CalmError, match=words) as caught:
        load(folder, CPU)
    assert "--weights" in caught.value.advice or "config that came" in caught.value.advice


def test_same_seed_same_random_model_and_nothing_in_it_is_zero():
    first, second, other = random_model("tiny"), random_model("tiny"), random_model("tiny", seed=1)
    assert torch.equal(first.calm.backbone.bos, second.calm.backbone.bos)
    assert not torch.equal(first.calm.backbone.bos, other.calm.backbone.bos)
    assert all(parameter.count_nonzero() for parameter in first.parameters())


def test_presets_are_listed_with_their_parts():
    rows = {row["name"]: row["parameters"] for row in presets()}
    assert rows.keys() == {"paper", "large", "studio", "small", "small-128", "tiny"}
    assert rows["paper"]["backbone"] > 1.3e9 and set(rows["tiny"]) == set(rows["studio"])


def test_the_bundled_model_is_installed_whole_and_small_enough():
    bundled = {row["name"]: row for row in installed()}["studio"]
    assert bundled["sha256"] == sha256(weights.DEFAULT / "weights.safetensors")
    assert bundled["mb"] < 60 and "Apache-2.0" in bundled["license"]
    model = load(None, CPU)
    assert all(torch.isfinite(tensor).all() for tensor in model.state_dict().values())

"""Every stage of training, in order, at tiny size: from a few synthetic songs to an installed model."""

import itertools
import json
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from engine import weights
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.request import Prompt, Request
from engine.take import Take
from engine.train import (
    balance_vae,
    distil,
    encode,
    evaluate_draws,
    evaluate_text,
    install,
    run,
    train_calm,
    train_follow,
    train_text,
    train_vae,
)

RATE, SECONDS = 48_000, 24
MINUTES = "0.02"  # 1.2 s by the clock below: about 25 steps on any machine


def write_song(path, seed):
    random = np.random.default_rng(seed)
    t = np.arange(SECONDS * RATE) / RATE
    notes = random.uniform(100, 2000, 6)
    tone = sum(np.sin(2 * np.pi * f * t) * np.exp(-6 * ((t + f) % 0.5)) for f in notes) / 10
    stereo = np.stack([tone, tone * random.uniform(0.2, 1)]) + 0.003 * random.standard_normal((2, len(t)))
    soundfile.write(path, stereo.T, RATE, subtype="PCM_16")
    chords = [{"start": 0.0, "duration": 1.0 * SECONDS, "symbol": "C", "root": 0, "bass": 0, "pitches": [0, 4, 7]}]
    score = {"seed": seed, "tempo": 120.0, "beats_per_bar": 4, "tonic": 0, "mode": "major", "chords": chords}
    score |= {"style": ("folk", "techno", "jazz trio")[seed], "instruments": [{"channel": 0, "program": 40 * seed}]}
    path.with_suffix(".json").write_text(json.dumps(score))


def count_steps(patch):
    """A clock that goes by steps, and small ones of the ear."""
    ticks = itertools.count(step=0.02)
    patch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    patch.setattr(train_vae, "BATCH", 4)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder in which all stages have run once."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "songs").mkdir()
    for seed in range(3):
        write_song(folder / "songs" / f"{seed:06}.wav", seed)
    patch = pytest.MonkeyPatch()
    count_steps(patch)
    patch.setattr(train_vae, "PCA_CROPS", 32)
    tiny = ["--preset", "tiny"]
    train_vae.main([str(folder / "songs"), str(folder / "vae"), "--minutes", MINUTES, *tiny])
    encode.main([str(folder / "songs"), str(folder / "vae"), str(folder / "latents"), *tiny])
    latents = str(folder / "latents")
    train_calm.main([latents, str(folder / "calm"), "--heldout", latents, "--minutes", MINUTES, *tiny])
    calm, follow = str(folder / "calm"), str(folder / "follow")
    train_follow.main([latents, calm, follow, "--heldout", latents, "--minutes", MINUTES, *tiny])
    train_text.main([latents, calm, str(folder / "text"), "--heldout", latents, "--minutes", MINUTES, *tiny])
    distil.main([latents, calm, str(folder / "distil"), "--minutes", MINUTES, *tiny])
    install.main([str(folder / name) for name in ("vae", "calm", "follow", "text", "distil", "model")] + tiny)
    patch.undo()
    return folder


def metrics(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_what_was_trained_loads_and_continues_a_song(trained):
    model = weights.load(trained / "model", torch.device("cpu"))
    prompt = Prompt.from_file(trained / "songs" / "000000.wav")
    take = Take(Request(prompt, 0.3, 1, Controls()), 1)
    list(generate(model, take, ControlBox(Controls()), threading.Event()))
    assert take.full and np.isfinite(take.samples).all()
    assert np.abs(take.samples[:, take.cut :]).max() > 1e-3


def test_pca_alone_already_describes_the_songs(trained):
    first = metrics(trained / "vae")[0]
    assert 20 * first["level"] < 4  # dB; without the PCA the first step is off by more than 10


def test_latents_are_near_unit_variance(trained):
    latents = np.concatenate([np.load(file) for file in sorted((trained / "latents").glob("*.npy"))]).astype(float)
    assert latents.shape[1] == 8 and len(latents) == 3 * SECONDS * 25
    assert np.all(latents.std(0) > 0.1) and np.all(latents.std(0) < 10)


def test_encoding_again_only_does_what_is_missing(trained):
    kept, missing = sorted((trained / "latents").glob("*.npy"))[:2]
    before, stamp = np.load(missing), kept.stat().st_mtime_ns
    missing.unlink()
    encode.main([str(trained / name) for name in ("songs", "vae", "latents")] + ["--preset", "tiny"])
    assert kept.stat().st_mtime_ns == stamp
    assert np.array_equal(np.load(missing), before)


def test_installed_parts_are_the_averages_of_the_runs(trained):
    model = weights.load(trained / "model", torch.device("cpu"))
    ema = torch.load(trained / "distil" / "checkpoint.pt", weights_only=True)["ema"]["values"]
    installed = model.calm.heads["consistency"].out.weight
    assert torch.equal(installed, ema["head.out.weight"].half().float())
    assert not torch.equal(installed, model.calm.heads["trigflow"].out.weight)


@pytest.mark.parametrize("by", distil.WAYS)
def test_a_head_is_distilled_onward_from_what_it_was(trained, tmp_path, monkeypatch, by):
    count_steps(monkeypatch)
    options = ["--minutes", MINUTES, "--preset", "tiny", "--by", by, "--onward"]
    distil.main([str(trained / "latents"), str(trained / "model"), str(tmp_path), *options])
    learned = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["ema"]["values"]["head.out.weight"]
    heads = weights.load(trained / "model", torch.device("cpu")).calm.heads
    nearer, further = ((learned - heads[name].out.weight).norm() for name in ("consistency", "trigflow"))
    assert 0 < nearer < further


def test_draws_of_a_trained_model_are_judged_against_what_follows(trained, capsys):
    latents, model = str(trained / "latents"), str(trained / "model")
    evaluate_draws.main([latents, "--model", model, "--preset", "tiny", "--frames", "40", "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    finest = table["trigflow, 100 steps at 1.0"]
    assert abs(finest["distance"]) < 0.1 * table["trigflow, 4 steps at 1.2"]["score"]
    for row in table.values():
        assert row["score"] > 0 and row["mean_error"] > 0 and row["variance"] > 0


def test_a_balanced_decoder_speaks_as_loud_as_the_songs(trained, tmp_path):
    songs = trained / "songs"
    balance_vae.main([str(songs), str(trained / "model"), str(tmp_path / "balanced"), "--songs", "3"])
    before, after = (weights.load(folder, torch.device("cpu")) for folder in (trained / "model", tmp_path / "balanced"))

    def missing(model):
        lacks = [balance_vae.lacking(model, song) for song in balance_vae.middles(songs, 3, RATE)]
        return torch.stack(lacks).median(dim=0).values.abs().mean()

    assert missing(after) < 0.7 * missing(before)
    for name, tensor in before.state_dict().items():
        changed = not torch.equal(tensor, after.state_dict()[name])
        assert changed == (name == "vae.gain"), name


def test_a_decoder_goes_on_alone_and_the_latents_stay(trained, tmp_path, monkeypatch):
    count_steps(monkeypatch)
    songs, tiny = str(trained / "songs"), ["--preset", "tiny"]
    train_vae.main([songs, str(tmp_path), "--minutes", MINUTES, "--decoder-of", str(trained / "vae"), *tiny])
    before, after = (run.load_vae(folder, "tiny").state_dict() for folder in (trained / "vae", tmp_path))
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"decoder"}


def test_the_lead_sheet_is_learned_with_everything_else_frozen(trained):
    model = weights.load(trained / "model", torch.device("cpu"))
    calm = torch.load(trained / "calm" / "checkpoint.pt", weights_only=True)["ema"]["values"]
    assert torch.equal(model.calm.backbone.embed.weight, calm["calm.backbone.embed.weight"].half().float())
    learned = torch.load(trained / "follow" / "checkpoint.pt", weights_only=True)["ema"]["values"]
    assert learned["follow.bend.weight"].abs().max() > 0  # it began at zero
    assert torch.equal(model.calm.follow.read.weight, learned["follow.read.weight"].half().float())


def test_text_is_learned_with_everything_else_frozen(trained):
    model = weights.load(trained / "model", torch.device("cpu"))
    learned = torch.load(trained / "text" / "checkpoint.pt", weights_only=True)["ema"]["values"]
    assert learned["text.bend.weight"].abs().max() > 0  # it began at zero
    assert torch.equal(model.calm.text.read.weight, learned["text.read.weight"].half().float())
    rows = metrics(trained / "text")
    assert rows[0]["heldout_v_loss"] == rows[0]["another_song_v_loss"] == rows[0]["free_v_loss"]


@pytest.mark.parametrize("options", [[], ["--sampler", "trigflow", "--steps", "2"]])
def test_texts_are_judged_beside_the_songs_they_describe(trained, capsys, options):
    folders = [str(trained / "latents")] * 2
    evaluate_text.main([*folders, "--weights", str(trained / "model"), "--json", *options])
    rows = json.loads(capsys.readouterr().out)
    assert rows["real songs"]["style"] > 0.9  # the judge has learned these very songs
    assert rows["from nothing, 0"]["style"] < 0.7  # and nobody told which of the three it was to be
    assert len(rows) == 1 + 3 * len(evaluate_text.STRENGTHS)


def test_an_installed_model_can_stand_for_every_run(trained, tmp_path):
    model = str(trained / "model")
    install.main([model] * 5 + [str(tmp_path / "again"), "--preset", "tiny"])
    before, after = (weights.load(folder, torch.device("cpu")).state_dict() for folder in (model, tmp_path / "again"))
    assert all(torch.equal(before[name], after[name]) for name in before | after)


def test_a_part_of_the_model_before_is_kept(trained, tmp_path, capsys):
    cpu, out = torch.device("cpu"), tmp_path / "kept"
    weights.save(weights.random_model("tiny", seed=1), out, "none")
    before = dict(weights.load(out, cpu).named_parameters())
    model = str(trained / "model")
    install.main([model] * 5 + [str(out), "--preset", "tiny", "--keep", "0.25"])
    learned, kept = (dict(weights.load(folder, cpu).named_parameters()) for folder in (trained / "model", out))
    stored = load_file(out / "weights.safetensors")
    for name, parameter in before.items():
        mean = 0.25 * parameter + 0.75 * learned[name]
        step = float(stored[name + weights.SCALES].max()) if name + weights.SCALES in stored else 0  # of 8 bits
        assert torch.allclose(kept[name], mean, rtol=2e-3, atol=1e-4 + step / 2), name  # of numbers in float16
    with pytest.raises(SystemExit):
        install.main([model] * 5 + [str(out), "--keep", "1.5"])
    assert "invalid share value: '1.5'" in capsys.readouterr().err


def test_without_the_later_stages_what_calm_left_is_installed(trained, tmp_path):
    folders = [str(trained / name) for name in ("vae", "calm", "calm", "calm", "calm")]
    install.main([*folders, str(tmp_path / "early"), "--preset", "tiny"])
    early, model = (weights.load(folder, torch.device("cpu")) for folder in (tmp_path / "early", trained / "model"))
    assert early.state_dict().keys() == model.state_dict().keys()
    assert torch.equal(early.calm.backbone.embed.weight, model.calm.backbone.embed.weight)
    assert early.calm.text.bend.weight.abs().max() == 0 < model.calm.text.bend.weight.abs().max()


def test_a_run_resumes_where_it_stopped(trained):
    folder = trained / "calm"
    before = torch.load(folder / "checkpoint.pt", weights_only=True)
    latents = str(trained / "latents")
    train_calm.main([latents, str(folder), "--heldout", latents, "--minutes", "0.05", "--preset", "tiny"])
    after = torch.load(folder / "checkpoint.pt", weights_only=True)
    assert after["step"] > before["step"] and after["elapsed"] > before["elapsed"]
    steps = [row["step"] for row in metrics(folder)]
    assert steps == sorted(steps) and metrics(folder)[0]["heldout_v_loss"] == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("command", [train_vae.main, encode.main, train_calm.main])
def test_an_empty_folder_is_said_to_be_empty(tmp_path, command, trained):
    extra = {
        train_vae.main: [str(tmp_path / "out")],
        encode.main: [str(trained / "vae"), str(tmp_path / "out"), "--preset", "tiny"],
        train_calm.main: [str(tmp_path / "out"), "--heldout", str(tmp_path)],
    }[command]
    with pytest.raises(CalmError, match="No "):
        command([str(tmp_path), *extra])


def test_training_goes_on_from_an_installed_model(trained, tmp_path):
    latents, model = str(trained / "latents"), trained / "model"
    arguments = ["--heldout", latents, "--minutes", MINUTES, "--preset", "tiny", "--start", str(model), "--rate", "0.1"]
    train_calm.main([latents, str(tmp_path / "run"), *arguments])
    before = weights.load(model, torch.device("cpu")).calm
    after = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["training"]
    assert torch.equal(after["calm.latent_std"], before.latent_std)
    moved = (after["calm.heads.trigflow.out.weight"] - before.heads["trigflow"].out.weight).abs().max()
    assert 0 < moved < 0.01


def test_two_processes_encode_what_one_does(trained, tmp_path):
    for share in ("1/2", "2/2"):
        folders = [str(trained / "songs"), str(trained / "model"), str(tmp_path)]
        encode.main([*folders, "--share", share])
    assert [path.name for path in sorted(tmp_path.glob("*.npy"))] == [f"{seed:06}.npy" for seed in range(3)]
    ours, theirs = (np.load(folder / "000001.npy") for folder in (tmp_path, trained / "latents"))
    assert np.abs(ours.astype(float) - theirs).max() < 0.05  # the model's weights are rounded to float16
    assert json.loads((tmp_path / "000001.json").read_text())["notes"] == []

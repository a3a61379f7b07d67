"""Installed models: a folder with ``config.json`` and ``weights.safetensors``. Reading one runs no code and forgives
nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import nn

from engine import device as devices
from engine.config import PRESETS, from_dict, to_dict
from engine.eight_bits import BLOCK, dequantised, quantised
from engine.errors import CalmError
from engine.model.calm import Model
from engine.model.head import Block
from engine.model.transformer import Layer
from engine.steps import TorchSteps, use
from engine.text.reading import why_off

MODELS = Path(__file__).parents[1] / "assets" / "models"
DEFAULT = MODELS / "studio"
SCALES = ".scales"  # of a tensor in 8 bits: what follows its name in that of its scales
AGAIN = "Install the model again, or choose another folder with --weights"
Progress = Callable[[float, float, str], None]


def load(
    folder: Path | None,
    device: torch.device,
    progress: Progress = lambda done, total, note: None,
    steps: str | None = None,
) -> Model:
    """The model in ``folder`` (default: the bundled one), in float32 on ``device``, reporting (MB done, MB in all,
    note). It writes with ``steps``, one of `engine.steps.NAMES`, or with the best that the device has.

    CalmError if a file is missing, damaged or truncated, if a setting, tensor name or shape is not what it should be,
    or if the steps asked for cannot be had.
    """
    folder = Path(folder) if folder else DEFAULT
    card = read_card(folder)
    config = from_dict(card["model"])
    with torch.device("meta"):  # nothing is drawn at random only to be overwritten
        model = Model(config)
    path = folder / "weights.safetensors"
    expected = {name: list(tensor.shape) for name, tensor in model.state_dict().items()}
    model.load_state_dict(_read(path, card["sha256"], expected, progress), assign=True)
    model = _ready(model.to(device), card["license"], card["sha256"])
    total = path.stat().st_size / 1e6
    use(model, steps, lambda note: progress(total, total, note))
    return model


def random_model(preset: str, seed: int = 0, device: torch.device = torch.device("cpu")) -> Model:
    """An untrained model of a preset, the same for the same seed, writing with torch: for tests and benchmarks."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Model(PRESETS[preset])
        torch.manual_seed(seed)  # a part that is added at the end changes none of those before it
        for parameter in model.parameters():  # also those that start at zero, or nothing would depend on anything
            if parameter.count_nonzero() == 0:
                nn.init.normal_(parameter, std=0.02)
    return _ready(model.to(device), "random numbers", "")


def save(model: Model, folder: Path, license: str) -> None:
    """Write the model to ``folder``: the matrices of CALM's layers and blocks in 8 bits, in which a CPU multiplies them
    anyhow, all else in float16; and the config and checksum that `load` insists on."""
    folder.mkdir(parents=True, exist_ok=True)
    narrow, tensors = _in_8_bits(model), {}
    for name, tensor in model.state_dict().items():
        if name in narrow:
            tensors[name], tensors[name + SCALES] = quantised(tensor)
        else:
            tensors[name] = tensor.half()
    tensors = {name: tensor.contiguous() for name, tensor in tensors.items()}
    # `safetensors.torch.save_file` would make a file that nobody else on the computer may read.
    (folder / "weights.safetensors").write_bytes(to_bytes(tensors))
    card = {"license": license, "sha256": sha256(folder / "weights.safetensors"), "model": to_dict(model.config)}
    (folder / "config.json").write_text(json.dumps(card, indent=2) + "\n")


def read_card(folder: Path) -> dict:
    """The licence, checksum and settings in ``config.json``."""
    try:
        card = json.loads((folder / "config.json").read_text())
    except FileNotFoundError as error:
        raise CalmError(f"There is no model in {folder}: config.json is missing", AGAIN) from error
    except ValueError as error:
        raise CalmError(f"The model in {folder} is damaged: config.json is not JSON", AGAIN) from error
    if not isinstance(card, dict) or card.keys() != {"license", "sha256", "model"}:
        raise CalmError(f"The model in {folder} is damaged: config.json must hold license, sha256 and model", AGAIN)
    return card


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parameter_counts(model: Model) -> dict[str, int]:
    """Parameters per part."""
    calm = model.calm
    parts = {"vae": model.vae, "backbone": calm.backbone, "short_context": calm.short_context} | {
        f"{name}_head": head for name, head in calm.heads.items()
    }
    parts |= {name: part for name in ("follow", "text", "recall") if (part := getattr(calm, name))}
    return {name: sum(parameter.numel() for parameter in part.parameters()) for name, part in parts.items()}


def presets() -> list[dict]:
    """Name and parameters per part of every preset; nothing is allocated."""
    with torch.device("meta"):
        return [{"name": name, "parameters": parameter_counts(Model(config))} for name, config in PRESETS.items()]


def installed() -> list[dict]:
    """Name, parameters per part, licence, checksum and size of every model under assets/models."""
    found = []
    for folder in sorted(path.parent for path in MODELS.glob("*/config.json")):
        card = read_card(folder)
        with torch.device("meta"):
            counts = parameter_counts(Model(from_dict(card["model"])))
        megabytes = (folder / "weights.safetensors").stat().st_size / 1e6
        found.append(
            {
                "name": folder.name,
                "parameters": counts,
                "license": card["license"],
                "sha256": card["sha256"],
                "mb": megabytes,
            }
        )
    return found


def _in_8_bits(model: Model) -> set[str]:
    inside = [(name, part) for name, part in model.calm.named_modules(prefix="calm") if isinstance(part, Layer | Block)]
    return {f"{name}.{inner}" for name, part in inside for inner, p in part.named_parameters() if p.ndim == 2}


def _read(path: Path, checksum: str, expected: dict[str, list[int]], progress: Progress) -> dict[str, torch.Tensor]:
    if not path.exists():
        raise CalmError(f"The model's weights are missing: {path}", AGAIN)
    total, done, tensors = path.stat().st_size / 1e6, 0.0, {}
    progress(0.0, total, "checking the weights")
    if sha256(path) != checksum:
        raise CalmError(f"The weights in {path} are damaged or truncated (their checksum differs)", AGAIN)
    try:
        with safe_open(path, framework="pt") as file:
            stored = {name: file.get_slice(name) for name in file.keys()}
            narrow = {name for name in expected if name in stored and stored[name].get_dtype() == "I8"}
            scales = {name + SCALES: _shape_of_scales(expected[name]) for name in narrow}
            _compare({name: part.get_shape() for name, part in stored.items()}, expected | scales, path)
            for name in expected:
                parts = [file.get_tensor(part) for part in (name, name + SCALES) if part in stored]
                tensors[name] = dequantised(*parts) if name in narrow else parts[0].float()
                done += sum(part.nbytes for part in parts) / 1e6
                progress(done, total, "loading the weights")
    except SafetensorError as error:
        raise CalmError(f"The weights in {path} cannot be read ({error})", AGAIN) from error
    return tensors


def _shape_of_scales(shape: list[int]) -> list[int]:
    return [*shape[:-1], -(-shape[-1] // BLOCK)]


def _compare(shapes: dict[str, list[int]], expected: dict[str, list[int]], path: Path) -> None:
    for names, what in (
        (expected.keys() - shapes.keys(), "lack"),
        (shapes.keys() - expected.keys(), "hold an unknown"),
    ):
        if names:
            raise CalmError(f"The weights in {path} {what} tensor {sorted(names)[0]}", AGAIN)
    for name, shape in expected.items():
        if shape != shapes[name]:
            raise CalmError(f"Tensor {name} in {path} has shape {shapes[name]}, not {shape}", AGAIN)


def _ready(model: Model, license: str, checksum: str) -> Model:
    device = model.device
    model.eval().requires_grad_(False)
    model.steps = TorchSteps(model)
    model.info = {
        "name": model.config.name,
        "device": device.type,
        "device_name": devices.describe(device),
        "threads": torch.get_num_threads(),
        "arithmetic": devices.arithmetic(device),
        "memory_mb": devices.memory_mb(device),
        "parameters": parameter_counts(model),
        "license": license,
        "sha256": checksum,
        "text_off": why_off(model.config),
    }
    return model

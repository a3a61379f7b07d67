"""Every number that shapes the model, in frozen dataclasses, stored beside the weights and read back strictly."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from engine.errors import CalmError
from engine.music.bars_ago import recall_features
from engine.music.leadsheet import FEATURES
from engine.records import Misfit, record

EMBEDDING = 384  # of a text (`engine.text.minilm`)


@dataclass(frozen=True)
class VAEConfig:
    """The spectral VAE: rates in Hz, sizes in samples, levels in dB relative to a full-scale sine."""

    sample_rate: int = 48_000
    fft_size: int = 2048
    hop: int = 384
    hops_per_frame: int = 5  # 5 * 384 = 1920 samples: 25 latent frames a second
    linear_below: float = 2500.0  # bands are single FFT bins below, and a constant fraction of an octave above
    pan_bands: int = 48
    pitches_per_octave: int = 24
    floor: float = -80.0
    latent_dim: int = 64
    hop_width: int = 256
    hop_layers: int = 2
    frame_width: int = 384
    encoder_layers: int = 2
    decoder_layers: int = 2
    kernel: int = 7

    def __post_init__(self):
        if self.fft_size % 2 or self.fft_size < 4 * self.hop:
            raise ValueError(f"fft_size {self.fft_size} must be even and at least 4 hops of {self.hop}")

    @property
    def frame_size(self) -> int:
        """Samples in one latent frame."""
        return self.hop * self.hops_per_frame

    @property
    def frame_rate(self) -> float:
        """Latent frames a second."""
        return self.sample_rate / self.frame_size


@dataclass(frozen=True)
class TransformerConfig:
    """A causal Transformer. ``window`` is how many positions, itself included, the whole stack may look back on:
    per layer for the backbone, over all layers together for the short context (see `model/short_context.py`)."""

    width: int
    layers: int
    heads: int
    window: int

    def __post_init__(self):
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} must be a multiple of twice the {self.heads} heads (rotary pairs)")


@dataclass(frozen=True)
class WaveformConfig:
    """The paper's VAE: the rate in Hz, the strides of the decoder's convolutions (the encoder has them in reverse),
    latent dimensions, channels at the full rate, twice as many after each stride, and both Transformers."""

    sample_rate: int = 32_000
    ratios: tuple[int, ...] = (8, 8, 5, 4)  # 1280 samples: 25 latent frames a second
    latent_dim: int = 128
    channels: int = 64
    transformer: TransformerConfig = TransformerConfig(width=512, layers=4, heads=8, window=750)

    @property
    def frame_size(self) -> int:
        """Samples in one latent frame."""
        return math.prod(self.ratios)

    @property
    def frame_rate(self) -> float:
        """Latent frames a second."""
        return self.sample_rate / self.frame_size


@dataclass(frozen=True)
class HeadConfig:
    """The AdaLN MLP that draws one latent frame."""

    width: int
    blocks: int
    time_features: int = 256


@dataclass(frozen=True)
class BendConfig:
    """A small network by which what is told, so many ``features`` a frame, bends Z (`engine.model.bend`)."""

    features: int
    width: int


@dataclass(frozen=True)
class ModelConfig:
    """One whole model: the VAE and the language model over its latents."""

    name: str
    vae: VAEConfig | WaveformConfig
    backbone: TransformerConfig
    short_context: TransformerConfig
    head: HeadConfig
    sheet: BendConfig | None  # None: the model reads no lead sheet
    text: BendConfig | None  # None: it reads no text
    recall: BendConfig | None  # None: it does not look back by bars

    def __post_init__(self):
        if self.short_context.width != self.backbone.width:
            raise ValueError("backbone and short context are added together, so their widths must be equal")
        if self.short_context.window - 1 < self.short_context.layers:
            raise ValueError("each short-context layer must look back at least one frame")
        bends = (
            (self.sheet, FEATURES, "the lead sheet"),
            (self.text, EMBEDDING, "a text"),
            (self.recall, recall_features(self.vae.latent_dim), "what is recalled"),
        )
        for bend, features, what in bends:
            if bend and bend.features != features:
                raise ValueError(f"{what} has {features} features, not {bend.features}")


PAPER = ModelConfig(
    name="paper",
    vae=WaveformConfig(),
    backbone=TransformerConfig(width=1536, layers=48, heads=24, window=750),
    short_context=TransformerConfig(width=1536, layers=4, heads=24, window=10),
    head=HeadConfig(width=3072, blocks=12),
    sheet=None,
    text=None,
    recall=None,
)
STUDIO = ModelConfig(
    name="studio",
    vae=VAEConfig(),
    backbone=TransformerConfig(width=384, layers=6, heads=6, window=512),
    short_context=TransformerConfig(width=384, layers=2, heads=6, window=10),
    head=HeadConfig(width=384, blocks=3),
    sheet=BendConfig(FEATURES, 256),
    text=BendConfig(EMBEDDING, 48),
    recall=BendConfig(recall_features(64), 192),
)
LARGE = dataclasses.replace(  # for a GPU: 53 million parameters with one head
    STUDIO,
    name="large",
    backbone=TransformerConfig(width=512, layers=10, heads=8, window=512),
    short_context=TransformerConfig(width=512, layers=4, heads=8, window=10),
    head=HeadConfig(width=512, blocks=5),
)
SMALL = ModelConfig(  # to measure ears by: studio's, with a CALM that learns what it can in minutes
    name="small",
    vae=STUDIO.vae,
    backbone=TransformerConfig(width=128, layers=4, heads=2, window=512),
    short_context=TransformerConfig(width=128, layers=2, heads=2, window=10),
    head=HeadConfig(width=192, blocks=3),  # wider than 128 latents
    sheet=BendConfig(FEATURES, 64),
    text=None,
    recall=None,
)
SMALL_128 = dataclasses.replace(SMALL, name="small-128", vae=dataclasses.replace(SMALL.vae, latent_dim=128))
TINY = ModelConfig(
    name="tiny",
    vae=VAEConfig(
        linear_below=600.0, pan_bands=8, pitches_per_octave=6, latent_dim=8, hop_width=16, hop_layers=1, frame_width=16,
        encoder_layers=1, decoder_layers=1, kernel=3,
    ),
    backbone=TransformerConfig(width=32, layers=2, heads=2, window=24),
    short_context=TransformerConfig(width=32, layers=2, heads=2, window=10),
    head=HeadConfig(width=32, blocks=2, time_features=16),
    sheet=BendConfig(FEATURES, 16),
    text=BendConfig(EMBEDDING, 16),
    recall=BendConfig(recall_features(8), 16),
)  # fmt: skip
PRESETS = {preset.name: preset for preset in (PAPER, LARGE, STUDIO, SMALL, SMALL_128, TINY)}


def to_dict(config) -> dict:
    """A config as plain nested dicts, ready for json."""
    return dataclasses.asdict(config)


def from_dict(data: dict) -> ModelConfig:
    """The config in ``data``. An unknown, missing or mistyped key is a CalmError that names it."""
    try:
        return record(ModelConfig, data, "config")
    except Misfit as error:
        raise CalmError(
            f"The model's settings are wrong: {error}", "Use the config that came with the weights"
        ) from error

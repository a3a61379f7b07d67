"""The two ears that a model may have: one interface, chosen by the config."""

from __future__ import annotations

from engine.config import VAEConfig, WaveformConfig
from engine.model.vae import SpectralVAE
from engine.model.waveform_vae import WaveformVAE


def build_vae(config: VAEConfig | WaveformConfig) -> SpectralVAE | WaveformVAE:
    """The VAE of a config, untrained. Both take and give stereo (B, 2, N) at their own rate, stream by states that are
    never written to, and say by ``delay`` how many samples their voice comes late."""
    return WaveformVAE(config) if isinstance(config, WaveformConfig) else SpectralVAE(config)

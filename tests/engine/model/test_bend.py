"""Z is bent to a text, as firmly as asked for, and stays as long as it was."""

import pytest
import torch

from engine.config import EMBEDDING
from engine.model.bend import as_long
from engine.weights import random_model


@pytest.fixture(scope="module")
def calm():
    return random_model("tiny").calm


@pytest.fixture(scope="module")
def z_and_texts():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(3, 1, 32, generator=generator), torch.randn(3, 1, EMBEDDING, generator=generator)


def test_no_text_and_no_strength_change_nothing(calm, z_and_texts):
    z, texts = z_and_texts
    for bent in (calm.described(z, torch.zeros_like(texts), 5.0), calm.described(z, texts, 0.0)):
        assert torch.allclose(bent, z, atol=1e-6)
    assert not torch.allclose(calm.described(z, texts, 1.0), z, atol=1e-3)


def test_what_is_bent_is_as_long_as_before(calm, z_and_texts):
    z, texts = z_and_texts
    lengths = calm.described(z, texts, 10.0).norm(dim=-1)
    assert torch.allclose(lengths, z.norm(dim=-1), rtol=1e-5)
    assert torch.allclose(as_long(7 * z, z), z, rtol=1e-5)


def test_more_strength_turns_further(calm, z_and_texts):
    z, texts = z_and_texts
    turned = [torch.cosine_similarity(calm.described(z, texts, each), z, dim=-1).mean() for each in (1.0, 3.0, 9.0)]
    assert turned[0] > turned[1] > turned[2]


def test_each_row_follows_its_own_text(calm, z_and_texts):
    z, texts = z_and_texts
    together = calm.described(z, texts, 2.0)
    for row in range(3):
        assert torch.allclose(together[row], calm.described(z[row], texts[row], 2.0), atol=1e-6)

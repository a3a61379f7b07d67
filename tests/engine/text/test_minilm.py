"""The text encoder gives what its makers say it gives."""

import pytest
import torch

from engine.config import EMBEDDING
from engine.text import minilm, package


@pytest.fixture(scope="module")
def encoder():
    return minilm.TextEncoder(package.folder())


def likeness(encoder, one, other):
    return torch.nn.functional.cosine_similarity(encoder(one), encoder(other), dim=0).item()


def test_sentences_are_as_alike_as_published(encoder):
    """The figures of its model card on Hugging Face: 0.943 and 0.257 for these sentences."""
    happy = "That is a happy person"
    assert likeness(encoder, happy, "That is a very happy person") == pytest.approx(0.943, abs=5e-4)
    assert likeness(encoder, happy, "Today is a sunny day") == pytest.approx(0.257, abs=5e-4)


def test_features_have_unit_variance(encoder):
    told = encoder("slow hazy lo-fi with brushed drums")
    assert told.shape == (EMBEDDING,) and told.dtype == torch.float32
    assert told.square().mean().item() == pytest.approx(1, abs=1e-5)


def test_case_does_not_matter_and_words_do(encoder):
    assert torch.equal(encoder("Slow JAZZ"), encoder("slow jazz"))
    piano = "a solo piano piece"
    assert likeness(encoder, piano, "grand piano, alone") > likeness(encoder, piano, "fast drum and bass") + 0.1


@pytest.mark.parametrize(
    "text", ["", "\n", "\U0001f3b9 \U0001f941", "\ud800".encode("utf-8", "replace").decode(), "la " * 5000]
)
def test_any_text_can_be_read(encoder, text):
    assert encoder(text).isfinite().all()


def test_without_the_package_there_is_no_encoder(monkeypatch):
    monkeypatch.setattr(package, "WEIGHTS", "no-such-package")
    assert package.folder() is None


def test_without_its_tokenizer_there_is_no_encoder(monkeypatch):
    monkeypatch.setattr(package, "TOKENIZER", "no_such_package")
    assert package.folder() is None

import pytest
import torch

from engine.bench.rq_transformer import RQConfig, RQHead, beside


@pytest.fixture(scope="module")
def head():
    torch.manual_seed(0)
    return RQHead(RQConfig(width=64, layers=2, codebooks=4, cards=16), condition=24).eval().requires_grad_(False)


def drawn(head, z, seed=0):
    torch.manual_seed(seed)
    return head(z)


def test_beside_the_papers_backbone_it_has_the_stated_sizes():
    config = beside(1536)
    assert config == RQConfig(width=1024, layers=6, codebooks=32, cards=2048)
    assert config.heads == 16
    with torch.device("meta"):
        head = RQHead(config, 1536)
    layers = sum(p.numel() for p in head.stacks.parameters())
    assert layers == 32 * (6 * (12 * 1024**2 + 2 * 1024) + 1024)  # a Transformer of its own for every codebook


def test_a_frame_is_a_code_from_every_codebook(head):
    codes = drawn(head, torch.randn(200, 24))
    assert codes.shape == (200, 4)
    assert codes.min() >= 0
    assert codes.max() == 15


def test_a_codebook_sees_z_and_those_before_it_only(head):
    z = torch.randn(300, 24)
    codes = drawn(head, z)
    with torch.no_grad():
        head.before[1].weight.neg_()  # what the third hears of the second
        other = drawn(head, z)
        head.before[1].weight.neg_()
    assert torch.equal(codes[:, :2], other[:, :2])
    assert not torch.equal(codes[:, 2], other[:, 2])
    assert not torch.equal(drawn(head, -z)[:, 0], codes[:, 0])


def test_later_codebooks_attend_to_all_earlier_ones(head):
    z = torch.randn(300, 24)
    codes = drawn(head, z)
    with torch.no_grad():
        head.conditions[0].weight.mul_(0)
        head.outs[0].weight.mul_(0)
        head.outs[0].weight[0] = 1e-6
    assert not torch.equal(drawn(head, z)[:, 3], codes[:, 3])


def test_the_backbone_hears_the_sum_of_all_embeddings(head):
    codes = torch.tensor([[1, 2, 3, 4], [0, 0, 0, 15]])
    expected = sum(head.heard[n].weight[codes[:, n]] for n in range(4))
    heard = head.embed(codes)
    assert heard.shape == (2, 1, 24)
    assert torch.allclose(heard[:, 0], expected)

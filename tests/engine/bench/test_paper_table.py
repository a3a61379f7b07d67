import psutil
import pytest
import torch

from engine.bench import paper_table as table
from engine.bench.random_weights import TILE, drawn
from engine.config import PAPER, TINY
from engine.errors import CalmError

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def measured():
    told = []
    result = table.paper_table("tiny", CPU, "fp32", 2, lambda done, total: told.append((done, total)))
    return result, told


def test_every_row_follows_from_the_parts(measured):
    result, _ = measured
    ms = {name: part["ms"] for name, part in result["parts"].items()}
    assert all(value > 0 for value in ms.values())
    baseline = ms["rq embeddings"] + ms["backbone"] + ms["rq"]
    rows = {row["model"]: row for row in result["rows"]}
    assert (rows["rq"]["overall"], rows["rq"]["head"]) == (1.0, 1.0)
    for name in ("consistency 1", "consistency 4", "trigflow 100"):
        whole = ms["backbone"] + ms["short context"] + ms[name]
        assert rows[name]["head"] == pytest.approx(ms["rq"] / ms[name], rel=0.02)
        assert rows[name]["overall"] == pytest.approx(baseline / whole, rel=0.02)
        assert rows[name]["share"] == pytest.approx(ms[name] / whole, rel=0.02)
    assert ms["trigflow 100"] > max(ms["consistency 1"], ms["consistency 4"])


def test_the_papers_own_figures_agree_with_each_other(measured):
    """Overall and head speed-ups follow from the shares: t = 1 / overall, head = share * t."""
    for row in measured[0]["rows"]:
        paper = row["paper"]
        head = paper["share"] / paper["overall"]
        assert 0.577 / head == pytest.approx(paper["head"], rel=0.1 if row["model"] != "trigflow 100" else 0.2)


def test_progress_is_told_and_the_first_round_does_not_count(measured):
    result, told = measured
    assert told == [(0, 2), (0, 2), (1, 2)]
    assert result["rounds"] == 2


def test_what_does_not_fit_is_refused_before_anything_is_allocated(monkeypatch):
    free = psutil.virtual_memory()._replace(available=10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    with pytest.raises(CalmError, match=r"needs 19\.\d GB of memory, and 1\.0 GB are free"):
        table.build(PAPER, CPU, torch.float32)
    with pytest.raises(CalmError, match=r"needs 9\.\d GB"):
        table.build(PAPER, CPU, torch.bfloat16)


def test_random_weights_are_small_and_nowhere_the_same_zero():
    layer = drawn(lambda: torch.nn.Linear(1500, 1000), CPU, torch.bfloat16)
    assert layer.weight.numel() > TILE
    assert layer.weight.dtype == torch.bfloat16
    assert layer.weight.float().std() == pytest.approx(0.02, rel=0.02)
    assert layer.weight[-1].count_nonzero() == 1500
    assert not layer.weight.requires_grad


def test_constants_of_a_module_stay_what_they_are():
    calm = drawn(lambda: table._calm(TINY), CPU, torch.float32)
    assert list(calm.heads) == ["consistency"]
    rates = calm.heads["consistency"].time.rates
    assert rates[0] == 1.0
    assert not rates.is_meta

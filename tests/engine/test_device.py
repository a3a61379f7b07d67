"""Which device is taken, and how many threads it is given."""

import pytest
import torch

from engine import device
from engine.errors import CalmError


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_the_cpu_writes_with_one_thread():
    torch.set_num_threads(2)
    assert device.choose("cpu") == torch.device("cpu")
    assert torch.get_num_threads() == device.CPU_THREADS == 1


def test_without_a_name_there_is_always_one():
    assert device.choose().type in ("cpu", "cuda", "mps")


@pytest.mark.parametrize("name", ["cuda:7", "abacus"])
def test_a_device_that_is_not_there_is_said_to_be_missing(name):
    with pytest.raises(CalmError, match=name):
        device.choose(name)

"""Where the model runs: CUDA when there is one, else Apple's MPS, else the CPU."""

from __future__ import annotations

import platform

import torch

from engine.errors import CalmError

# Frame by frame there is too little work to share: on two cores 4 steps ran at 1.2 x real time with one thread, 1.0 x
# with two; beside one other busy program at 1.0 x and 0.5 x, as threads wait for each other at every operation.
CPU_THREADS = 1


def choose(name: str | None = None) -> torch.device:
    """The device called ``name`` ("cpu", "cuda", "cuda:1", "mps"), or the best there is, for the calling thread to
    write takes on. CalmError without it."""
    device = _best() if name is None else _named(name)
    if device.type == "cpu":
        torch.set_num_threads(CPU_THREADS)
    return device


def use_threads(count: int) -> None:
    """Let torch compute with so many threads on the CPU."""
    torch.set_num_threads(count)


def _best() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")


def _named(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise CalmError(
            f"There is no device {name!r} on this computer",
            "Choose cpu, or leave the choice to the app: it takes the best there is",
        ) from error
    return device


def describe(device: torch.device) -> str:
    """A name that the device's owner would recognise."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return platform.processor() or platform.machine()


def arithmetic(device: torch.device, steps: str = "torch") -> str:
    """What the last bits of a result depend on, besides the device and the number of threads: who carries out the
    steps (`engine.steps`), and with which kernels."""
    kernels = f"CUDA {torch.version.cuda}" if device.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    own = f"torch {torch.__version__}, {kernels}"
    if not steps.startswith("onnxruntime"):
        return own if steps == "torch" else f"{steps}, {own}"
    import onnxruntime

    return f"{steps} {onnxruntime.__version__}, {own}" + (_vnni() if steps.endswith("int8") else "")


def _vnni() -> str:
    """Whether the CPU adds up products of 8-bit numbers in one instruction: onnxruntime's kernels differ by it."""
    has = torch.cpu.get_capabilities()
    return ", VNNI" if has.get("avx512_vnni") or has.get("avx_vnni") else ""


def memory_mb(device: torch.device) -> float:
    """Memory in use, in MB (10^6 bytes): by torch on a GPU, by the whole process on a CPU."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device) / 1e6
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / 1e6
    import psutil

    return psutil.Process().memory_info().rss / 1e6

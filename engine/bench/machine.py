"""What a measurement depends on besides the code: the processor, its cores, and what else they had to do."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil

CPUINFO = Path("/proc/cpuinfo")


def machine() -> dict:
    """The ``processor`` by name, its logical ``cores``, and the system's ``load``: how many programs wanted a core in
    the last minute, this one included."""
    return {"processor": processor(), "cores": psutil.cpu_count(), "load": round(psutil.getloadavg()[0], 2)}


def processor() -> str:
    """The maker's name where Linux tells it, else what Python knows."""
    try:
        told = (line.partition(":") for line in CPUINFO.read_text().splitlines())
    except OSError:
        told = ()
    names = (value.strip() for key, _, value in told if key.strip() == "model name")
    return next(names, None) or platform.processor() or platform.machine()


def in_words(found: dict) -> str:
    return f"{found['processor']}, {found['cores']} cores, load {found['load']}"

"""What a session reports: small frozen facts with a job number, never samples (those are read from the take)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.controls import Controls
from engine.take import Take


@dataclass(frozen=True)
class ModelLoading:
    """`done_mb` of `total_mb` megabytes are loaded; `note` says what is being done."""

    done_mb: float
    total_mb: float
    note: str


@dataclass(frozen=True)
class ModelReady:
    """The model can be used on `device` (torch's word; `device_name` is the maker's), where it takes `memory_mb`.
    `text_off` says why it cannot follow texts here, None where it can."""

    name: str
    device: str
    device_name: str
    parameters: int
    memory_mb: float
    license: str
    text_off: str | None


@dataclass(frozen=True)
class ModelFailed:
    """The model cannot be used; every job will fail with the same words."""

    message: str
    advice: str


@dataclass(frozen=True)
class TakeStarted:
    """Work on `job` has begun; its continuation will appear in `take`."""

    job: int
    take: Take


@dataclass(frozen=True)
class TakeGrew:
    """Frame number `frame` was made with `controls`; the take now holds `written` samples. Both numbers go back when
    controls were moved and what was not heard yet is written anew.

    `x_real_time` is seconds of audio made per second of work over the last frames; time spent waiting is not work.
    `seconds_ahead` are written and not heard yet, None while the take is not heard. `lowered` says that the governor
    holds the steps below those asked for.
    """

    job: int
    frame: int
    written: int
    controls: Controls
    x_real_time: float
    seconds_ahead: float | None = None
    lowered: bool = False


@dataclass(frozen=True)
class TakeEnded:
    """The last word on `job`: its take is full, or it was stopped and keeps what was made."""

    job: int
    reason: Literal["finished", "stopped"]


@dataclass(frozen=True)
class TakeFailed:
    """The last word on `job`: an error ended it; its take, if it was started, keeps what was made."""

    job: int
    message: str
    advice: str


Event = ModelLoading | ModelReady | ModelFailed | TakeStarted | TakeGrew | TakeEnded | TakeFailed

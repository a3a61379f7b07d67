"""THE MAIN PATH: a prompt goes in, a take grows, one latent frame (40 ms) at a time; or some takes do, as one batch.

`generate_rows` runs in one thread and is the takes' only writer; controls are read once per frame, and recorded. When
they change while a take is heard, or what it is told does, all go back to what the player has not taken yet.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from engine.audio import Audio, resample, stereo
from engine.best_start import best_seed
from engine.controls import ControlBox
from engine.drawing import Stopped, check
from engine.forking import fork_off
from engine.governor import LEAD_SECONDS, Cap, governed
from engine.listening import listen
from engine.model.calm import Model
from engine.moment import Frame, Moment, Pen, with_rows, write
from engine.rows import Row, ahead_of, live, new_ahead_of, seeds_and_briefs, wanted_by
from engine.snapshot import keep_snapshots
from engine.steering import Kept, can_steer, gone_back
from engine.take import Take
from engine.turning import turn

WAIT_SECONDS = 0.005


def generate(model: Model, take: Take, box: ControlBox, stop: threading.Event) -> Iterator[Frame]:
    """Write one take until it is full or ``stop`` is set, yielding after every frame: a batch of one."""
    for (frame,) in generate_rows(model, [Row(take, box)], stop):
        yield frame


@torch.inference_mode()
def generate_rows(model: Model, rows: Sequence[Row], stop: threading.Event) -> Iterator[tuple[Frame, ...]]:
    """Write the takes of ``rows`` together until they are full or ``stop`` is set, yielding after every frame: one of
    each row, also of those that are stopped, whose takes stay as they are.

    While one of the takes is being heard they are written at most LEAD_SECONDS, or what the governor of the first
    row's box says, ahead of its playhead. Frames can come more than once then, when controls were moved. The time that
    hearing the prompt takes is no frame's.
    """
    try:
        yield from _frames(model, rows, stop)
    except Stopped:
        return


def _frames(model: Model, rows: Sequence[Row], stop: threading.Event) -> Iterator[tuple[Frame, ...]]:
    pen, moment = begin(model, rows, stop)
    lap, kept, cap = stopwatch(model.device), Kept(), Cap()
    while True:
        keep_snapshots(rows, moment, pen)
        turn(rows, moment.frame, model.config.vae.frame_rate)
        wanted, seeds, briefs = wanted_by(rows), *seeds_and_briefs(rows, moment.frame)
        cap = governed(cap, wanted, rows[0].box.governor, ahead_of(rows), 1 / model.config.vae.frame_rate)
        kept.append((moment, wanted))
        frames, moment = write(pen, moment, [cap.over(each) for each in wanted], wanted, seeds, briefs, lap)
        check(stop)
        put(frames, rows)
        cap = cap.seen(frames[0].work)
        yield frames
        if any(row.take.full for row in live(rows)):  # they are all of one length
            return
        wait_for_room(rows, kept, cap, stop)
        if can_steer(rows, kept, cap):
            moment = gone_back(rows, kept, moment, cap, model.config.vae.frame_rate)
        lap()  # waiting is not work


def begin(model: Model, rows: Sequence[Row], stop: threading.Event) -> tuple[Pen, Moment]:
    """Where the takes' first new frame is written from. Their best beginnings are found here."""
    if rows[0].take.request.fork is not None:
        pen, moment = fork_off(model, rows[0].take, stop)
    else:
        pen, moment = listen(model, rows[0].take, stop)
        for row in rows:
            row.take.seed = best_seed(row.take, pen, moment)
    return with_rows(pen, moment, [0] * len(rows))


def put(frames: Sequence[Frame], rows: Sequence[Row]) -> None:
    """Add each frame to the take of its row."""
    for frame, row in zip(frames, rows, strict=True):
        if not row.stopped:
            append(row.take, frame)


def append(take: Take, frame: Frame) -> None:
    """Add a frame once all before it is kept: a crash costs one frame, however fast they come."""
    for keeper in take.keepers:
        keeper.wait_for(take)
    take.history.record(frame.index, frame.controls)
    take.append(on_24_bits(frame.block), frame.drawn)


def on_24_bits(block: np.ndarray) -> np.ndarray:
    """Rounded to what a 24-bit file holds exactly: a take is the same take after it was saved and opened again."""
    steps = np.clip(np.rint(block * np.float32(2**23)), -(2**23), 2**23 - 1)
    return steps / np.float32(2**23) + np.float32(0)  # adding 0 turns -0 into 0: files know one zero


def wait_for_room(rows: Sequence[Row], kept: Kept, cap: Cap, stop: threading.Event) -> None:
    """Wait while the takes are written far enough ahead of what is heard, and need not be written anew."""
    governor = rows[0].box.governor
    while (ahead := new_ahead_of(rows)) is not None and ahead > (governor.lead if governor else LEAD_SECONDS):
        if can_steer(rows, kept, cap):
            return
        stop.wait(WAIT_SECONDS)
        check(stop)
        governor = rows[0].box.governor


def stopwatch(device: torch.device) -> Callable[[], float]:
    """A function that returns the seconds since it was last called, the device's queued work included."""
    marks = deque([time.perf_counter()], maxlen=2)

    def lap() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        marks.append(time.perf_counter())
        return marks[1] - marks[0]

    return lap


@torch.inference_mode()
def reconstruct(model: Model, audio: Audio) -> np.ndarray:
    """The VAE's round trip of a clip: float32 (2, N) at the clip's own rate and length."""
    vae, rate = model.vae, model.config.vae.sample_rate
    at_rate = resample(stereo(audio.samples), audio.rate, rate)
    size = vae.config.frame_size
    after = -(at_rate.shape[1] + vae.delay) % size + vae.delay  # silence that pushes the last sample out of the decoder
    padded = np.pad(at_rate, ((0, 0), (0, after)))
    latents, _ = vae.encode(torch.from_numpy(padded[None]).to(model.device), vae.initial_encoder_state())
    decoded, _ = vae.decode(latents, vae.initial_decoder_state())
    spoken = decoded[0, :, vae.delay : vae.delay + at_rate.shape[1]].cpu().numpy()
    back = resample(spoken, rate, audio.rate)[:, : audio.samples.shape[1]]
    return np.pad(back, ((0, 0), (0, audio.samples.shape[1] - back.shape[1])))

import threading
import time

import numpy as np
import pytest
import soxr

from engine.audio import Audio
from engine.playback import Clip, Player
from engine.ring import Ring
from engine.sinks import NullSink
from engine.voice import PRIME_SECONDS, Turn, Voice

RATE = 48_000
BLOCK = 480


class HandSink:
    """A sound card whose every block is asked for by the test."""

    name, latency, underflows = "Hand", 0.0, 0

    def __init__(self, pull, rate=RATE):
        self.rate, self.alive, self.closed = rate, True, False
        self._pull = pull

    def take(self, samples=BLOCK) -> np.ndarray:
        block = np.full((samples, 2), np.nan, dtype=np.float32)
        self._pull(block)
        return block.T

    def close(self):
        self.closed = True


class Growing:
    """A take that the test writes."""

    full, state, playhead, reader = False, "writing", None, None

    def __init__(self, capacity=RATE * 10, rate=RATE):
        self.rate, self.samples, self.written = rate, np.zeros((2, capacity), dtype=np.float32), 0

    def write(self, samples):
        self.samples[:, self.written : self.written + samples.shape[1]] = samples
        self.written += samples.shape[1]


def noise(samples, seed=0):
    return np.random.default_rng(seed).uniform(-0.9, 0.9, (2, samples)).astype(np.float32)


def until(condition, what):
    """Wait for the feeder thread, which works on its own clock."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.001)


class Deck:
    """A player with its sinks in the test's hands."""

    def __init__(self, rate=RATE):
        self.sinks = []
        self.player = Player(lambda pull: self.sinks.append(HandSink(pull, rate)) or self.sinks[-1])
        until(lambda: self.player.device == "Hand", "the sink to open")

    @property
    def sink(self):
        return self.sinks[-1]

    def start(self, source, start=0):
        self.player.play(source, start)
        self.primed()

    def primed(self):
        until(lambda: self.player._voice is not None and self.player._voice.primed, "samples to be ready")

    def take(self, samples) -> np.ndarray:
        """`samples` of sound, never asking before the feeder had its turn."""
        voice, blocks, count = self.player._voice, [], 0
        while count < samples:
            until(lambda: voice._ring.readable >= BLOCK or voice.ended, "the feeder to keep up")
            blocks.append(self.sink.take())
            count += BLOCK
        return np.concatenate(blocks, axis=1)[:, :samples]


@pytest.fixture
def deck():
    deck = Deck()
    yield deck
    deck.player.close()


def test_plays_a_clip_sample_for_sample_to_its_end_then_silence(deck):
    sound = noise(20_000)
    clip = Clip(Audio(sound, RATE))
    deck.start(clip)
    heard = deck.take(21_000)
    np.testing.assert_array_equal(heard[:, :20_000], sound)
    np.testing.assert_array_equal(heard[:, 20_000:], 0)
    until(lambda: deck.player.position is None and clip.playhead is None, "the end to be noticed")
    assert deck.player.underruns == 0


def test_a_voice_has_not_ended_before_its_last_samples_are_there(monkeypatch):
    voice, seen = Voice((Turn(0, Clip(Audio(noise(2_000), RATE))),), 0), []
    write = Ring.write
    monkeypatch.setattr(Ring, "write", lambda ring, samples: (seen.append(voice.ended), write(ring, samples)))
    voice.fill(RATE, 0.1)
    assert seen == [False] and voice.ended


def test_mono_sounds_on_both_sides(deck):
    sound = noise(5000)[:1]
    deck.start(Clip(Audio(sound, RATE)))
    np.testing.assert_array_equal(deck.take(5000), np.repeat(sound, 2, axis=0))


def test_starts_where_it_is_told_and_reports_where_it_is(deck):
    sound, player = noise(30_000), deck.player
    clip = Clip(Audio(sound, RATE))
    deck.start(clip, 7000)
    assert player.position == 7000
    np.testing.assert_array_equal(deck.take(960), sound[:, 7000:7960])
    assert player.position == 7960
    until(lambda: clip.playhead == 7960, "the clip to be told")


def test_position_is_what_is_heard_not_what_was_sent():
    deck = Deck()
    deck.sink.latency = 0.1
    deck.start(Clip(Audio(noise(30_000), RATE)), 1000)
    deck.take(960)
    assert deck.player.position == 1000
    deck.take(4800)
    assert deck.player.position == 1000 + 960
    deck.player.close()


def test_seek_is_heard_in_the_very_next_block(deck):
    sound = noise(60_000)
    deck.start(Clip(Audio(sound, RATE)))
    deck.take(960)
    deck.player.seek(40_000)
    deck.primed()
    np.testing.assert_array_equal(deck.take(960), sound[:, 40_000:40_960])
    assert deck.player.position == 40_960


def test_seek_does_nothing_when_nothing_plays(deck):
    deck.player.seek(100)
    assert deck.player.position is None
    np.testing.assert_array_equal(deck.sink.take(), 0)


def test_stop_is_silent_at_once(deck):
    clip = Clip(Audio(noise(60_000), RATE))
    deck.start(clip)
    deck.take(960)
    deck.player.stop()
    np.testing.assert_array_equal(deck.sink.take(), 0)
    assert deck.player.position is None
    until(lambda: clip.playhead is None, "the clip to be told")
    assert deck.player.underruns == 0


def test_another_source_takes_over_and_the_first_is_told(deck):
    first, second = Clip(Audio(noise(60_000, 1), RATE)), Clip(Audio(noise(60_000, 2), RATE))
    deck.start(first)
    deck.take(960)
    deck.player.play(second, 100)
    deck.primed()
    np.testing.assert_array_equal(deck.take(960), second.samples[:, 100:1060])
    until(lambda: first.playhead is None and second.playhead == 1060, "both to be told")


def test_a_take_is_heard_while_it_is_written_without_a_gap(deck):
    take, sound = Growing(), noise(48_000)
    take.write(sound[:, :8000])
    deck.start(take)
    heard = []
    for at in range(8000, 48_000, 1920):
        take.write(sound[:, at : at + 1920])
        heard.append(deck.take(1920))
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), sound[:, : len(heard) * 1920])
    assert deck.player.underruns == 0


def test_does_not_start_before_three_frames_are_ready(deck):
    take, prime = Growing(), round(PRIME_SECONDS * RATE)
    take.write(noise(prime - 1))
    deck.player.play(take)
    until(lambda: deck.player._voice._ring and deck.player._voice._ring.readable == prime - 1, "the feeder's turn")
    np.testing.assert_array_equal(deck.sink.take(), 0)
    take.write(noise(1, 1))
    deck.primed()
    np.testing.assert_array_equal(deck.take(prime - prime % BLOCK), take.samples[:, : prime - prime % BLOCK])
    assert deck.player.underruns == 0


def test_running_dry_is_silence_counted_once_and_goes_on_where_it_broke_off(deck):
    take, sound = Growing(), noise(20_000)
    take.write(sound[:, :6000])
    deck.start(take)
    heard = np.concatenate([deck.sink.take() for _ in range(20)], axis=1)
    np.testing.assert_array_equal(heard[:, :6000], sound[:, :6000])
    np.testing.assert_array_equal(heard[:, 6000:], 0)
    assert (deck.player.underruns, deck.player.position) == (1, 6000)
    take.write(sound[:, 6000:])
    deck.primed()
    np.testing.assert_array_equal(deck.take(9600), sound[:, 6000:15_600])
    assert deck.player.underruns == 1


@pytest.mark.parametrize("ending", [{"full": True}, {"state": "stopped"}, {"state": "failed"}])
def test_a_take_that_ends_while_it_is_heard_is_played_out(deck, ending):
    take, sound = Growing(), noise(7000)
    take.write(sound)
    deck.start(take)
    deck.take(960)
    for name, value in ending.items():
        setattr(take, name, value)
    until(lambda: deck.player._voice.ended, "the end to be noticed")
    np.testing.assert_array_equal(deck.take(6240)[:, :6040], sound[:, 960:])
    until(lambda: deck.player.position is None and take.playhead is None, "the end to be told")
    assert deck.player.underruns == 0


def test_a_stopped_take_shorter_than_three_frames_is_heard(deck):
    take, sound = Growing(), noise(480)
    take.write(sound)
    take.state = "stopped"
    deck.start(take)
    np.testing.assert_array_equal(deck.take(480), sound)


def test_playing_from_beyond_the_end_ends(deck):
    clip = Clip(Audio(noise(1000), RATE))
    deck.player.play(clip, 5000)
    until(lambda: deck.player.position is None and clip.playhead is None, "the end to be noticed")
    np.testing.assert_array_equal(deck.sink.take(), 0)


@pytest.mark.parametrize("rate", [44_100, 96_000, 8_000])
def test_another_rate_is_resampled_without_seams_or_drift(deck, rate):
    sound = noise(rate)
    take = Growing(rate=rate)
    take.write(sound[:, : rate // 2])
    deck.start(take)
    first = deck.take(RATE // 4)
    assert deck.player.position == pytest.approx(rate // 4, abs=1)
    take.write(sound[:, rate // 2 :])
    take.full = True
    heard = np.concatenate((first, deck.take(RATE - RATE // 4)), axis=1)
    silence_first = np.pad(sound, ((0, 0), (rate, 0)))  # soxr bends the first samples of what it is given
    expected = soxr.resample(silence_first.T, rate, RATE, quality="HQ").T[:, RATE:]
    np.testing.assert_allclose(heard[:, : expected.shape[1]], expected, atol=1e-6)
    until(lambda: deck.player.position is None, "the end to be noticed")
    assert deck.player.underruns == 0


def test_what_is_heard_is_given_once_and_whole(deck):
    sound = noise(60_000)
    assert deck.player.heard() is None
    deck.start(Clip(Audio(sound, RATE)), 1000)
    assert deck.player.heard().samples.shape == (2, 0)
    parts = []
    for samples in (960, 2400, 4800):
        deck.take(samples)
        parts.append(deck.player.heard())
    assert [part.samples.shape[1] for part in parts] == [960, 2400, 4800] and parts[0].rate == RATE
    np.testing.assert_array_equal(np.concatenate([part.samples for part in parts], axis=1), sound[:, 1000:9160])
    deck.player.stop()
    assert deck.player.heard() is None


def test_what_is_heard_after_a_jump_begins_there(deck):
    sound = noise(60_000)
    deck.start(Clip(Audio(sound, RATE)))
    deck.take(4800)
    deck.player.seek(30_000)
    deck.primed()
    deck.take(960)
    np.testing.assert_array_equal(deck.player.heard().samples, sound[:, 30_000:30_960])


def test_who_listens_too_late_hears_the_last_half_second(deck):
    sound = noise(60_000)
    deck.start(Clip(Audio(sound, RATE)))
    deck.take(48_000)
    np.testing.assert_array_equal(deck.player.heard().samples, sound[:, 24_000:48_000])


def test_nothing_is_heard_while_the_take_runs_dry(deck):
    take = Growing()
    take.write(noise(6000))
    deck.start(take)
    deck.take(5760)
    deck.sink.take()
    assert deck.player.heard().samples.shape == (2, 6000)
    deck.sink.take()
    assert deck.player.heard().samples.shape == (2, 0)


def test_a_lost_device_is_replaced_and_sound_goes_on_from_there(deck):
    sound, lost = noise(60_000), deck.sink
    deck.start(Clip(Audio(sound, RATE)))
    deck.take(4800)
    lost.underflows = 2
    lost.alive = False
    until(lambda: len(deck.sinks) == 2 and deck.player._sink is deck.sink, "another sink to open")
    assert lost.closed
    deck.primed()
    np.testing.assert_array_equal(deck.take(4800), sound[:, 4800:9600])
    assert deck.player.underruns == 2


def test_a_device_lost_while_idle_is_replaced_at_the_next_play(deck):
    deck.sink.alive = False
    sound = noise(6000)
    deck.player.play(Clip(Audio(sound, RATE)))
    until(lambda: len(deck.sinks) == 2, "another sink to open")
    deck.primed()
    np.testing.assert_array_equal(deck.take(4800), sound[:, :4800])


def test_a_device_lost_while_idle_is_noticed_without_a_play(deck):
    deck.sink.alive = False
    until(lambda: len(deck.sinks) == 2 and deck.player._sink is deck.sink, "another sink to open")
    assert deck.sinks[0].closed


def test_another_sink_is_asked_for_while_it_plays(deck):
    """The sound goes on there at the very sample, at that sink's rate, whatever the first still asks for."""
    sound, opened = noise(60_000), []
    deck.start(Clip(Audio(sound, RATE)))
    deck.take(4800)

    def open_another(pull):
        before = HandSink(pull)
        np.testing.assert_array_equal(before.take(), 0)
        opened.append(HandSink(pull, 24_000))
        return opened[-1]

    deck.player.reopen(open_another)
    until(lambda: deck.player.rate == 24_000, "the other sink")
    assert deck.sinks[0].closed
    deck.sinks += opened
    deck.primed()
    assert deck.player.position == 4800 and deck.player.underruns == 0
    assert deck.take(1000).any()
    assert deck.player.position == pytest.approx(4800 + 2400, abs=960)
    opened[0].alive = False
    until(lambda: len(opened) == 2, "the same again where it is lost")


def test_a_sink_that_holds_much_is_kept_supplied(deck):
    slow = HandSink(deck.player._pull)
    slow.latency = 0.5
    deck.player.reopen(lambda pull: slow)
    until(lambda: deck.player._sink is slow, "the other sink")
    deck.start(Clip(Audio(noise(60_000), RATE)))
    until(lambda: deck.player._voice._ring.readable == 48_000, "twice what it holds")


def test_stop_holds_even_while_a_lost_device_is_being_replaced(deck):
    deck.start(Clip(Audio(noise(60_000), RATE)))
    reopen = deck.player._open_sink

    def stop_meanwhile(pull):
        deck.player.stop()
        return reopen(pull)

    deck.player._open_sink = stop_meanwhile
    deck.sink.alive = False
    until(lambda: deck.player._sink is not deck.sinks[0], "another sink to open")
    time.sleep(0.05)  # two turns of the feeder, in which the stopped voice must not come back
    assert deck.player.position is None
    np.testing.assert_array_equal(deck.sink.take(), 0)


def test_play_before_the_device_is_open_is_not_lost():
    gate, sinks = threading.Event(), []

    def slow(pull):
        gate.wait(5)
        sinks.append(HandSink(pull))
        return sinks[-1]

    player, sound = Player(slow), noise(6000)
    assert (player.device, player.rate, player.position, player.underruns, player.heard()) == ("", 0, None, 0, None)
    player.play(Clip(Audio(sound, RATE)))
    gate.set()
    until(lambda: player._voice.primed, "samples to be ready")
    np.testing.assert_array_equal(sinks[0].take(), sound[:, :BLOCK])
    player.close()


def test_close_ends_all_threads_and_tells_the_source():
    before, clip = set(threading.enumerate()), Clip(Audio(noise(60_000), RATE))
    player = Player(NullSink)
    player.play(clip)
    until(lambda: clip.playhead is not None, "sound to start")
    player.close()
    assert set(threading.enumerate()) == before
    assert clip.playhead is None


def test_without_a_device_time_still_passes():
    player, clip = Player(NullSink), Clip(Audio(noise(12_000), RATE))
    started = time.monotonic()
    player.play(clip)
    until(lambda: clip.playhead is not None and clip.playhead > 0, "sound to start")
    until(lambda: player.position is None, "the end")
    assert time.monotonic() - started > 0.2  # a quarter of a second was played, not skipped
    assert (player.device, player.underruns) == ("No sound device", 0)
    player.close()


def test_commands_from_many_threads_leave_it_in_order(deck):
    """Play, seek and stop race with the feeder and the device; the last word holds, and no source stays marked."""
    clips = [Clip(Audio(noise(30_000, k), RATE)) for k in range(3)]

    def fiddle(clip):
        for k in range(60):
            deck.player.play(clip, 100 * k)
            deck.player.seek(200 * k)
            deck.sink.take()
        deck.player.stop()

    threads = [threading.Thread(target=fiddle, args=(clip,)) for clip in clips]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: deck.player.position is None and all(clip.playhead is None for clip in clips), "silence")
    np.testing.assert_array_equal(deck.sink.take(), 0)


def test_what_lies_ahead_is_given_back_and_taken_anew(deck):
    """The new samples are heard from the very sample that was said to be free."""
    take, old, new = Growing(), noise(20_000, 1), noise(20_000, 2)
    take.write(old)
    deck.start(take)
    heard = [deck.take(960)]
    until(lambda: take.reader is deck.player, "the take to be told who plays it")
    with deck.player.recall(take, 0.05) as free:
        assert free == 960 + 2400
        take.written = free
        take.write(new[:, free:])
    heard.append(deck.take(9600))
    expected = np.concatenate([old[:, :free], new[:, free:]], axis=1)
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), expected[:, : 960 + 9600])
    assert deck.player.underruns == 0


def test_while_it_is_recalled_nothing_is_taken(deck):
    take = Growing()
    take.write(noise(9000))
    deck.start(take)
    with deck.player.recall(take, 0.1) as free:
        take.written = free
        take.write(noise(9600, 3))
        time.sleep(0.06)  # three turns of the feeder
        assert deck.player._voice._ring.readable == free
    until(lambda: deck.player._voice._ring.readable == 9600, "the feeder to go on")


def test_more_than_was_taken_can_be_asked_to_stay(deck):
    take = Growing()
    take.write(noise(48_000))
    deck.start(take)
    with deck.player.recall(take, 0.5) as free:
        assert free == 24_000 and deck.player._voice._ring.readable == 9600


def test_nothing_is_recalled_from_what_does_not_sound(deck):
    take = Growing()
    with deck.player.recall(take, 0.1) as free:
        assert free is None
    deck.start(Clip(Audio(noise(20_000), RATE)))
    with deck.player.recall(take, 0.1) as free:
        assert free is None


def test_at_another_rate_what_has_a_part_in_what_was_taken_stays():
    deck = Deck(44_100)
    take = Growing()
    take.write(noise(48_000))
    deck.start(take)
    with deck.player.recall(take, 0.1) as free:
        assert 4800 < free < 4800 + 200
    deck.player.close()
    assert take.reader is None and take.playhead is None

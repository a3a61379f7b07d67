"""Another take sounds in place of the one that does: at the same sample, without a gap, without a click."""

import threading
import time

import numpy as np
import pytest
import soxr

from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.generate import generate_rows
from engine.playback import Clip, Player
from engine.request import Place, Prompt, Request
from engine.rows import Row
from engine.sinks import NullSink
from engine.take import Take
from engine.voice import FADE_SECONDS, KEEP_SECONDS
from engine.weights import random_model
from tests.engine.takes import clip
from tests.engine.test_playback import BLOCK, RATE, Deck, Growing, HandSink, noise, until

FADE = round(FADE_SECONDS * RATE)


@pytest.fixture
def deck():
    deck = Deck()
    yield deck
    deck.player.close()


def clips(seconds=2.0, rate=RATE):
    return [Clip(Audio(noise(round(seconds * rate), seed), rate)) for seed in (1, 2, 3)]


def spliced(parts, length, fade=FADE):
    """What is to be heard of [(at, samples), ..]: each faded in from its sample on."""
    sound = parts[0][1][:, :length].copy()
    for at, samples in parts[1:]:
        gain = np.clip((np.arange(length) - at + 1) / (fade + 1), 0, 1).astype(np.float32)
        sound = np.where(gain == 1, samples[:, :length], sound + gain * (samples[:, :length] - sound))
    return sound


def test_at_a_sample_to_come(deck):
    one, two, _ = clips()
    deck.start(one)
    heard = [deck.take(960)]
    deck.player.swap(two, 30_000)
    heard.append(deck.take(48_000))
    expected = spliced([(0, one.samples), (30_000, two.samples)], 48_960)
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), expected)
    assert deck.player.underruns == 0


@pytest.mark.parametrize("at", [None, 0, 500, 4_000])
def test_at_once_also_when_the_samples_lie_in_the_ring_already(deck, at):
    one, two, _ = clips()
    deck.start(one)
    heard = [deck.take(960)]
    until(lambda: deck.player._voice._ring.writable < BLOCK, "a full ring")
    deck.player.swap(two, at)
    heard.append(deck.take(9_600))
    begun = max(at or 0, 960 + round(KEEP_SECONDS * RATE))
    expected = spliced([(0, one.samples), (begun, two.samples)], 10_560)
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), expected)
    assert deck.player.underruns == 0


def test_who_is_heard_is_told_when_it_is_heard(deck):
    one, two, _ = clips()
    deck.start(one)
    deck.player.swap(two, 20_000)
    deck.take(9_600)
    until(lambda: one.playhead == 9_600 and two.playhead is None and one.reader is deck.player, "the first to be told")
    deck.take(20_000)
    until(lambda: two.playhead == 29_760 and two.reader is deck.player, "the second to be told")
    assert one.playhead is None and one.reader is None and deck.player.position == 29_760


def test_what_is_the_same_in_both_stays_bit_for_bit(deck):
    one, two, _ = clips()
    two.samples = one.samples.copy()
    deck.start(one)
    deck.player.swap(two, 10_000)
    np.testing.assert_array_equal(deck.take(24_000), one.samples[:, :24_000])


def test_no_click(deck):
    """Two tones of 200 Hz in opposite phase, the worst there is: no step is larger than a tone's own by a fade's."""
    t = np.arange(RATE * 2) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 200 * t)).astype(np.float32)
    one, two = (Clip(Audio(np.stack([sign * tone] * 2), RATE)) for sign in (1, -1))
    deck.start(one)
    deck.player.swap(two, 12_345)
    steps = np.abs(np.diff(deck.take(24_000)[0]))
    own = np.abs(np.diff(tone)).max()
    assert steps.max() <= own + 1.0 / FADE + 1e-6


def test_back_and_forth_as_fast_as_can_be(deck):
    """Plus and minus one half, swapped before every block: always something between the two, and never a step."""
    flat = [Clip(Audio(np.full((2, RATE * 4), value, np.float32), RATE)) for value in (0.5, -0.5)]
    deck.start(flat[0])
    heard = []
    for turn in range(150):
        deck.player.swap(flat[(turn + 1) % 2])
        heard.append(deck.take(BLOCK))
        assert len(deck.player._voice.turns) < 120
    sound = np.concatenate(heard, axis=1)
    assert np.abs(np.diff(sound[0])).max() <= 1.5 / FADE and np.abs(sound).max() <= 0.5
    assert (sound[0] > 0.2).any() and (sound[0] < -0.2).any() and deck.player.underruns == 0


def test_turns_that_are_over_are_forgotten(deck):
    one, two, _ = clips(4.0)
    deck.start(one)
    for _ in range(12):
        deck.player.swap(two)
        deck.take(12_000)
        one, two = two, one
    assert len(deck.player._voice.turns) <= 6


def test_the_last_word_counts(deck):
    one, two, three = clips()
    deck.start(one)
    deck.player.swap(two, 40_000)
    deck.player.swap(three, 20_000)
    heard = deck.take(48_000)
    np.testing.assert_array_equal(heard, spliced([(0, one.samples), (20_000, three.samples)], 48_000))


def test_a_swap_now_and_another_at_the_next_bar(deck):
    one, two, three = clips()
    deck.start(one)
    deck.player.swap(two)
    deck.player.swap(three, 24_000)
    parts = [(0, one.samples), (round(KEEP_SECONDS * RATE), two.samples), (24_000, three.samples)]
    np.testing.assert_array_equal(deck.take(48_000), spliced(parts, 48_000))


def test_what_is_not_written_yet_is_awaited_in_both(deck):
    one, two = Growing(), Growing()
    sounds = noise(48_000, 1), noise(48_000, 2)
    for take, sound in zip((one, two), sounds, strict=True):
        take.write(sound[:, :8_000])
    deck.start(one)
    deck.player.swap(two, 15_000)
    heard = []
    for at in range(8_000, 46_000, 1920):
        for take, sound in zip((one, two), sounds, strict=True):
            take.write(sound[:, at : at + 1920])
        heard.append(deck.take(1920))
    heard = np.concatenate(heard, axis=1)
    np.testing.assert_array_equal(heard, spliced([(0, sounds[0]), (15_000, sounds[1])], heard.shape[1]))
    assert deck.player.underruns == 0


def test_the_first_may_stop_growing(deck):
    one, two = Growing(), Growing()
    one.write(noise(12_000, 1))
    two.write(noise(48_000, 2))
    deck.start(one)
    deck.player.swap(two, 24_000)
    one.state = "stopped"
    heard = deck.take(40_800)
    np.testing.assert_array_equal(heard[:, :12_000], one.samples[:, :12_000])
    np.testing.assert_array_equal(heard[:, 12_000:24_000], 0)
    np.testing.assert_array_equal(heard[:, 24_000 + FADE :], two.samples[:, 24_000 + FADE : 40_800])


def test_a_second_that_is_not_that_long_ends_there(deck):
    one, (two, *_) = Clip(Audio(noise(48_000, 1), RATE)), clips(0.2)
    deck.start(one)
    deck.player.swap(two, 20_160)
    np.testing.assert_array_equal(deck.take(20_160), one.samples[:, :20_160])
    until(lambda: deck.player.position is None, "the end to be noticed")


def test_what_was_given_back_is_taken_of_the_right_one(deck):
    """Steering while a swap is to come: both takes are written anew from the same sample on."""
    one, two = Growing(), Growing()
    for take, seed in ((one, 1), (two, 2)):
        take.write(noise(48_000, seed))
    deck.start(one)
    deck.player.swap(two, 6_000)
    heard = [deck.take(960)]
    with deck.player.recall(one, 0.05) as free:
        for take, seed in ((one, 3), (two, 4)):
            take.written = free
            take.write(noise(48_000, seed)[:, free:])
    with deck.player.recall(Growing(), 0.05) as nothing:
        assert nothing is None
    heard.append(deck.take(19_200))
    expected = spliced([(0, one.samples), (6_000, two.samples)], 20_160)
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), expected)


def test_at_another_rate_it_is_the_resampled_splice(deck):
    one, two, _ = clips(rate=44_100)
    deck.start(one)
    heard = [deck.take(9_600)]
    deck.player.swap(two, 20_000)
    heard = np.concatenate([*heard, deck.take(38_400)], axis=1)
    sound = spliced([(0, one.samples), (20_000, two.samples)], 88_200, round(FADE_SECONDS * 44_100))
    expected = soxr.resample(np.pad(sound, ((0, 0), (44_100, 0))).T, 44_100, RATE, quality="HQ").T[:, RATE:]
    np.testing.assert_allclose(heard, expected[:, :48_000], atol=1e-5)


def test_seek_goes_on_with_the_one_that_was_chosen(deck):
    one, two, _ = clips()
    deck.start(one)
    deck.player.swap(two)
    deck.player.seek(50_000)
    deck.primed()
    np.testing.assert_array_equal(deck.take(4_800), two.samples[:, 50_000:54_800])


def test_a_lost_device_does_not_undo_it(deck):
    one, two, _ = clips()
    deck.start(one)
    deck.player.swap(two, 9_600)
    deck.take(4_800)
    deck.sink.alive = False
    until(lambda: len(deck.sinks) == 2 and deck.player._sink is deck.sink, "another sink to open")
    deck.primed()
    heard = deck.take(19_200)
    expected = spliced([(0, one.samples), (9_600, two.samples)], 24_000)[:, 4_800:]
    np.testing.assert_array_equal(heard, expected)


def test_nothing_to_swap_with_and_a_source_of_another_rate(deck):
    one, two, _ = clips()
    deck.player.swap(two)
    assert deck.player.position is None
    deck.start(one)
    with pytest.raises(ValueError, match="44100 Hz"):
        deck.player.swap(Clip(Audio(noise(100), 44_100)))


def test_from_many_threads(deck):
    sources = clips(20.0)
    deck.start(sources[0])
    deck.take(960)

    def fiddle(source):
        for turn in range(60):
            deck.player.swap(source, None if turn % 2 else 960 * turn)

    threads = [threading.Thread(target=fiddle, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    heard = deck.take(48_000)
    for thread in threads:
        thread.join()
    assert np.isfinite(heard).all() and np.abs(heard).max() <= 0.9 and deck.player.underruns == 0
    last = deck.player._voice.turns[-1].source
    deck.take(48_000)
    until(lambda: last.playhead is not None, "the last to be told")
    assert sum(source.playhead is not None for source in sources) == 1


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def rows_of(rate, seconds):
    audio = clip(rate)
    prompt, rows = Prompt(audio, "clip", 0, audio.samples.shape[1]), []
    for number in range(3):
        take = Take(Request(prompt, seconds, 7 + number, Controls(steps=1)), number + 1, Place(number, 3))
        rows.append(Row(take, ControlBox(take.request.controls)))
    return rows


def test_takes_that_are_written_meanwhile_and_steered(model, monkeypatch):
    """Real rows, player and threads; the test is the device. What comes out is the splice of the takes as they finally
    are, and the pace is that of whichever is heard."""
    monkeypatch.setattr("engine.generate.stopwatch", lambda device: lambda: 0.003)
    rows, stop, sinks, heard = rows_of(RATE, 8.0), threading.Event(), [], []
    player = Player(lambda pull: sinks.append(HandSink(pull)) or sinks[-1])
    writer = threading.Thread(target=lambda: list(generate_rows(model, rows, stop)))
    start, parts = rows[0].take.cut - RATE // 5, [(0, rows[0].take)]
    player.play(rows[0].take, start)
    writer.start()
    try:
        for turn in range(500):
            until(lambda: player._voice.primed and player._voice._ring.readable >= BLOCK, "samples to be ready")
            if turn % 50 == 40:
                row = rows[turn // 50 % 3]
                player.swap(row.take, start + turn * BLOCK + 9_000 * (turn // 50 % 2))
                parts.append((player._voice.turns[-1].at - start, row.take))
            if turn % 70 == 60:
                until(lambda: any(row.take.playhead is not None and row.take.ahead > 0.6 for row in rows), "a buffer")
                rows[turn // 70 % 3].box.set(Controls(steps=1, temperature=0.2 + turn / 400))
            heard.append(sinks[0].take())
            time.sleep(0.001)
    finally:
        stop.set()
        writer.join()
        player.close()
    lengths = {row.take.written for row in rows}  # not sooner: a frame is appended to one take after the other
    heard = np.concatenate(heard, axis=1)
    sounds = [(at, take.samples[:, start:]) for at, take in parts]
    np.testing.assert_array_equal(heard, spliced(sounds, heard.shape[1]))
    assert player.underruns == 0 and len(parts) == 11 and len(lengths) == 1
    assert max(lengths) < start + heard.shape[1] + 1.5 * RATE, "the writer waited for the listener"
    assert all(len(row.take.history.changes) > 1 for row in rows)


def swapped_in_real_time(one, two):
    """What a null sink was given while the sound was swapped three times, and how often it broke off."""
    given, enough = [], threading.Event()

    def open_sink(pull):
        def recorded(out):
            pull(out)
            given.append(out.T.copy())
            if len(given) > 60:
                enough.set()

        return NullSink(recorded)

    player = Player(open_sink)
    player.play(one)
    for source in (two, one, two):
        before = len(given)
        until(lambda n=before: len(given) > n + 10 and player._voice.primed, "some blocks")
        player.swap(source)
    assert enough.wait(10)
    underruns = player.underruns
    player.close()
    return np.concatenate(given, axis=1), underruns


def test_through_the_null_sink_in_real_time():
    """No gap and no click: steps at the swaps are no larger than those around them. A busy machine may be late for a
    block; then it is tried again."""
    t = np.arange(RATE * 3) / RATE
    one, two = (Clip(Audio(np.stack([0.5 * np.sin(2 * np.pi * f * t)] * 2).astype("f4"), RATE)) for f in (220, 330))
    tries = (swapped_in_real_time(one, two) for _ in range(5))
    sound = next(sound for sound, underruns in tries if underruns == 0)
    begun = np.flatnonzero(np.abs(sound).max(axis=0))[0]
    steps = np.abs(np.diff(sound[0, begun:]))
    assert steps.max() <= np.abs(np.diff(two.samples[0])).max() + 1.0 / FADE
    assert np.abs(sound[:, begun + 100 :]).reshape(2, -1)[0, : RATE // 2].max() > 0.4

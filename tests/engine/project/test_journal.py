"""The journal beside takes that grow, go back, fork and end: what is on the disk is what is in memory."""

import itertools
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from engine import generate
from engine.controls import Controls
from engine.events import TakeEnded
from engine.project import journal as journals
from engine.project.frames import Frames, put_together
from engine.project.opening import open_project
from engine.project.take_file import read_take_file
from engine.request import Prompt, Request
from engine.session import Session
from engine.take import Take
from engine.weights import random_model
from tests.engine import fakes

INFO = fakes.FakeModel.info


def write(take: Take, frames: int, temperature: float = 0.8) -> None:
    for _ in range(frames):
        number = len(take.borders)
        take.history.record(number, Controls(temperature=temperature))
        take.append(np.random.default_rng([number, round(100 * temperature)]).uniform(-1, 1, (2, 1920)).astype("f4"))


def kept(journal, take: Take) -> Frames:
    content = (journal.folder / "takes" / journal.name_of(take.id) / "frames").read_bytes()
    return put_together(content, take.cut, take.samples.shape[1])


def wait_for(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def wait_until_same(journal, take: Take) -> None:
    def same() -> bool:
        return kept(journal, take).samples.shape[1] == take.written - take.cut

    wait_for(lambda: (journal.folder / "takes" / journal.name_of(take.id) / "frames").exists() and same())
    frames = kept(journal, take)
    assert np.array_equal(frames.samples, take.samples[:, take.cut : take.written])
    assert list(frames.borders) == take.borders
    assert frames.history.changes == take.history.changes


def test_frames_are_kept_while_the_take_is_written(journal):
    take = Take(fakes.a_request(4.0), 1)
    assert journal.follow(take, INFO) == "0001"
    for _ in range(3):
        write(take, 4)
        wait_until_same(journal, take)
    assert read_take_file(journal.folder / "takes" / "0001" / "take.json").state == "writing"


def test_what_goes_back_in_the_take_goes_back_on_the_disk(journal):
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    write(take, 10)
    wait_until_same(journal, take)
    for frame, temperature in ((6, 1.0), (3, 1.2), (3, 1.4)):
        take.rewind(frame)
        write(take, 2, temperature)
    wait_until_same(journal, take)


def test_a_writer_that_goes_back_all_the_time_is_followed(journal):
    take = Take(fakes.a_request(8.0), 1)
    journal.follow(take, INFO)
    random = np.random.default_rng(1)
    for turn in range(60):
        write(take, 5, 0.5 + turn / 100)
        take.rewind(len(take.borders) - int(random.integers(1, 5)))
        time.sleep(0.001)
    write(take, 1, 1.9)
    wait_until_same(journal, take)


def test_a_take_that_came_whole_and_one_that_was_forked_are_kept_from_their_first_sample(journal):
    request = fakes.a_request(1.0)
    take = Take(request, 3)
    take.append(fakes.tone(0.7))
    take.state = "finished"
    journal.follow(take, None)
    assert journal.catch_up()
    assert np.array_equal(kept(journal, take).samples, take.samples[:, take.cut : take.written])


def test_what_is_decided_later_is_told_later(journal):
    take = Take(fakes.a_request(4.0), 1)
    name = journal.follow(take, INFO)
    path = journal.folder / "takes" / name / "take.json"
    wait_for(path.exists)
    take.seed = 99
    wait_for(lambda: read_take_file(path).seed == 99)
    write(take, 2)
    take.state = "stopped"
    assert journal.catch_up()
    file = read_take_file(path)
    assert (file.state, len(file.moves), file.model.name) == ("stopped", 1, "sine")


def test_a_sound_is_written_once_for_all_that_is_made_of_it(journal):
    request = fakes.a_request(1.0)
    for number in (1, 2):
        take = Take(request, number)
        take.state = "stopped"
        journal.follow(take, INFO)
    assert journal.catch_up()
    assert journal.sounds.name_of(request.prompt.audio) == "0001.wav"
    assert len(list((journal.folder / "sounds").iterdir())) == 1


def test_names_go_on_after_those_that_are_there(start_journal, tmp_path):
    (tmp_path / "takes" / "0007").mkdir(parents=True)
    journal = start_journal(tmp_path)
    first, second = Take(fakes.a_request(), 1), Take(fakes.a_request(), 2)
    journal.adopt(first, "0007")
    assert (journal.follow(first, INFO), journal.follow(second, INFO)) == ("0007", "0008")
    assert journal.names == ("0007", "0008")
    second.state = "stopped"


def test_a_full_disk_is_told_once_and_nothing_is_missing_once_there_is_room(start_journal, monkeypatch):
    monkeypatch.setattr(journals, "RETRY_PERIOD", 0.01)
    errors, full, append = [], threading.Event(), journals._append
    full.set()

    def half_written(line, content):
        if full.is_set():
            line.file.write(content[: len(content) // 2])
            line.file.truncate(line.size)
            raise OSError(28, "No space left on device")
        append(line, content)

    monkeypatch.setattr(journals, "_append", half_written)
    journal = start_journal(on_error=errors.append)
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    write(take, 5)
    wait_for(lambda: errors)
    assert not journal.catch_up()
    write(take, 5)
    full.clear()
    wait_until_same(journal, take)
    (error,) = errors
    assert "disk is full" in error.message


def frame_of(number: int) -> SimpleNamespace:
    return SimpleNamespace(index=number, controls=Controls(), block=fakes.tone(0.04), drawn=None)


def test_a_writer_does_not_leave_a_slow_disk_behind(journal, monkeypatch):
    append = journals._append
    monkeypatch.setattr(journals, "_append", lambda line, content: (time.sleep(0.03), append(line, content)))
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    for number in range(10):
        generate.append(take, frame_of(number))
        assert number == 0 or len(kept(journal, take).borders) >= number
    take.rewind(4)
    generate.append(take, frame_of(4))
    generate.append(take, frame_of(5))
    assert len(kept(journal, take).borders) in (5, 6)


def test_the_first_frame_waits_for_its_folder(journal, monkeypatch):
    monkeypatch.setattr(journals, "PATIENCE", 20.0)
    make_folder = journals.make_folder
    monkeypatch.setattr(journals, "make_folder", lambda folder: (time.sleep(0.3), make_folder(folder)))
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    generate.append(take, frame_of(0))
    assert (journal.folder / "takes" / "0001" / "take.json").exists()


def test_a_frame_without_samples_holds_nobody_up(journal):
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    take.history.record(0, Controls())
    take.append(np.zeros((2, 0), "f4"))
    journal.wait_for(take)
    assert not journal._slow


def test_a_writer_goes_on_when_the_disk_does_not_answer_and_waits_again_once_it_does(journal, monkeypatch):
    monkeypatch.setattr(journals, "PATIENCE", 0.05)
    answers, append = threading.Event(), journals._append
    monkeypatch.setattr(journals, "_append", lambda line, content: (answers.wait(20), append(line, content)))
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    for number in range(5):
        generate.append(take, frame_of(number))
    assert take.written > take.cut
    assert journal._slow
    answers.set()
    wait_until_same(journal, take)
    generate.append(take, frame_of(5))
    generate.append(take, frame_of(6))
    assert len(kept(journal, take).borders) >= 6


def test_what_is_soon_to_be_heard_is_not_held_up(journal, monkeypatch):
    monkeypatch.setattr(journals, "PATIENCE", 20.0)
    answers, append = threading.Event(), journals._append
    monkeypatch.setattr(journals, "_append", lambda line, content: (answers.wait(20), append(line, content)))
    take = Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    generate.append(take, frame_of(0))
    take.playhead = take.written - round(0.9 * journals.RESERVE * take.rate)
    generate.append(take, frame_of(1))
    assert not answers.is_set() and len(take.borders) == 2
    assert not journal._slow, "the writer did not wait, so it cannot say that the disk is slow"
    answers.set()


def test_a_folder_that_cannot_be_written_is_told(start_journal, tmp_path):
    errors = []
    (tmp_path / "Song.calmproject").mkdir()
    (tmp_path / "Song.calmproject" / "takes").write_text("in the way")
    journal = start_journal(on_error=errors.append)
    journal.follow(Take(fakes.a_request(), 1), INFO)
    wait_for(lambda: errors)
    assert "not kept" in errors[0].message


def test_a_take_that_cannot_be_kept_is_told_once_and_hinders_no_other(start_journal, monkeypatch, tmp_path):
    monkeypatch.setattr(journals, "RETRY_PERIOD", 20.0)
    errors = []
    journal = start_journal(tmp_path, on_error=errors.append)
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "0001").write_text("in the way")
    bad, good = Take(fakes.a_request(4.0), 1), Take(fakes.a_request(4.0), 2)
    journal.follow(bad, INFO)
    wait_for(lambda: errors)
    journal.follow(good, INFO)
    for number in range(6):
        generate.append(bad, frame_of(number))
        generate.append(good, frame_of(number))
    journal.wait_for(good)
    assert kept(journal, good).samples.shape[1] == good.written - good.cut
    assert len(errors) == 1


def test_a_sound_that_is_known_is_named_while_another_is_written(journal, monkeypatch):
    known, new = fakes.a_prompt(0.6).audio, fakes.a_prompt(0.7).audio
    name, done = journal.sounds.name_of(known), threading.Event()
    monkeypatch.setattr("engine.project.sounds._write", lambda file, audio: done.wait(20))
    writer = threading.Thread(target=journal.sounds.name_of, args=(new,))
    writer.start()
    wait_for(journal.sounds._lock.locked)
    assert journal.sounds.name_of(known) == name and not done.is_set()
    done.set()
    writer.join()


def test_what_is_written_is_handed_to_the_disk_again_and_again(start_journal, monkeypatch):
    monkeypatch.setattr(journals, "SYNC_PERIOD", 0.02)
    synced, fsync = [], journals.os.fsync
    monkeypatch.setattr(journals.os, "fsync", lambda handle: (synced.append(handle), fsync(handle)))
    journal, take = start_journal(), Take(fakes.a_request(4.0), 1)
    journal.follow(take, INFO)
    wait_for(lambda: len(synced) > 6)
    write(take, 1)
    wait_until_same(journal, take)


def test_a_session_tells_of_each_take_before_it_is_written_and_its_fork_is_kept_whole(journal):
    session = Session(lambda progress: random_model("tiny"))
    session.on_take = journal.follow
    rate = 8_000
    clip = fakes.a_prompt(0.6, rate).audio
    asked = Request(Prompt(clip, "clip", 0, clip.samples.shape[1]), 0.4, 5, Controls(steps=1))
    try:
        parent = ended(session, asked)
        fork = ended(session, Request.forked(parent, 4, 0.2, 6, Controls(steps=1, temperature=1.0)))
    finally:
        session.close()
    assert journal.catch_up()
    opened = open_project(journal.folder, itertools.count(50).__next__)
    assert opened.left_out == ()
    for name, take in (("0001", parent), ("0002", fork)):
        again = opened.takes[name].take
        assert np.array_equal(again.audio.samples, take.audio.samples)
        assert again.history.changes == take.history.changes
        assert (again.borders, again.seed, again.forks, again.place) == (
            take.borders,
            take.seed,
            take.forks,
            take.place,
        )
    assert len(fork.forks) == 1


def ended(session: Session, request: Request) -> Take:
    takes = []
    on_take = session.on_take
    session.on_take = lambda take, info: (takes.append(take), on_take(take, info))
    session.submit(request)
    wait_for(lambda: any(isinstance(event, TakeEnded) for event in session.poll()))
    session.on_take = on_take
    return takes[0]


@pytest.fixture(autouse=True)
def errors_in_threads_fail():
    """A journal that dies would leave everything after it unkept."""
    found, before = [], threading.excepthook
    threading.excepthook = lambda args: found.append(args.exc_value)
    yield
    threading.excepthook = before
    assert not found

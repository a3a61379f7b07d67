"""What is done ahead, in which order, and what breaks it off."""

from types import SimpleNamespace

import pytest

from engine.ahead import Ahead
from engine.request import Prompt
from tests.engine.takes import clip


def a_prompt() -> Prompt:
    return Prompt(clip(), "clip", 0, 48_000)


@pytest.fixture
def ahead():
    return Ahead()


def test_a_prompt_comes_before_a_take(ahead):
    take, prompt = SimpleNamespace(), a_prompt()
    ahead.trace(take)
    ahead.ask(prompt)
    ahead.trace(take)
    assert ahead.begin().prompt is prompt
    assert ahead.begin().take is take and ahead.idle


def test_another_take_breaks_the_going_over_off_but_not_a_hearing(ahead):
    ahead.trace(SimpleNamespace())
    first = ahead.begin()
    ahead.trace(SimpleNamespace())
    assert first.stop.is_set()
    ahead.ask(a_prompt())
    hearing = ahead.begin()
    ahead.trace(SimpleNamespace())
    assert not hearing.stop.is_set()


@pytest.mark.parametrize("same", [True, False])
def test_a_job_breaks_all_off_but_the_hearing_of_its_prompt(ahead, same):
    prompt = a_prompt()
    ahead.ask(prompt)
    ahead.trace(SimpleNamespace())
    hearing, tracing = ahead.begin(), ahead.begin()
    ahead.begun = hearing
    ahead.trace(tracing.take)
    ahead.give_way(prompt if same else a_prompt())
    assert hearing.stop.is_set() is not same
    assert ahead.begin().stop.is_set()

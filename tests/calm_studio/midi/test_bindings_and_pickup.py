"""Which knob steers what, and when it takes hold of it: plain values."""

import pytest
from mido import Message

from calm_studio import kept_file
from calm_studio.midi.bindings import Bindings, Source, amount_of, source_of
from calm_studio.midi.pickup import Grip, takes_hold

KNOB, PAD = Source("nano", "control_change", 0, 16), Source("pads", "note_on", 9, 36)


def test_a_knob_steers_one_thing_and_a_thing_may_have_several_knobs(tmp_path):
    bindings = Bindings().learned(KNOB, "Temperature").learned(PAD, "Play").learned(KNOB, "Steps")
    assert (bindings.target_of(KNOB), bindings.target_of(PAD)) == ("Steps", "Play")
    assert bindings.sources_of("Temperature") == ()
    both = bindings.learned(Source("other", "control_change", 0, 1), "Steps")
    assert len(both.sources_of("Steps")) == 2
    assert both.forgotten("Steps") == Bindings().learned(PAD, "Play")
    kept_file.save(tmp_path / "midi.json", both)
    assert kept_file.load(Bindings, tmp_path / "midi.json") == both


def test_messages_name_their_knob_and_how_far_it_is_turned():
    turned = Message("control_change", control=16, value=90)
    assert (source_of("nano", turned), amount_of(turned)) == (KNOB, 90)
    for kind, amount in (("note_on", 64), ("note_off", 0)):
        message = Message(kind, note=36, channel=9, velocity=64)
        assert (source_of("pads", message), amount_of(message)) == (PAD, amount)
    assert source_of("nano", Message("pitchwheel")) is None
    assert (KNOB.words, PAD.words) == ("CC 16", "note 36 on channel 10")


@pytest.mark.parametrize(
    ("grip", "knob", "value", "takes"),
    [
        (None, 0.1, 0.5, False),
        (None, 0.5, 0.51, True),
        (Grip(0.1), 0.2, 0.5, False),
        (Grip(0.2), 0.7, 0.5, True),
        (Grip(0.7), 0.2, 0.5, True),
        (Grip(0.5, 0.5), 0.9, 0.5, True),
        (Grip(0.5, 0.5), 0.6, 0.9, False),
    ],
    ids=["unknown", "near", "below", "passed upwards", "passed downwards", "held, turned fast", "moved by hand since"],
)
def test_a_knob_takes_hold_when_it_passes_the_value(grip, knob, value, takes):
    assert takes_hold(grip, knob, value) is takes

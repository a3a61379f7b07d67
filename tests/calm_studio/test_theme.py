"""Colours can be read in both themes, the whole window follows a change of theme, and the bundled fonts are shown."""

import dataclasses
from itertools import product

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontInfo, QImage

from calm_studio import theme
from calm_studio.palettes import DARK, LIGHT, THEMES, Palette
from calm_studio.screenshots import picture

GROUNDS = ("ground", "panel", "field")
ON_GROUNDS = ("text", "muted", "teal", "amber", "violet", "blue", "green", "red")
PAIRS = (
    *product(ON_GROUNDS, GROUNDS),
    ("teal", "teal_ground"),
    ("amber", "amber_ground"),
    ("text", "amber_ground"),
    ("text", "red_ground"),
    ("text", "green_ground"),
    ("text", "line"),
    ("on_fill", "fill"),
    ("on_fill", "fill_lit"),
    ("on_fill_dim", "fill"),
)
"""What is written on what."""


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = QColor(colour).getRgbF()[:3]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=THEMES)
def palette(request) -> Palette:
    return THEMES[request.param]


@pytest.fixture
def dressing(dressed):
    """`dressing(theme)`; afterwards all is dark again."""
    yield lambda name: theme.switch(dressed, name)
    theme.switch(dressed, "dark")


def test_words_stand_out_from_their_ground(palette):
    pairs = {(a, b): contrast(getattr(palette, a), getattr(palette, b)) for a, b in PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in pairs.items() if ratio < 4.5} == {}


def test_the_colours_of_takes_can_be_read_too_and_are_the_same_ones_in_both_themes(palette):
    assert [name for name, colour in palette.lane_colours if contrast(colour, palette.panel) < 4.5] == []
    assert [name for name, _ in palette.lane_colours] == [name for name, _ in DARK.lane_colours]


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_ring_around_what_has_the_keyboard_is_seen(palette, ground):
    assert contrast(palette.focus, getattr(palette, ground)) >= 3
    assert contrast(palette.focus, palette.line) >= 3 or contrast(palette.focus, palette.panel) >= 4.5


def test_no_colour_is_asked_for_that_is_not_there():
    with pytest.raises(AttributeError, match="MAUVE"):
        theme.MAUVE  # noqa: B018


def test_the_names_follow_the_theme(dressing):
    dressing("light")
    assert (theme.AMBER, theme.named("TEAL")) == (LIGHT.amber, LIGHT.teal)
    dressing("dark")
    assert (theme.AMBER, theme.named("TEAL")) == (DARK.amber, DARK.teal)


def test_as_the_system_means_dark_where_the_system_does_not_say(dressing):
    dressing("light")
    dressing("system")
    assert theme.PANEL == DARK.panel


def colours(window) -> set[str]:
    """Those of at least 50 pixels: the edges of letters have every shade."""
    image = picture(window, 1.0).toImage().convertToFormat(QImage.Format.Format_RGB32)
    values, counts = np.unique(np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF, return_counts=True)
    return {f"#{value:06x}" for value in values[counts >= 50]}


def own(palette: Palette, other: Palette) -> set[str]:
    """The colours that only one of them has."""
    mine, others = (
        {value for value in dataclasses.astuple(each) if isinstance(value, str)} for each in (palette, other)
    )
    return mine - others


def test_the_whole_window_follows_a_change_of_theme_and_goes_back(grooving, make, dressing, qtbot):
    """With a take, a card, a strip, lit buttons and words in colours on it."""
    make(grooving)
    assert colours(grooving.window) & own(DARK, LIGHT) >= {DARK.panel, DARK.teal_wave, DARK.teal_ground, DARK.violet}
    dressing("light")
    grooving.show_again()
    qtbot.waitUntil(lambda: colours(grooving.window) & own(DARK, LIGHT) == set())
    assert colours(grooving.window) >= {LIGHT.panel, LIGHT.teal_wave, LIGHT.teal_ground, LIGHT.violet}
    dressing("dark")
    grooving.show_again()
    qtbot.waitUntil(lambda: colours(grooving.window) & own(LIGHT, DARK) == set())


def test_the_bundled_font_is_used(dressed):
    assert QFontInfo(dressed.font()).family() == "Inter"

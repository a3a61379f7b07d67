"""Colours can be read, and the bundled fonts are what is shown."""

import pytest
from PySide6.QtGui import QColor, QFontInfo

from calm_studio import theme


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = QColor(colour).getRgbF()[:3]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (theme.TEXT, theme.PANEL),
        (theme.MUTED, theme.PANEL),
        (theme.MUTED, theme.FIELD),
        (theme.MUTED, theme.GROUND),
        (theme.TEAL, theme.TEAL_GROUND),
        (theme.AMBER, theme.AMBER_GROUND),
        (theme.GROUND, theme.AMBER),
        (theme.TEXT, theme.RED_GROUND),
        (theme.GREEN, theme.PANEL),
        (theme.VIOLET, theme.PANEL),
    ],
)
def test_words_stand_out_from_their_ground(text, ground):
    high, low = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_bundled_font_is_used(dressed):
    assert QFontInfo(dressed.font()).family() == "Inter"

"""The style sheet of all widgets (style.qss), in the colours of a palette. No Qt in here."""

from dataclasses import asdict
from pathlib import Path
from string import Template

from calm_studio.palettes import Palette


def style_sheet(palette: Palette) -> str:
    return Template(Path(__file__).with_name("style.qss").read_text("utf-8")).substitute(asdict(palette))

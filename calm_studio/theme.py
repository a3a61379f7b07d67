"""What things look like: fonts, and the colours of the theme that is shown, which can change while the app runs.

`theme.AMBER` is the colour `amber` of that palette (`calm_studio.palettes`) at the moment it is asked for. Painting
code asks each time it paints. What keeps a colour for longer (a pen, a slider) keeps its name, "AMBER", and asks for
it with `named`, so that it follows a change of theme; words with colours in them are written anew by `show_state`.
"""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from calm_studio.palettes import DARK, THEMES, Named, Palette
from calm_studio.style_sheet import style_sheet

Theme = Literal["dark", "light", "system"]
_shown: Palette = DARK


def __getattr__(name: str) -> str | Named:
    """The colour of the palette that is shown, its name in capitals."""
    if name.isupper() and hasattr(_shown, name.lower()):
        return getattr(_shown, name.lower())
    raise AttributeError(f"the theme has no {name}")


def named(name: str) -> str:
    """The colour with this name, in capitals, in the palette that is shown."""
    return __getattr__(name)


def font(widget: QWidget, pixels: int) -> QFont:
    """The font of `widget`, so many pixels high."""
    font = QFont(widget.font())
    font.setPixelSize(pixels)
    return font


def see_through(colour: str, alpha: int) -> QColor:
    """`colour` with `alpha` of 255."""
    shade = QColor(colour)
    shade.setAlpha(alpha)
    return shade


def apply(app: QApplication, theme: Theme = "dark") -> None:
    """Load the bundled fonts and dress every widget of `app`."""
    for path in sorted((Path(__file__).parent / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))
    font = QFont(["Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans"])
    font.setPixelSize(13)
    app.setFont(font)
    app.setStyle("Fusion")
    switch(app, theme)


def switch(app: QApplication, theme: Theme) -> None:
    """Show everything in another theme. Words with colours in them have to be written anew."""
    global _shown
    _shown = THEMES[theme if theme in THEMES else _of_the_system()]
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, _shown.ground),
        (QPalette.ColorRole.Base, _shown.field),
        (QPalette.ColorRole.Button, _shown.field),
        (QPalette.ColorRole.Text, _shown.text),
        (QPalette.ColorRole.WindowText, _shown.text),
        (QPalette.ColorRole.ButtonText, _shown.text),
        (QPalette.ColorRole.PlaceholderText, _shown.muted),
        (QPalette.ColorRole.Highlight, _shown.fill),
        (QPalette.ColorRole.HighlightedText, _shown.on_fill),
    ):
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet(_shown))


def _of_the_system() -> str:
    """Dark where the system does not say."""
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"

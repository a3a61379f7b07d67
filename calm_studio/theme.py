"""Colours, fonts and the style sheet: the only place that says what things look like."""

from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

GROUND = "#121418"
PANEL = "#1a1d23"
FIELD = "#20242b"
LINE = "#2b3038"
TEXT = "#dfe3ea"
MUTED = "#8b93a1"
FAINT = "#5f6977"
TEAL = "#4fd1c5"
TEAL_WAVE = "#42a69f"
TEAL_GROUND = "#1e292e"
AMBER = "#f6ad55"
AMBER_WAVE = "#bf8847"
AMBER_GROUND = "#3a2d1c"
AMBER_DIM = "#7d6038"
VIOLET = "#b794f4"
BLUE = "#90cdf4"
GREEN = "#68d391"
RED = "#fc8181"
RED_GROUND = "#33201f"
GREEN_GROUND = "#1d2b24"
LANE_COLOURS = (
    ("Rose", "#f687b3"),
    ("Yellow", "#f6e05e"),
    ("Green", "#68d391"),
    ("Blue", "#63b3ed"),
    ("Violet", "#b794f4"),
    ("Grey", "#a0aec0"),
)
"""Names and colours that a take can be given."""

STYLE = f"""
* {{ color: {TEXT}; outline: none; }}
QMainWindow, QDialog {{ background: {GROUND}; }}
QToolTip {{ background: {FIELD}; color: {TEXT}; border: 1px solid {LINE}; padding: 4px; }}
QFrame#topBar {{ background: {PANEL}; border-bottom: 1px solid {LINE}; }}
QFrame#transport {{ background: {PANEL}; border-top: 1px solid {LINE}; }}
QFrame#shelf {{ background: {PANEL}; border-right: 1px solid {LINE}; }}
QFrame#controls {{ background: {PANEL}; border-left: 1px solid {LINE}; }}
QLabel {{ background: transparent; }}
QLabel#appName {{ font-size: 15px; font-weight: 700; }}
QLabel#heading {{ color: {MUTED}; font-size: 11px; font-weight: 600; }}
QLabel#muted, QLabel#hint {{ color: {MUTED}; font-size: 12px; }}
QLineEdit#inPlace {{ background: {GROUND}; border: 1px solid {AMBER}; border-radius: 4px; padding: 0 6px; }}
QLabel#scores {{ color: {MUTED}; font-size: 11px; }}
QLabel#key {{ font-size: 12px; font-weight: 600; }}
QLabel#value {{ font-size: 13px; }}
QLabel#time {{ font-size: 23px; font-weight: 700; }}
QLabel#chip {{ background: {FIELD}; border: 1px solid {LINE}; border-radius: 6px; padding: 4px 9px; font-size: 12px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {LINE}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QPlainTextEdit, QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
    background: {FIELD}; border: 1px solid {LINE}; border-radius: 6px; padding: 4px 8px; font-size: 12px;
    selection-background-color: {AMBER}; selection-color: {GROUND}; }}
QPlainTextEdit:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
    border-color: {FAINT}; }}
QSpinBox, QDoubleSpinBox, QComboBox, QLineEdit {{ min-height: 18px; }}
QLineEdit:disabled {{ color: {FAINT}; }}
QLabel#problem {{ color: {RED}; font-size: 11px; }}
QFrame#field {{ background: {FIELD}; border: 1px solid {LINE}; border-radius: 6px; }}
QFrame#field QSpinBox, QFrame#field QDoubleSpinBox {{ background: transparent; border: none; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
    width: 0; border: none; }}
QComboBox::drop-down {{ border: none; width: 14px; }}
QComboBox QAbstractItemView {{ background: {FIELD}; border: 1px solid {LINE}; selection-background-color: {LINE}; }}
QPushButton {{ background: {FIELD}; border: 1px solid {LINE}; border-radius: 6px; padding: 6px 10px; font-size: 12px; }}
QPushButton:hover {{ background: {LINE}; }}
QPushButton:focus {{ border-color: {FAINT}; }}
QPushButton:disabled {{ color: {FAINT}; }}
QPushButton#link {{ background: transparent; border: none; padding: 1px 2px; color: {MUTED};
    text-decoration: underline; }}
QPushButton#link:hover, QPushButton#link:focus {{ color: {TEXT}; }}
QPushButton#link:checked {{ color: {AMBER}; }}
QPushButton#round {{ border-radius: 7px; padding: 0; }}
QPushButton#round:checked, QPushButton#round[lit="true"] {{ background: {AMBER_GROUND}; border-color: {AMBER}; }}
QPushButton#continue {{ background: {AMBER}; border: none; border-radius: 6px; }}
QPushButton#continue:hover, QPushButton#continue:focus {{ background: #ffc078; }}
QPushButton#continue:disabled {{ background: {AMBER_GROUND}; }}
QPushButton#drag {{ padding: 2px 9px; border-radius: 5px; font-size: 11px; color: {MUTED}; }}
QPushButton#mark {{ background: transparent; border: none; border-radius: 4px; padding: 0; }}
QPushButton#mark:hover {{ background: {LINE}; }}
QPushButton#drag[lit="true"] {{ background: {AMBER}; border-color: {AMBER}; color: {GROUND}; font-weight: 700; }}
QFrame#segments {{ background: {FIELD}; border: 1px solid {LINE}; border-radius: 6px; }}
QPushButton#segment {{ background: transparent; border: none; border-right: 1px solid {LINE}; border-radius: 0; }}
QPushButton#segment:checked {{ background: {AMBER_GROUND}; }}
QPushButton#segment:focus {{ background: {LINE}; }}
QPushButton#segment:checked:focus {{ background: #46361f; }}
QPushButton#segment[last="true"] {{ border-right: none; }}
QFrame#automation {{ background: {PANEL}; border: 1px solid {LINE}; border-radius: 6px; }}
QFrame#popover {{ background: {FIELD}; border: 1px solid {FAINT}; border-radius: 8px; }}
QFrame#popover QFrame#segments {{ background: {PANEL}; }}
QPushButton#primary {{ background: {AMBER}; border-color: {AMBER}; color: {GROUND}; font-weight: 600; }}
QCheckBox {{ font-size: 12px; spacing: 7px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {FAINT}; border-radius: 4px;
    background: {FIELD}; }}
QCheckBox::indicator:checked {{ background: {AMBER}; border-color: {AMBER}; }}
QCheckBox:focus {{ color: {AMBER}; }}
QProgressBar {{ background: {PANEL}; border: none; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {AMBER}; border-radius: 3px; }}
QMenu {{ background: {FIELD}; border: 1px solid {FAINT}; border-radius: 6px; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 12px; font-size: 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {LINE}; }}
QMenu::item:disabled {{ color: {FAINT}; }}
QMenu::separator {{ height: 1px; background: {LINE}; margin: 4px 6px; }}
QFrame#banner {{ background: {RED_GROUND}; border: 1px solid {RED}; border-radius: 6px; }}
QFrame#banner[kind="info"] {{ background: {GREEN_GROUND}; border-color: {GREEN}; }}
QFrame#banner QPushButton {{ background: transparent; border: none; padding: 2px 6px; }}
"""


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


def apply(app: QApplication) -> None:
    """Load the bundled fonts and dress every widget of `app`."""
    for path in sorted((Path(__file__).parent / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))
    font = QFont(["Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans"])
    font.setPixelSize(13)
    app.setFont(font)
    app.setStyle("Fusion")
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, GROUND),
        (QPalette.ColorRole.Base, FIELD),
        (QPalette.ColorRole.Button, FIELD),
        (QPalette.ColorRole.Text, TEXT),
        (QPalette.ColorRole.WindowText, TEXT),
        (QPalette.ColorRole.ButtonText, TEXT),
        (QPalette.ColorRole.PlaceholderText, FAINT),
        (QPalette.ColorRole.Highlight, AMBER),
        (QPalette.ColorRole.HighlightedText, GROUND),
    ):
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    app.setStyleSheet(STYLE)

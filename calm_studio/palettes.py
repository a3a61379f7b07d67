"""The colours of the two themes, by what they are for. No Qt in here."""

from dataclasses import dataclass

Named = tuple[tuple[str, str], ...]
"""(name, colour)."""


@dataclass(frozen=True)
class Palette:
    """Every colour as "#rrggbb". Words in `text`, `muted` and the accents can be read on all grounds (4.5:1), `faint`
    is for what need not be read; `focus` is the ring around what has the keyboard (3:1)."""

    ground: str
    panel: str
    field: str
    line: str
    text: str
    muted: str
    faint: str
    focus: str
    teal: str
    teal_wave: str
    teal_ground: str
    amber: str
    amber_wave: str
    amber_ground: str
    amber_dim: str
    violet: str
    blue: str
    green: str
    green_ground: str
    red: str
    red_ground: str
    fill: str  # of the one button that matters, and of what is chosen
    fill_lit: str
    on_fill: str
    on_fill_dim: str
    cursor: str
    track: str
    knob: str
    lane_colours: Named
    """Names and colours that a take can be given."""


DARK = Palette(
    ground="#121418",
    panel="#1a1d23",
    field="#20242b",
    line="#2b3038",
    text="#dfe3ea",
    muted="#8b93a1",
    faint="#5f6977",
    focus="#90cdf4",
    teal="#4fd1c5",
    teal_wave="#42a69f",
    teal_ground="#1e292e",
    amber="#f6ad55",
    amber_wave="#bf8847",
    amber_ground="#3a2d1c",
    amber_dim="#7d6038",
    violet="#b794f4",
    blue="#90cdf4",
    green="#68d391",
    green_ground="#1d2b24",
    red="#fc8181",
    red_ground="#33201f",
    fill="#f6ad55",
    fill_lit="#ffc078",
    on_fill="#121418",
    on_fill_dim="#5a4120",
    cursor="#ffffff",
    track="#333a45",
    knob="#f2f4f7",
    lane_colours=(
        ("Rose", "#f687b3"),
        ("Yellow", "#f6e05e"),
        ("Green", "#68d391"),
        ("Blue", "#63b3ed"),
        ("Violet", "#b794f4"),
        ("Grey", "#a0aec0"),
    ),
)
LIGHT = Palette(
    ground="#e9ebef",
    panel="#f5f6f8",
    field="#ffffff",
    line="#cfd4dc",
    text="#1b1f27",
    muted="#565e6c",
    faint="#949ba8",
    focus="#1f6fb8",
    teal="#0a665f",
    teal_wave="#2b948b",
    teal_ground="#d5ebe8",
    amber="#8a4b00",
    amber_wave="#cf8a2e",
    amber_ground="#fbe6c8",
    amber_dim="#dcbd8f",
    violet="#6b3fbf",
    blue="#155a99",
    green="#1a6b3c",
    green_ground="#dcefe3",
    red="#b02a2a",
    red_ground="#fbe3e2",
    fill="#f0a03c",
    fill_lit="#f7b561",
    on_fill="#241703",
    on_fill_dim="#5a3d10",
    cursor="#15181e",
    track="#c3c9d2",
    knob="#3c434f",
    lane_colours=(
        ("Rose", "#b0246b"),
        ("Yellow", "#7a5c00"),
        ("Green", "#1a6b3c"),
        ("Blue", "#155a99"),
        ("Violet", "#6b3fbf"),
        ("Grey", "#4f5968"),
    ),
)
THEMES = {"dark": DARK, "light": LIGHT}

"""Finds a General MIDI sound font that is on this computer already."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SUFFIXES = (".sf3", ".sf2")
GENERAL = re.compile(r"GM|(?i:fluid|general|ms[ _]basic|\bgm[-_. ]|[-_. ]gm\b)")
"""What those are called that hold all 128 instruments and the drums; others hold a single one, such as a piano."""
LARGEST = 400_000_000  # bytes: it is held in memory, and is read for some seconds

_SYSTEM = {
    "linux": (
        "/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts",
        "/usr/share/mscore/sound", "/usr/share/mscore-4.0/sound", "/usr/share/mscore3/sound",
    ),
    "darwin": (
        "/Library/Audio/Sounds/Banks", "/opt/homebrew/share/soundfonts", "/usr/local/share/soundfonts",
        "/Applications/MuseScore 4.app/Contents/Resources/sound",
        "/Applications/MuseScore 3.app/Contents/Resources/sound",
    ),
    "win32": (
        "C:/soundfonts", "C:/ProgramData/soundfonts", "C:/Program Files/MuseScore 4/sound",
        "C:/Program Files/MuseScore 3/sound", "C:/Program Files/Common Files/Sounds/Banks",
    ),
}  # fmt: skip
_OWN = {  # below the home folder
    "linux": (".local/share/soundfonts", ".local/share/sounds/sf3", ".local/share/sounds/sf2"),
    "darwin": ("Library/Audio/Sounds/Banks",),
    "win32": (),
}
_MUSESCORE = ("Documents/MuseScore4/SoundFonts", "Documents/MuseScore3/SoundFonts")


def folders(platform: str, home: Path) -> list[Path]:
    """Where sound fonts usually lie on a platform, as `sys.platform` calls it: the user's own places first."""
    own = [home / name for name in (*_OWN.get(platform, ()), *_MUSESCORE)]
    return own + [Path(name) for name in _SYSTEM.get(platform, ())]


def find_sound_font(places: list[Path] | None = None) -> Path | None:
    """The first General MIDI font in `places`, or else in the usual ones; None if there is none."""
    for folder in folders(sys.platform, Path.home()) if places is None else places:
        if found := _fonts_in(folder):
            return found[0]
    return None


def _fonts_in(folder: Path) -> list[Path]:
    """Compressed ones first, for they are a tenth of the size; then by name."""
    try:
        files = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and GENERAL.search(path.stem)]
        files = [path for path in files if path.is_file() and path.stat().st_size <= LARGEST]
    except OSError:  # not there, or not ours to read
        return []
    return sorted(files, key=lambda path: (SUFFIXES.index(path.suffix.lower()), path.name))

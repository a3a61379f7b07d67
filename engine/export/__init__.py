"""Files that leave the app. The main path is `export` in engine/export/export.py; `write_wav` is its plainest case.

Each public name is imported from here; each module below holds one step of the path.
"""

from engine.export.export import Exported, export, export_all
from engine.export.names import free_path, take_name
from engine.export.piece import Piece
from engine.export.settings import (
    DEPTHS,
    FORMATS,
    PEAK_CEILING,
    RATES,
    TARGETS,
    Depth,
    ExportSettings,
    Format,
    Part,
)
from engine.export.wav import write_wav

__all__ = [
    "DEPTHS",
    "FORMATS",
    "PEAK_CEILING",
    "RATES",
    "TARGETS",
    "Depth",
    "ExportSettings",
    "Exported",
    "Format",
    "Part",
    "Piece",
    "export",
    "export_all",
    "free_path",
    "take_name",
    "write_wav",
]

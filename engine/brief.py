"""The brief: what a frame is to be like, as far as somebody has said so."""

from __future__ import annotations

from dataclasses import dataclass

from engine.music.leadsheet import LeadSheet


@dataclass(frozen=True)
class Brief:
    """The lead sheet to follow, if any, and the text, "" for none."""

    sheet: LeadSheet | None = None
    text: str = ""

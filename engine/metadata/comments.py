"""Metadata for the formats that have comments instead of chunks: FLAC, Ogg, Opus, MP3 and AIFF, as soundfile names
them. They have no fields for the rest, so that the recipe goes into the comment, after the description."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import replace
from datetime import datetime
from typing import Literal

from engine.metadata.riff import ascii_text
from engine.metadata.values import Metadata

Container = Literal["flac", "ogg", "opus", "mp3", "aiff"]
LARGEST_RECIPE = 4 << 20  # characters unpacked; a take of 600 s with a move in every frame has 1.5 million
ROOM: dict[Container, int] = {  # bytes of the comment, in libsndfile 1.2.2
    "aiff": 7_500,  # it fails with more than about 8,000 bytes of text
    "opus": 48_000,  # it writes a file whose texts hold 51,200 in all, and cannot open it again
}
_PACKED = re.compile(r"\s*calm-recipe:([A-Za-z0-9+/=]+)\s*$")


def tags(metadata: Metadata, container: Container = "flac") -> dict[str, str]:
    """Texts to set as attributes of a `soundfile.SoundFile` before its samples are written; empty ones are left out.

    MP3 and AIFF get plain ASCII: libsndfile 1.2.2 writes UTF-8 there where readers expect Latin-1. A recipe for which
    there is no room (`recipe_fits`) is left out.
    """
    texts = {
        "title": metadata.title,
        "software": metadata.software,
        "comment": _comment(metadata) if recipe_fits(metadata, container) else metadata.description,
        "date": f"{metadata.created:%Y-%m-%d}" if metadata.created else "",
    }
    if container in ("mp3", "aiff"):
        texts = {name: ascii_text(text) for name, text in texts.items()}
    return {name: text for name, text in texts.items() if text}


def recipe_fits(metadata: Metadata, container: Container) -> bool:
    """Whether the format has room for the recipe; a take whose controls were moved very often has a long one."""
    return container not in ROOM or len(_comment(metadata).encode()) <= ROOM[container]


def _comment(metadata: Metadata) -> str:
    return f"{metadata.description} {_packed(metadata.recipe)}".strip()


def from_tags(tags: dict[str, str], empty: Metadata) -> Metadata:
    """`empty` with what is found in the texts that soundfile read."""
    comment = tags.get("comment", "")
    found = _PACKED.search(comment)
    return replace(
        empty,
        title=tags.get("title", ""),
        description=comment[: found.start()] if found else comment,
        software=tags.get("software", ""),
        created=day(tags.get("date", "")),
        recipe=_unpacked(found[1]) if found else "",
    )


def day(text: str) -> datetime | None:
    """A date that starts like 2026-01-31, at midnight; None for anything else."""
    try:
        return datetime.strptime(text[:10], "%Y-%m-%d")
    except ValueError:
        return None


def _packed(recipe: str) -> str:
    """Deflated, in base64: a third as long, and nothing that a player would have to quote."""
    return "calm-recipe:" + base64.b64encode(zlib.compress(recipe.encode(), 9)).decode() if recipe else ""


def _unpacked(packed: str) -> str:
    """ "" when it is damaged, or would unpack to more than any recipe holds."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(base64.b64decode(packed, validate=True), LARGEST_RECIPE).decode()
    except (binascii.Error, zlib.error, ValueError):
        return ""
    return text if unpacker.eof else ""

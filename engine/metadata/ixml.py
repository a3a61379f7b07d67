"""The iXML chunk: its standard fields, and ours under `CALM_STUDIO`, which other programs keep but do not read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from engine.metadata.values import MODES, NOTES, ORIGINATOR, Metadata, Origin

VERSION = "2.10"
OURS = "CALM_STUDIO"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold at all


@dataclass(frozen=True)
class Fields:
    """What is read back; "" or None where it is missing. Samples and texts as in `Metadata`."""

    scene: str
    take: int | None
    title: str
    note: str
    model: str
    licence: str
    cut: int | None
    tonic: int | None
    mode: str | None
    beats_per_bar: int | None
    tempo: float | None
    recipe: str
    origins: tuple[Origin, ...]
    ours: bool


class _Plain(ElementTree.TreeBuilder):
    """Refuses a document type: entities in it could grow without bound, and iXML has no use for them."""

    def doctype(self, name, public_id, system):
        raise ValueError("iXML has no document type")


def write(metadata: Metadata) -> bytes:
    """UTF-8, as iXML asks, with the file's own rate and time line under SPEED."""
    root = ElementTree.Element("BWFXML")
    _add(root, "IXML_VERSION", VERSION)
    _add(root, "PROJECT", ORIGINATOR)
    _add(root, "SCENE", metadata.scene)
    _add(root, "TAKE", metadata.take)
    _add(root, "NOTE", metadata.description)
    _add_speed(root, metadata)
    _add(root, "USER", _in_words(metadata))
    _add_ours(root, metadata)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def read(content: bytes) -> Fields | None:
    """The fields in a chunk, None if it is no XML."""
    try:
        root = ElementTree.fromstring(content.rstrip(b"\0"), ElementTree.XMLParser(target=_Plain()))
    except (ElementTree.ParseError, ValueError, LookupError):  # the last two: an encoding that Python has not
        return None
    return _fields(root, root.find(OURS))


def _add(parent: ElementTree.Element, name: str, value: object) -> None:
    if value not in (None, ""):
        ElementTree.SubElement(parent, name).text = _NOT_XML.sub(" ", str(value))


def _add_speed(root: ElementTree.Element, metadata: Metadata) -> None:
    speed = ElementTree.SubElement(root, "SPEED")
    _add(speed, "FILE_SAMPLE_RATE", metadata.rate)
    _add(speed, "AUDIO_BIT_DEPTH", metadata.bits)
    _add(speed, "TIMESTAMP_SAMPLE_RATE", metadata.rate)
    _add(speed, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", metadata.time_reference >> 32)
    _add(speed, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", metadata.time_reference & 0xFFFFFFFF)


def _in_words(metadata: Metadata) -> str:
    """For people: USER is shown by every program that shows iXML at all."""
    said = {
        "Tempo": f"{metadata.tempo:g} bpm" if metadata.tempo else "",
        "Key": metadata.key,
        "Model": metadata.model,
        "Licence of the model": metadata.licence,
    }
    return "; ".join(f"{name}: {value}" for name, value in said.items() if value)


def _add_ours(root: ElementTree.Element, metadata: Metadata) -> None:
    ours = ElementTree.SubElement(root, OURS)
    _add(ours, "TITLE", metadata.title)
    _add(ours, "MODEL", metadata.model)
    _add(ours, "LICENCE", metadata.licence)
    _add(ours, "CUT", metadata.cut)
    _add(ours, "TEMPO", metadata.tempo)
    _add(ours, "BEATS_PER_BAR", metadata.beats_per_bar)
    _add(ours, "KEY", metadata.key)
    for origin in metadata.origins:
        ElementTree.SubElement(ours, "ORIGIN", START=str(origin.start), STOP=str(origin.stop), MADE_BY=origin.made_by)
    _add(ours, "RECIPE", metadata.recipe)


def _fields(root: ElementTree.Element, ours: ElementTree.Element | None) -> Fields:
    own = ElementTree.Element(OURS) if ours is None else ours
    tonic, mode = _key(own.findtext("KEY", ""))
    return Fields(
        scene=root.findtext("SCENE", ""),
        take=_whole(root.findtext("TAKE", "")),
        title=own.findtext("TITLE", ""),
        note=root.findtext("NOTE", ""),
        model=own.findtext("MODEL", ""),
        licence=own.findtext("LICENCE", ""),
        cut=_whole(own.findtext("CUT", "")),
        tonic=tonic,
        mode=mode,
        beats_per_bar=_whole(own.findtext("BEATS_PER_BAR", "")),
        tempo=_decimal(own.findtext("TEMPO", "")),
        recipe=own.findtext("RECIPE", ""),
        origins=tuple(origin for element in own.findall("ORIGIN") if (origin := _origin(element))),
        ours=ours is not None,
    )


def _key(text: str) -> tuple[int | None, str | None]:
    name, _, mode = text.partition(" ")
    return (NOTES.index(name) if name in NOTES else None, mode if mode in MODES else None)


def _origin(element: ElementTree.Element) -> Origin | None:
    start, stop, made_by = _whole(element.get("START", "")), _whole(element.get("STOP", "")), element.get("MADE_BY")
    if start is None or stop is None or stop <= start or made_by not in ("human", "generated"):
        return None
    return Origin(start, stop, made_by)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


def _decimal(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,20})?", text) else None

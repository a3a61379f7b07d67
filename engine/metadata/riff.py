"""Writes metadata as the chunks of a WAV file: bext, LIST/INFO, iXML, acid, smpl, cue and LIST/adtl.

The recipe stands in iXML alone: the one place with room for it that is text, extensible by its own rules, and kept by
recorders and DAWs that drop chunks they do not know. bext and INFO carry its mark (the first 32 digits of its sha256,
as the originator's reference, and a sentence), so that a file whose iXML was lost can still say what it was.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata

from engine.metadata import ixml
from engine.metadata.values import ORIGINATOR, Loudness, Metadata

CUT_LABEL = "cut"
BEXT = struct.Struct("<256s32s32s10s8sQH64s5h180s")  # EBU Tech 3285 v2, 2.3; the coding history follows
ACID = struct.Struct("<IHHfIHHf")
SAMPLER, SAMPLER_LOOP, CUE, REGION = (struct.Struct(form) for form in ("<9I", "<6I", "<II4sIII", "<II4sHHHH"))
ONE_SHOT, HAS_ROOT, STRETCH = 0x01, 0x02, 0x04  # flags of acid
MIDDLE_C = 60
UNUSED = 0x7FFF  # EBU Tech 3285 v2: the value of a loudness field that is not used


def chunks(metadata: Metadata) -> bytes:
    """Every chunk but fmt and data, each padded to an even length: to be put between the two, where they survive
    a truncated file."""
    parts = [(b"bext", _bext(metadata)), (b"LIST", _info(metadata)), (b"iXML", ixml.write(metadata))]
    if metadata.tempo:
        parts.append((b"acid", _acid(metadata)))
    if metadata.loop:
        parts.append((b"smpl", _sampler(metadata)))
    if points := _points(metadata):
        parts += [(b"cue ", _cues(points)), (b"LIST", _labels(points))]
    return b"".join(chunk(name, content) for name, content in parts)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def mark(recipe: str) -> str:
    """The recipe's mark: 32 hexadecimal digits, "" for none."""
    return hashlib.sha256(recipe.encode()).hexdigest()[:32] if recipe else ""


def ascii_text(text: str) -> str:
    """`text` on one line of plain ASCII: accents are dropped, what has no ASCII letter becomes a question mark."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if c.isprintable() else " " for c in plain).encode("ascii", "replace").decode()


def _bext(metadata: Metadata) -> bytes:
    created = metadata.created
    fields = BEXT.pack(
        ascii_text(metadata.description)[:256].encode(),
        ORIGINATOR.encode(),
        mark(metadata.recipe).encode(),
        f"{created:%Y-%m-%d}".encode() if created else b"",
        f"{created:%H:%M:%S}".encode() if created else b"",
        metadata.time_reference,
        2,
        bytes(64),  # no UMID: it would need a registered number
        *_loudness_fields(metadata.loudness),
        bytes(180),
    )
    return fields + _coding_history(metadata).encode()


def _loudness_fields(loudness: Loudness | None) -> list[int]:
    """Hundredths, in bext's order; silence and other values without a place (beyond +-99.99) are left unused."""
    if loudness is None:
        return [UNUSED] * 5
    values = (loudness.integrated, loudness.spread, loudness.true_peak, loudness.momentary, loudness.short_term)
    return [round(100 * value) if abs(value) < 99.995 else UNUSED for value in values]


def _coding_history(metadata: Metadata) -> str:
    """EBU R 98: one line, which names the algorithm, rate, word length, channels and program."""
    mode = {1: "mono", 2: "stereo"}[metadata.channels]
    program = f"{metadata.software or ORIGINATOR}; model {metadata.model}" if metadata.model else metadata.software
    said = ascii_text(program or ORIGINATOR).replace(",", ";")
    return f"A=PCM,F={metadata.rate},W={metadata.bits},M={mode},T={said}\r\n"


def _info(metadata: Metadata) -> bytes:
    """In ASCII: some readers take the texts as UTF-8 (libsndfile, ffmpeg), others as Latin-1 (MediaInfo, wavinfo)."""
    fields = {
        b"INAM": metadata.title,
        b"ICMT": metadata.description,
        b"ISFT": metadata.software,
        b"ICRD": f"{metadata.created:%Y-%m-%d}" if metadata.created else "",
    }
    return b"INFO" + b"".join(chunk(name, ascii_text(text).encode() + b"\0") for name, text in fields.items() if text)


def _acid(metadata: Metadata) -> bytes:
    """Its layout was never published; this is the one that libsndfile reads. A loop may be stretched to the project's
    tempo, anything else is a one-shot."""
    flags = (STRETCH if metadata.loop else ONE_SHOT) | (HAS_ROOT if metadata.tonic is not None else 0)
    beats = metadata.beats or round(metadata.frames / metadata.rate * metadata.tempo / 60)
    meter = metadata.beats_per_bar or 4
    return ACID.pack(flags, MIDDLE_C + (metadata.tonic or 0), 0x8000, 0.0, beats, 4, meter, metadata.tempo)


def _sampler(metadata: Metadata) -> bytes:
    """One endless forward loop; smpl counts its last sample as part of it."""
    start, stop = metadata.loop
    head = SAMPLER.pack(0, 0, round(1e9 / metadata.rate), MIDDLE_C + (metadata.tonic or 0), 0, 0, 0, 1, 0)
    return head + SAMPLER_LOOP.pack(0, 0, start, stop - 1, 0, 0)


def _points(metadata: Metadata) -> list[tuple[int, int, str]]:
    """(sample, length, label) of each cue; length 0 is a point, more is a region."""
    cut = [(metadata.cut, 0, CUT_LABEL)] if metadata.cut is not None else []
    markers = [(at, 0, label) for at, label in metadata.markers]
    return cut + markers + [(o.start, o.stop - o.start, o.made_by) for o in metadata.origins]


def _cues(points: list[tuple[int, int, str]]) -> bytes:
    entries = (CUE.pack(number, at, b"data", 0, 0, at) for number, (at, _, _) in enumerate(points, 1))
    return struct.pack("<I", len(points)) + b"".join(entries)


def _labels(points: list[tuple[int, int, str]]) -> bytes:
    parts = [
        chunk(b"labl", struct.pack("<I", number) + label.encode() + b"\0")
        for number, (_, _, label) in enumerate(points, 1)
    ]
    parts += [
        chunk(b"ltxt", REGION.pack(number, length, b"rgn ", 0, 0, 0, 0))
        for number, (_, length, _) in enumerate(points, 1)
        if length
    ]
    return b"adtl" + b"".join(parts)

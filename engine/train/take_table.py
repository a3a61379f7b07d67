"""The table of `engine.train.evaluate`: from verdicts to rows, and from rows to text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.train.frechet import ENOUGH, frechet
from engine.train.judge_take import MEASURES, Verdict

SUBJECTS = ("mfcc", "chroma", "rhythm")
PARTS = {
    "Against the prompt and the score": (
        "loudness_drift", "spectrum", "dynamics", "tempo", "in_scale", "on_chord", "onsets", "collapsed"
    ),
    "As the app's ear hears it": ("tempo_heard", "key_heard", "key_kept", "scale_heard", "chords_heard"),
    "Collapse, first kind, anywhere": ("silence", "stuck", "noise", "clipping", "fallen"),
    "The cut, form, copies": ("seam", "recurs_2", "recurs_4", "recurs_8", "nearest", "copied"),
    "Frechet distance of second halves to the first halves of what really follows": tuple(
        f"frechet_{subject}" for subject in SUBJECTS
    ),
}  # fmt: skip
STRETCHES = {
    "LU over the prompt, each ten seconds, and LU from the first to the last, up or down": "loudness_by_10s",
    "Spectrum, dB from the prompt's, each ten seconds": "spectrum_by_10s",
}
KEY_KEPT = "share, of the clips whose true continuation is heard in the score's key, whose take is"
Row = dict[str, float | None | list[float]]


def row_of(verdicts: list[Verdict], reference: list[Verdict]) -> Row:
    """Means over takes of the same clips; the distances are to the ``reference``, the verdicts of what really follows
    each clip. As the ear errs in some of these, ``key_kept`` is a mean over the others."""
    row: Row = {name: _mean(verdict.values[name] for verdict in verdicts) for name in MEASURES}
    pairs = zip(verdicts, reference, strict=True)
    row["key_kept"] = _mean(verdict.values["key_heard"] for verdict, true in pairs if true.values["key_heard"])
    for subject in SUBJECTS:
        ends, beginnings = ([v.halves[half][subject] for v in group] for half, group in ((1, verdicts), (0, reference)))
        row[f"frechet_{subject}"] = frechet(np.array(beginnings), np.array(ends)) if len(verdicts) > 2 else None
    row["loudness_by_10s"] = _by_stretch([verdict.loudness for verdict in verdicts])
    row["spectrum_by_10s"] = _by_stretch([verdict.spectrum for verdict in verdicts])
    return row


def mean_of(rows: list[Row]) -> Row:
    """Of rows of the same clips that were written with other seeds."""
    means = {name: _mean(row[name] for row in rows) for name in rows[0] if not isinstance(rows[0][name], list)}
    return means | {name: _by_stretch([row[name] for row in rows]) for name in rows[0] if name not in means}


def text_of(table: dict[str, Row], clips: int) -> str:
    """Table by table, each with what its columns mean."""
    blocks = [_block(title, columns, table) for title, columns in PARTS.items()]
    blocks += [_stretches(title, name, table) for title, name in STRETCHES.items()]
    if clips < ENOUGH:
        blocks.append(f"Frechet distances of {clips} clips, fewer than {ENOUGH}: they may be several points too high.")
    return "\n\n".join(blocks)


def _block(title: str, columns: tuple[str, ...], table: dict[str, Row]) -> str:
    lines = [f"{name:28}" + "".join(f"{_cell(row[column]):>15}" for column in columns) for name, row in table.items()]
    told = MEASURES | {"key_kept": KEY_KEPT}
    meanings = [f"  {column}: {told[column]}" for column in columns if column in told]
    return "\n".join([title, " " * 28 + "".join(f"{column:>15}" for column in columns), *lines, *meanings])


def _stretches(title: str, name: str, table: dict[str, Row]) -> str:
    def cells(row: Row) -> list[float | None]:
        return [*row[name], row["loudness_moves"]] if name == "loudness_by_10s" else row[name]

    lines = [f"{row:28}" + "".join(f"{_cell(cell):>15}" for cell in cells(table[row])) for row in table]
    return "\n".join([title, *lines])


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _by_stretch(lists: list[list[float]]) -> list[float]:
    """Means over the lists at each place; a shorter list does without the last."""
    longest = max(map(len, lists))
    return [_mean(values[place] for values in lists if place < len(values)) for place in range(longest)]

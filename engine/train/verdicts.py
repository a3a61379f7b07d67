"""The verdicts of an evaluation, a line of JSON each: what was judged once is not written and judged again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from engine.errors import CalmError
from engine.train.judge_take import MEASURES, Verdict

FILE = "verdicts.jsonl"


class Verdicts:
    """Those of a folder, by key: whatever says which take was judged, as a dict of plain values."""

    def __init__(self, folder: Path):
        self._path = folder / FILE
        self._known: dict[str, Verdict] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        except OSError as error:
            raise CalmError(f"{folder} cannot be used: {error}", "Choose another folder with --out") from error
        for line in lines:
            self._remember(line)

    def find(self, key: dict) -> Verdict | None:
        return self._known.get(_text(key))

    def add(self, key: dict, verdict: Verdict) -> None:
        self._known[_text(key)] = verdict
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **asdict(verdict)}) + "\n")

    def _remember(self, line: str) -> None:
        """A line that was cut off when the disk was full or the process killed, or that lacks a measure, is none."""
        try:
            stored = json.loads(line)
            key, verdict = stored.pop("key"), Verdict(**stored)
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if verdict.values.keys() == MEASURES.keys():
            self._known[_text(key)] = verdict


def _text(key: dict) -> str:
    return json.dumps(key, sort_keys=True)

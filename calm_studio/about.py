"""Versions, licences and what helps to find a fault: plain words. No Qt in here."""

import importlib.metadata as metadata
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

APP, LICENCE = "calm-studio", "Apache-2.0"
NAMED = ("torch", "PySide6-Essentials", "onnxruntime-gpu", "onnxruntime", "numpy", "sounddevice", "soundfile")
"""The packages whose versions matter most."""
FONT = ("Inter (font)", "4.0", "OFL-1.1")
TAIL = 40
"""Lines of the log."""


@dataclass(frozen=True)
class Library:
    name: str
    version: str
    licence: str


def version() -> str:
    """The app's own; "" where it was not installed."""
    return _version(APP) or ""


def versions() -> tuple[tuple[str, str], ...]:
    """(name, version) of Python and of the packages that matter most, as far as they are here."""
    found = ((name, _version(name)) for name in NAMED)
    return (("Python", platform.python_version()), *((name, number) for name, number in found if number))


def libraries() -> tuple[Library, ...]:
    """All that the app needs, and what those need, in order of name, with the licence that each states of itself.

    Reads about 40 small files: call it off the GUI thread.
    """
    found: dict[str, Library] = {}
    todo = [APP]
    while todo:
        name = _plain(todo.pop())
        if name in found or not _version(name):
            continue
        package = metadata.distribution(name)
        found[name] = Library(package.metadata["Name"], package.version, licence_of(package.metadata))
        todo += [_named(line) for line in package.requires or () if "extra ==" not in line]
    font = Library(*FONT)
    return (*sorted(found.values(), key=lambda library: library.name.lower()), font)


def licence_of(about: metadata.PackageMetadata) -> str:
    """From the newest field that is filled: the expression, a classifier, or a line of free text."""
    if about["License-Expression"]:
        return about["License-Expression"]
    classifiers = [line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier") or () if line[:7] == "License"]
    if classifiers:
        return ", ".join(classifiers)
    lines = (about["License"] or "").strip().splitlines()
    return lines[0][:80] if lines else "see its files"


def diagnostics(model: dict | None, output: str, log: Path) -> str:
    """What helps to find a fault, with nothing that says whose computer it is. `model` is what the model says of
    itself, None without one; `output` what sounds."""
    lines = [
        f"CALM Studio {version()}, {platform.system()} {platform.release()}, {platform.machine()}",
        ", ".join(f"{name} {number}" for name, number in versions()),
        f"Model: {_model_words(model)}",
        f"Sound: {output or 'not open'}",
        f"Arguments: {len(sys.argv) - 1}",
        "",
        *_tail(log),
    ]
    return without_names("\n".join(lines), Path.home())


def without_names(text: str, home: Path) -> str:
    """`text` with the user's folder as "~", and the user's name taken out of other paths."""
    text = text.replace(str(home), "~")
    return re.sub(rf"(?<=[/\\]){re.escape(home.name)}(?=[/\\]|$)", "user", text) if home.name else text


def plain(rich: str) -> str:
    """Rich text without its tags."""
    return re.sub(r"<[^>]*>", "", rich)


def _model_words(model: dict | None) -> str:
    if model is None:
        return "not loaded"
    known = ("name", "sha256", "device", "device_name", "threads", "arithmetic")
    return ", ".join(f"{key} {model[key]}" for key in known if key in model)


def _tail(log: Path) -> list[str]:
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
    except OSError:
        return ["The log is empty"]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _named(requirement: str) -> str:
    """ "torch==2.13.0; python_version > '3'" -> "torch"."""
    return re.match(r"[\w.-]+", requirement).group()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

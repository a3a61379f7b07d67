"""Starts CALM Studio from its repository: makes .venv, installs what is missing, opens the window.

    python3 installers/run.py [arguments of the window]
    python3 installers/run.py test [arguments of pytest]

Nothing but the standard library is used. Python 3.7 must be able to read this file, to be told that it is too old.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import system_packages

REPOSITORY = Path(__file__).resolve().parents[1]
VENV = REPOSITORY / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

PYTHONS = ((3, 11), (3, 12), (3, 13))

# How all tests are run: files side by side, a gigabyte of memory each.
SIDE_BY_SIDE = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile")

REMEDY = "See that the disk is not full and that the folder is yours, then run the same command again."

# What pip says when it fails, and what to do about it; the first that fits is told.
PIP_TROUBLE = (
    (
        "No space left on device|Errno 28|not enough space",
        "The disk is full. Free 6 GB, then run the same command again: it goes on where it stopped.",
    ),
    (
        "NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Failed to establish"
        "|Connection (refused|reset|aborted)|Temporary failure"
        "|satisfies the requirement hatchling",  # runs on every computer, and pip asks for it first
        "The packages could not be fetched. Check the network (and, behind a proxy, HTTPS_PROXY), then run the same"
        " command again.",
    ),
    (
        "No matching distribution",
        "A package has no build for this computer. CALM Studio needs 64-bit Windows, 64-bit Linux or a Mac with an"
        " Apple chip.",
    ),
)


def main(arguments: list[str]) -> int:
    """Installs what is missing and starts the window, or the tests; exits with advice where it cannot."""
    check_python(sys.version_info[:2])
    testing = arguments[:1] == ["test"]
    purpose = "test" if testing else "window"
    check_system(testing)
    if not is_installed(purpose):
        install(purpose)
    if testing:
        os.chdir(REPOSITORY)
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no window on the desktop, and no desktop needed
        return hand_over("-m", "pytest", "-q", *(arguments[1:] or SIDE_BY_SIDE))
    # -P: the folder that the user happens to be in must not hide our packages.
    return hand_over("-P", "-m", "calm_studio", *arguments)


def check_python(version: tuple[int, int]) -> None:
    if version in PYTHONS:
        return
    names = [f"python{major}.{minor}" for major, minor in reversed(PYTHONS)]
    found = next(filter(shutil.which, names), None)
    if found:
        remedy = f"This computer has one; start it with:\n    {found} installers/run.py"
    elif sys.platform == "darwin":
        remedy = "Install one with:\n    brew install python@3.12"
    elif os.name == "nt":
        remedy = "Install one with:\n    winget install Python.Python.3.12\nand start with: py -3.12 installers\\run.py"
    else:
        remedy = "Install one with your package manager, or from https://www.python.org/downloads/"
    sys.exit(f"CALM Studio needs Python 3.11, 3.12 or 3.13; this is {version[0]}.{version[1]}.\n{remedy}")


def check_system(testing: bool) -> None:
    """Names missing system packages. Without the window's nothing can start; sound and tests can do with less."""
    window = system_packages.WINDOW + (system_packages.X11 if testing or is_x11() else [])
    rest = system_packages.SOUND + (system_packages.TESTS if testing else [])
    absent = system_packages.provide(window + rest)
    if not absent:
        return
    advice = system_packages.advice(absent, system_packages.manager())
    if set(absent) & set(window):
        sys.exit(advice)
    consequence = "Tests that use it will fail." if testing else "The window opens, but there will be no sound."
    print(advice, consequence, sep="\n")


def is_x11() -> bool:
    return "QT_QPA_PLATFORM" not in os.environ and "WAYLAND_DISPLAY" not in os.environ


def stamp(purpose: str) -> Path:
    return VENV / f"installed-for-{purpose}"


def digest() -> str:
    """Changes when the packages must be installed again: other pins, or a repository that was moved."""
    pins = (REPOSITORY / "pyproject.toml").read_bytes()
    return hashlib.sha256(pins + os.fsencode(REPOSITORY)).hexdigest()


def is_installed(purpose: str) -> bool:
    return VENV_PYTHON.exists() and stamp(purpose).exists() and stamp(purpose).read_text() == digest()


def install(purpose: str) -> None:
    """Fills .venv for "window" or "test" and stamps it. What a broken-off run left is used again."""
    print(f"Installing into {VENV}: once, a few minutes, several GB.", flush=True)
    if not has_pip():
        make_venv()
    pip("--editable", ".[test]" if purpose == "test" else ".")
    pip("--no-deps", *without_dependencies("window"))
    for package in without_dependencies("optional"):
        try_pip("--no-deps", "--only-binary", ":all:", package)
    for served in {"window", purpose}:
        stamp(served).write_text(digest())
    if os.name == "nt" and shutil.which("nvidia-smi"):
        print(cuda_advice(), flush=True)


def without_dependencies(group: str) -> list[str]:
    """The packages that must come alone."""
    return project()["tool"]["calm-studio"]["without-dependencies"][group]


def has_pip() -> bool:
    if not VENV_PYTHON.exists():
        return False
    return subprocess.run([VENV_PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL).returncode == 0


def make_venv() -> None:
    absent = system_packages.provide(system_packages.VENV)
    if absent:
        sys.exit(system_packages.advice(absent, system_packages.manager()))
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV])
    if made.returncode:
        sys.exit(f"{VENV} could not be made. {REMEDY}")


def pip(*arguments: str) -> None:
    """pip install, with its progress as it comes; exits with advice when it fails."""
    said = pip_trouble(*arguments)
    if said is not None:
        sys.exit("\n" + pip_advice(said))


def try_pip(*arguments: str) -> None:
    """pip install of what the app can do without."""
    if pip_trouble(*arguments) is not None:
        print(f"{arguments[-1]} has no build for this computer: CALM Studio runs without it.", flush=True)


def pip_trouble(*arguments: str) -> str | None:
    """Installs with pip; None when it worked, else all that pip said."""
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    said = []
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stderr:
            sys.stderr.write(line)
            said.append(line)
    return "".join(said) if process.returncode else None


def pip_advice(said: str) -> str:
    for pattern, remedy in PIP_TROUBLE:
        if re.search(pattern, said):
            return remedy
    return "pip could not install the packages; its own lines above say why. Then run the same command again."


def cuda_advice() -> str:
    """For Windows, where plain pip has only the CPU build of torch; the CUDA build of that version fits the pin too."""
    torch = next(pin for pin in project()["project"]["dependencies"] if pin.startswith("torch=="))
    return f"""\
This computer has an NVIDIA card. To generate on it, install the CUDA build of torch, once, then start again:
https://pytorch.org/get-started gives the pip command for your driver. Run it as
    "{VENV_PYTHON}" -m pip install --force-reinstall --no-deps {torch} ... and the options that page gives"""


def project() -> dict:
    """pyproject.toml as it is."""
    import tomllib  # here, so that an older Python reaches check_python

    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def hand_over(*arguments: str) -> int:
    """Runs .venv's Python with `arguments` in the place of this process where the system can, so signals reach it."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *arguments])
    return subprocess.call([VENV_PYTHON, *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")
    except subprocess.CalledProcessError as failed:
        sys.exit(f"This did not work: {' '.join(failed.cmd)}\nCheck the network, then run the same command again.")
    except OSError as problem:
        sys.exit(f"{problem}\n{REMEDY}")

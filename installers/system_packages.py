"""What CALM Studio needs from the system and pip cannot install: which is missing, and the command that installs it.

Only Linux is asked: the wheels for Windows and macOS bring all of it.
"""

from __future__ import annotations

import ctypes
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple


def library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def program(name: str) -> bool:
    return shutil.which(name) is not None


def file(name: str) -> bool:
    return os.path.exists(name)


def alsa_plugin(name: str) -> bool:
    folders = ("/usr/lib/*/alsa-lib", "/usr/lib64/alsa-lib", "/usr/lib/alsa-lib")  # Debian, Fedora, Arch
    return any(glob.glob(f"{folder}/{name}") for folder in folders)


def module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


class Need(NamedTuple):
    """One thing the system must have, how to see whether it is there, and its package on each system ("": has none)."""

    name: str
    is_present: Callable[[str], bool]
    apt: str
    dnf: str
    pacman: str


# Debian and Ubuntu leave this out of their Python.
VENV = [Need("ensurepip", module, f"python3.{sys.version_info[1]}-venv", "", "")]

WINDOW = [
    Need("libGL.so.1", library, "libgl1", "libglvnd-glx", "libglvnd"),
    Need("libEGL.so.1", library, "libegl1", "libglvnd-egl", "libglvnd"),
    Need("libglib-2.0.so.0", library, "libglib2.0-0", "glib2", "glib2"),
    Need("libfontconfig.so.1", library, "libfontconfig1", "fontconfig", "fontconfig"),
    Need("libxkbcommon.so.0", library, "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Need("libdbus-1.so.3", library, "libdbus-1-3", "dbus-libs", "dbus"),
]

X11 = [
    Need("libX11-xcb.so.1", library, "libx11-xcb1", "libX11-xcb", "libx11"),
    Need("libxkbcommon-x11.so.0", library, "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need("libxcb-cursor.so.0", library, "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need("libxcb-icccm.so.4", library, "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need("libxcb-image.so.0", library, "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need("libxcb-keysyms.so.1", library, "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need("libxcb-render-util.so.0", library, "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Need("libxcb-randr.so.0", library, "libxcb-randr0", "libxcb", "libxcb"),
    Need("libxcb-shape.so.0", library, "libxcb-shape0", "libxcb", "libxcb"),
    Need("libxcb-sync.so.1", library, "libxcb-sync1", "libxcb", "libxcb"),
    Need("libxcb-xfixes.so.0", library, "libxcb-xfixes0", "libxcb", "libxcb"),
    Need("libxcb-xkb.so.1", library, "libxcb-xkb1", "libxcb", "libxcb"),
]

SOUND = [Need("libportaudio.so.2", library, "libportaudio2", "portaudio", "portaudio")]

ALSA_TO_PULSE = "libasound_module_pcm_pulse.so"
TESTS = [
    Need("Xvfb", program, "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Need("xauth", program, "xauth", "xorg-x11-xauth", "xorg-xauth"),
    Need("xdotool", program, "xdotool", "xdotool", "xdotool"),
    Need("pulseaudio", program, "pulseaudio", "pulseaudio", "pulseaudio"),
    Need("parec", program, "pulseaudio-utils", "pulseaudio-utils", "libpulse"),
    Need(ALSA_TO_PULSE, alsa_plugin, "libasound2-plugins", "alsa-plugins-pulseaudio", "alsa-plugins"),
    Need("sox", program, "sox", "sox", "sox"),
    Need("mediainfo", program, "mediainfo", "mediainfo", "mediainfo"),
    Need("midicsv", program, "midicsv", "midicsv", ""),
    Need("flac", program, "flac", "flac", "flac"),
    Need("oggdec", program, "vorbis-tools", "vorbis-tools", "vorbis-tools"),
    Need("opusdec", program, "opus-tools", "opus-tools", "opus-tools"),
    Need("mpg123", program, "mpg123", "mpg123", "mpg123"),
    Need("/usr/share/sounds/sf3/FluidR3Mono_GM.sf3", file, "fluidr3mono-gm-soundfont", "", ""),
]

INSTALL = {"apt": "apt-get install -y", "dnf": "dnf install", "pacman": "pacman -S"}


def missing(needs: list[Need]) -> list[Need]:
    """Those of `needs` that this computer lacks; none on Windows and macOS."""
    if not sys.platform.startswith("linux"):
        return []
    return [need for need in needs if not need.is_present(need.name)]


def provide(needs: list[Need]) -> list[Need]:
    """Installs what of `needs` is missing where that is allowed; returns what is still missing where it is not."""
    absent = missing(needs)
    if absent and may_install():
        install(absent)
        return []
    return absent


def packages(needs: list[Need], manager: str) -> list[str]:
    """The packages of `manager` ("apt", "dnf" or "pacman") that hold `needs`, each once."""
    return list(dict.fromkeys(getattr(need, manager) for need in needs if getattr(need, manager)))


def manager() -> str | None:
    """The package manager of this computer, None when it is not one of the three known here."""
    return next((name for name in INSTALL if shutil.which(INSTALL[name].split()[0])), None)


def advice(needs: list[Need], manager: str | None) -> str:
    """Says what is missing and, as far as `manager` has it, the exact command that installs it."""
    said = "Missing on this computer: " + ", ".join(need.name for need in needs)
    if manager is None:
        return f"{said}\nInstall the packages of your system that hold them."
    unpackaged = [need.name for need in needs if not getattr(need, manager)]
    if len(unpackaged) < len(needs):
        update = "sudo apt-get update && " if manager == "apt" else ""
        said += f"\nTo install it:\n    {update}sudo {INSTALL[manager]} {' '.join(packages(needs, manager))}"
    if unpackaged:
        said += f"\nYour system has no package that is known to hold: {', '.join(unpackaged)}"
    return said


def may_install() -> bool:
    """Only a build machine may be changed without asking: CI=true, root, and Debian's package manager."""
    return os.environ.get("CI") == "true" and hasattr(os, "geteuid") and os.geteuid() == 0 and manager() == "apt"


def install(needs: list[Need]) -> None:
    """Installs `needs` with apt-get, as root; subprocess.CalledProcessError when it fails."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=quiet, check=True)
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages(needs, "apt")]
    subprocess.run(command, env=quiet, check=True)

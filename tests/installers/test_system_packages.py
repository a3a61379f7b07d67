import sys

import pytest
import run
import system_packages
from system_packages import ALSA_TO_PULSE, SOUND, TESTS, VENV, WINDOW, X11, Need

LIBRARY = Need("libnone.so.9", system_packages.library, "libnone9", "none-libs", "none")
SOUNDFONT = Need("/usr/share/none.sf3", system_packages.file, "none-soundfont", "", "")

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux needs packages of the system")


@linux
@pytest.mark.parametrize(
    "absent",
    [
        LIBRARY,
        SOUNDFONT,
        Need("no-such-program", system_packages.program, "none", "none", "none"),
        Need("no_such_module", system_packages.module, "none", "none", "none"),
        Need("libno_such_plugin.so", system_packages.alsa_plugin, "none", "none", "none"),
    ],
)
def test_what_is_absent_is_missing(absent: Need):
    assert system_packages.missing([absent]) == [absent]


@linux
def test_what_is_present_is_not_missing():
    libc = Need("libc.so.6", system_packages.library, "libc6", "glibc", "glibc")
    shell = Need("sh", system_packages.program, "dash", "bash", "bash")
    kernel = Need("/proc/version", system_packages.file, "", "", "")
    assert system_packages.missing([libc, shell, kernel]) == []


@linux
def test_the_machine_that_runs_these_tests_has_all_they_need():
    assert system_packages.missing(VENV + WINDOW + X11 + SOUND + TESTS) == []


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_only_linux_is_asked(platform: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", platform)
    assert system_packages.missing([LIBRARY]) == []


def test_the_plugin_is_looked_for_where_debian_fedora_and_arch_keep_it(monkeypatch: pytest.MonkeyPatch):
    looked = []
    monkeypatch.setattr(system_packages.glob, "glob", lambda pattern: looked.append(pattern) or [])
    assert not system_packages.alsa_plugin(ALSA_TO_PULSE)
    assert looked[1:] == [f"/usr/lib64/alsa-lib/{ALSA_TO_PULSE}", f"/usr/lib/alsa-lib/{ALSA_TO_PULSE}"]


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt", "sudo apt-get update && sudo apt-get install -y libnone9"),
        ("dnf", "sudo dnf install none-libs"),
        ("pacman", "sudo pacman -S none"),
    ],
)
def test_the_exact_command_is_told(manager: str, command: str):
    said = system_packages.advice([LIBRARY], manager)
    assert "Missing on this computer: libnone.so.9" in said
    assert f"    {command}" in said.splitlines()


def test_what_a_system_has_no_package_for_is_told_apart():
    said = system_packages.advice([LIBRARY, SOUNDFONT], "dnf")
    assert "sudo dnf install none-libs" in said
    assert said.endswith("no package that is known to hold: /usr/share/none.sf3")
    assert "install" not in system_packages.advice([SOUNDFONT], "dnf")


def test_an_unknown_system_gets_no_made_up_command():
    assert "sudo" not in system_packages.advice([LIBRARY], None)


def test_a_package_that_holds_two_libraries_is_named_once():
    assert system_packages.packages(X11, "dnf").count("libxcb") == 1


def test_nothing_is_installed_without_being_a_build_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "")
    assert not system_packages.may_install()


def test_a_window_without_its_libraries_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_packages, "manager", lambda: "apt")
    monkeypatch.setattr(system_packages, "WINDOW", [LIBRARY])
    with pytest.raises(SystemExit, match="apt-get install -y libnone9"):
        run.check_system(testing=False)


def test_missing_sound_is_told_and_refuses_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_packages, "WINDOW", [])
    monkeypatch.setattr(system_packages, "X11", [])
    monkeypatch.setattr(system_packages, "SOUND", [LIBRARY])
    run.check_system(testing=False)
    assert "there will be no sound" in capsys.readouterr().out


@linux
def test_a_build_machine_installs_what_is_missing_and_nothing_else(monkeypatch: pytest.MonkeyPatch):
    ran = []
    monkeypatch.setattr(system_packages, "may_install", lambda: True)
    monkeypatch.setattr(system_packages.subprocess, "run", lambda command, **_: ran.append(command))
    shell = Need("sh", system_packages.program, "dash", "bash", "bash")
    assert system_packages.provide([shell]) == []
    assert ran == []
    assert system_packages.provide([shell, LIBRARY]) == []
    assert ran[0] == ["apt-get", "update", "-q"]
    assert ran[1][-1] == "libnone9"
    assert "dash" not in ran[1]

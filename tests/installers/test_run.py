"""installers/run.py, started as a user starts it: in a copy of the repository that holds nothing but what it reads."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest
import run

from engine.text.package import PINS

REPOSITORY = Path(__file__).parents[2]

WINDOW = """
import sys

print("window", *sys.argv[1:], flush=True)
sys.exit(7)
"""
TESTS = """
import os


def test_wrong():
    assert False


def test_right():
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
"""
UNREACHABLE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository whose window says its arguments and exits with 7, and whose one test fails."""
    root = tmp_path / "calm studio"
    shutil.copytree(REPOSITORY / "installers", root / "installers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    (root / "calm_studio").mkdir()
    (root / "calm_studio" / "__main__.py").write_text(WINDOW)
    (root / "tests").mkdir()
    (root / "tests" / "test_it.py").write_text(TESTS)
    return root


@pytest.fixture
def installed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy with a .venv that sees the packages of this one, stamped as run.py stamps it after it has installed."""
    venv.create(copy / ".venv", symlinks=os.name != "nt")
    python = copy / run.VENV_PYTHON.relative_to(REPOSITORY)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.check_output([python, "-c", code], text=True).strip()
    Path(packages, "here.pth").write_text(f"{sysconfig.get_path('purelib')}\n{copy}\n")
    monkeypatch.setattr(run, "REPOSITORY", copy)
    monkeypatch.setattr(run, "VENV", copy / ".venv")
    for purpose in ("window", "test"):
        run.stamp(purpose).write_text(run.digest())
    return copy


def start(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, root / "installers" / "run.py", *arguments]
    env = {**os.environ, "CI": "", **environment}
    env.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(command, cwd=root.parent, env=env, capture_output=True, text=True)


def test_a_second_start_only_hands_over_to_the_window(installed: Path):
    done = start(installed, "song one.wav", "--safe", **UNREACHABLE)
    assert done.stdout.splitlines()[-1] == "window song one.wav --safe"
    assert done.returncode == 7
    assert "Installing" not in done.stdout


def test_a_folder_of_the_user_cannot_hide_the_packages(installed: Path):
    (installed.parent / "calm_studio").mkdir()
    (installed.parent / "calm_studio" / "__main__.py").write_text("print('something else')")
    assert start(installed).stdout.splitlines()[-1] == "window"


def test_tests_return_the_exit_code_of_pytest_and_end_with_its_closing_line(installed: Path):
    done = start(installed, "test")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("1 failed, 1 passed in ")


def test_tests_take_the_arguments_of_pytest(installed: Path):
    done = start(installed, "test", "-k", "right")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 passed, 1 deselected in ")


def test_other_pins_are_installed_again_and_no_network_is_told_without_a_traceback(copy: Path):
    done = start(copy, **UNREACHABLE)
    assert done.returncode == 1
    assert "Installing into" in done.stdout
    assert done.stderr.rstrip().endswith(run.PIP_TROUBLE[1][1])
    assert "Traceback" not in done.stderr
    assert not list((copy / ".venv").glob("installed-for-*"))


def test_what_was_installed_is_known_until_the_pins_change(installed: Path):
    assert run.is_installed("window")
    with open(installed / "pyproject.toml", "a") as file:
        file.write("# another pin\n")
    assert not run.is_installed("window")


def test_a_moved_repository_is_installed_again(installed: Path, monkeypatch: pytest.MonkeyPatch):
    moved = installed.rename(installed.with_name("elsewhere"))
    monkeypatch.setattr(run, "REPOSITORY", moved)
    monkeypatch.setattr(run, "VENV", moved / ".venv")
    assert not run.is_installed("window")


def test_a_venv_without_pip_counts_as_broken(installed: Path, monkeypatch: pytest.MonkeyPatch):
    python = installed / run.VENV_PYTHON.relative_to(REPOSITORY)
    monkeypatch.setattr(run, "VENV_PYTHON", python)
    Path(next((installed / ".venv").rglob("here.pth"))).unlink()
    assert not run.has_pip()
    monkeypatch.setattr(run, "VENV_PYTHON", Path(sys.executable))
    assert run.has_pip()


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (4, 0)])
def test_another_python_is_refused_by_name(version: tuple[int, int]):
    with pytest.raises(SystemExit, match=rf"needs Python 3\.11, 3\.12 or 3\.13; this is {version[0]}\.{version[1]}"):
        run.check_python(version)


def test_the_pythons_are_those_of_the_project():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert run.PYTHONS == ((3, 11), (3, 12), (3, 13))


@pytest.mark.parametrize("script", ["run.py", "system_packages.py"])
def test_a_python_that_is_too_old_can_read_the_scripts(script: str):
    ast.parse((REPOSITORY / "installers" / script).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_unreadable_project_is_told_without_a_traceback(copy: Path):
    (copy / ".venv").write_text("a file where the folder should be")
    done = start(copy)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(run.REMEDY)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        (
            "WARNING: Retrying after connection broken by 'NameResolutionError'\nERROR: No matching distribution",
            "Check the network",
        ),
        ("ERROR: No matching distribution found for torch==2.13.0", "no build for this computer"),
        ("ERROR: something new", "its own lines above say why"),
    ],
)
def test_what_pip_says_becomes_advice(said: str, told: str):
    assert told in run.pip_advice(said)


def test_what_pip_cannot_resolve_is_named_in_the_project():
    (notes,) = run.without_dependencies("window")
    assert notes.startswith("basic-pitch==")
    optional = run.without_dependencies("optional")
    assert [pin.split("==")[0] for pin in optional[:2]] == ["tinysoundfont", "python-rtmidi"]
    assert tuple(optional[2:]) == PINS


def test_what_has_no_build_for_this_computer_is_done_without(installed: Path, capfd, monkeypatch):
    for name, value in UNREACHABLE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(run, "VENV_PYTHON", Path(sys.executable))
    run.try_pip("--no-deps", "--only-binary", ":all:", "no-such-package==1.0")
    assert "no-such-package==1.0 has no build for this computer" in capfd.readouterr().out
    with pytest.raises(SystemExit):
        run.pip("--no-deps", "no-such-package==1.0")


def test_the_cuda_build_is_the_pinned_torch():
    (torch,) = (pin for pin in run.project()["project"]["dependencies"] if pin.startswith("torch"))
    assert f"--no-deps {torch} ..." in run.cuda_advice()

"""The arrow points one way (window -> engine), and neither package loads torch when it is imported."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).parents[1]
WINDOW = {"PySide6", "PyQt5", "PyQt6", "shiboken6", "pyqtgraph", "calm_studio"}
HEAVY = {"torch", "torchaudio", "onnxruntime"}


def source_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Every module that may be loaded by one import statement."""
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "the project imports by full names"
        yield node.module
    for alias in node.names:
        yield f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def all_imports(source: str) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name for node in nodes for name in imported(node)}


def imports_on_loading(source: str) -> set[str]:
    """Imports that run when the module is loaded: not those in functions, nor under `if TYPE_CHECKING`."""
    names, todo = set(), [ast.parse(source)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(imported(node))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)
    return names


def loaded_with(module: str) -> dict[str, set[str]]:
    """Every module of the project that comes along with `module`, and what each of them imports."""
    reached, todo = {}, [module]
    while todo:
        name = todo.pop()
        source = source_of(name)
        if source and name not in reached:
            reached[name] = imports_on_loading(source.read_text(encoding="utf-8"))
            parents = [name.rsplit(".", n)[0] for n in range(1, name.count(".") + 1)]
            todo += [*reached[name], *parents]
    return reached


def light_modules() -> list[str]:
    """The packages, all that the engine's door opens to, and the whole window."""
    window = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "calm_studio").rglob("*.py")]
    return sorted({"engine", *engine._HOMES.values(), *(name.removesuffix(".__init__") for name in window)})


def test_the_engine_knows_of_no_window():
    for path in (ROOT / "engine").rglob("*.py"):
        offenders = {name for name in all_imports(path.read_text(encoding="utf-8")) if name.split(".")[0] in WINDOW}
        assert not offenders, f"{path.relative_to(ROOT)} imports {offenders}"


@pytest.mark.parametrize("module", light_modules())
def test_nothing_heavy_is_loaded_with(module):
    for name, imports in loaded_with(module).items():
        offenders = {i for i in imports if i.split(".")[0] in HEAVY}
        assert not offenders, f"{module} loads {name}, which imports {offenders}"


def modules_after(code: str) -> set[str]:
    code += "\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_engine_loads_nothing_and_its_door_no_torch():
    loaded = modules_after("import engine")
    assert not loaded & {"torch", "numpy", "soundfile"}
    loaded = modules_after("import engine\nfor name in engine.__all__: getattr(engine, name)")
    assert "engine.session" in loaded
    assert not loaded & (HEAVY | WINDOW)


def test_importing_the_window_loads_no_torch():
    assert not modules_after("import calm_studio") & HEAVY


def test_the_door_is_pinned():
    assert engine.__all__ == [
        "Audio",
        "CalmError",
        "ControlBox",
        "ControlHistory",
        "Controls",
        "Event",
        "Player",
        "Prompt",
        "Request",
        "Session",
        "Take",
        "write_wav",
    ]
    assert engine.Prompt.__module__ == "engine.request"
    with pytest.raises(AttributeError, match="Orchestra"):
        engine.Orchestra  # noqa: B018


@pytest.mark.parametrize(
    ("source", "loads"),
    [
        ("import torch", {"torch"}),
        ("from torch import nn", {"torch", "torch.nn"}),
        ("try:\n import torch\nexcept ImportError: pass", {"torch"}),
        ("class A:\n import torch", {"torch"}),
        ("def f():\n import torch", set()),
        ("if TYPE_CHECKING:\n import torch\nelse:\n import json", {"json"}),
    ],
)
def test_the_test_itself_can_tell(source, loads):
    assert imports_on_loading(source) == loads

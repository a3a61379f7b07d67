"""What goes wrong while something is painted costs that picture, not the app: every painter ends with its block. One
that was still at work when Qt took the picture back ended the process."""

import ast
from pathlib import Path

import pytest
from PySide6.QtGui import QPainter

import calm_studio
from calm_studio.timeline.span import Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Lane
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import tone

SOURCES = sorted(Path(calm_studio.__file__).parent.rglob("*.py"))


@pytest.fixture
def lane(qtbot, dressed):
    """One second of prompt and half a second generated."""
    take = a_take(seconds=3.0)
    take.append(tone(0.5))
    widget = TakeLane(Lane("Take A", take))
    qtbot.addWidget(widget)
    widget.resize(400, 100)
    widget.show_span(Span(0.0, 4.0))
    return widget


def painters(tree: ast.AST) -> list[int]:
    """The lines of a module in which one is made."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_painter(node)]


def held_painters(tree: ast.AST) -> list[int]:
    """The lines of a module in which one is made that ends with its block."""
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.With))
    return [item.context_expr.lineno for block in blocks for item in block.items if _is_painter(item.context_expr)]


def _is_painter(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QPainter"


def test_every_painter_ends_with_its_block():
    sources = {path.name: path.read_text(encoding="utf-8") for path in SOURCES}
    trees = {name: ast.parse(source) for name, source in sources.items() if "QPainter(" in source}
    assert len(trees) > 10
    assert {name: painters(tree) for name, tree in trees.items() if painters(tree) != held_painters(tree)} == {}


def breaks(*args) -> None:
    raise ValueError("odd state")


@pytest.mark.qt_log_ignore("Painter ended with .* saved states")
def test_a_painter_that_breaks_off_is_closed_and_the_widget_is_painted_again(lane, qtbot, monkeypatch):
    taken: list[QPainter] = []
    with monkeypatch.context() as patch, qtbot.captureExceptions() as raised:
        patch.setattr(lane, "paint_sound", lambda painter, rect: taken.append(painter) or breaks())
        lane.show()
        for times in (1, 2):
            lane.update()
            qtbot.waitUntil(lambda times=times: len(taken) >= times and len(raised) >= times)
    assert not any(painter.isActive() for painter in taken)
    assert not lane.grab().isNull()


def test_a_picture_whose_painter_breaks_off_is_let_go(lane, monkeypatch):
    picture = lane._waveform
    picture._fit_picture(lane.sound_rect, lane.span, 1.0, (), True)
    monkeypatch.setattr(Waveform, "_columns", breaks)
    with pytest.raises(ValueError, match="odd state") as held:
        picture._paint_missing(lane.take.written, (0, 0), True)
    assert held.tb is not None  # as long as the traceback is there, so is the painter
    assert not picture._pixmap.paintingActive()

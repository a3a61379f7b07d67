"""The line below the lanes: what can be done here, and all takes, or the starred ones, at once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from calm_studio.blind import comparable
from calm_studio.drag_out import DragHandle
from calm_studio.edits import heard_ones, starred
from calm_studio.values import State

HINT = (
    "Teal edges choose the prompt \N{MIDDLE DOT} Double-click branches \N{MIDDLE DOT} Dragging selects "
    "\N{MIDDLE DOT} ? shows keys"
)
FIRST = (
    "Press Continue (Ctrl+Enter) and hear this clip go on \N{MIDDLE DOT} Drop a clip of your own whenever you like "
    "\N{MIDDLE DOT} Ctrl+K finds every command"
)
"""Until the first take of the session."""
EMPTY = "Drop a clip here, or pick one on the left, and press Continue"


class Footer(QWidget):
    def __init__(self):
        super().__init__()
        self.drag_all = DragHandle("all takes out as WAV files", "Drag all takes")
        self.export_starred = QPushButton("Export starred\N{HORIZONTAL ELLIPSIS}")
        self.export_starred.setObjectName("drag")
        self.export_starred.setToolTip("Write all starred takes as files, into a folder")
        self.compare = QPushButton("Compare blind")
        self.compare.setObjectName("drag")
        self.compare.setToolTip(
            "Hear the starred takes, or these variations, or all, matched in loudness and without names (X)"
        )
        self.compare.setAccessibleName("Compare takes blind")
        self.hint = QLabel(EMPTY)
        self.hint.setObjectName("hint")
        self.hint.setWordWrap(True)
        self.hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.hint, 1)
        for button in (self.compare, self.export_starred, self.drag_all):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_state(self, state: State) -> None:
        empty, stars = state.clip is None and not state.lanes, len(starred(state))
        self.hint.setText(EMPTY if empty else HINT if state.taken else FIRST)
        self.hint.setMinimumHeight(300 if empty else 0)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter if empty else Qt.AlignmentFlag.AlignLeft)
        self.compare.setVisible(bool(comparable(state)))
        self.export_starred.setVisible(stars > 0)
        self.drag_all.setVisible(stars > 0 or len(heard_ones(state)) > 1)
        words = f"Drag {stars} starred" if stars else "Drag all takes"
        self.drag_all.set_lit(False, words)
        self.drag_all.setAccessibleName(f"{words} out as WAV files")

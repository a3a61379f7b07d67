"""The window: puts the panels in their places, turns keys and drops into signals, and shows a state."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from calm_studio.controls_panel import ControlsPanel
from calm_studio.error_banner import ErrorBanner
from calm_studio.export_sheet import ExportSheet
from calm_studio.prompt_shelf import PromptShelf, dropped_paths
from calm_studio.state import timeline_end
from calm_studio.timeline.panel import TimelinePanel
from calm_studio.top_bar import TopBar
from calm_studio.transport import Transport
from calm_studio.values import State


class MainWindow(QMainWindow):
    """`files_dropped` carries a list of paths; the other signals are keys that no panel owns."""

    files_dropped = Signal(list)
    delete_pressed = Signal()
    branch_pressed = Signal()
    undo_pressed = Signal()
    closed = Signal()

    def __init__(self, folder: Path):
        super().__init__()
        self.setWindowTitle("CALM Studio")
        self.setAcceptDrops(True)
        self.setMinimumSize(1000, 640)
        self.resize(1440, 900)
        self.top_bar, self.shelf, self.banner = TopBar(), PromptShelf(), ErrorBanner()
        self.timeline, self.controls, self.transport = TimelinePanel(), ControlsPanel(), Transport()
        self._build()
        self.export_sheet = ExportSheet(self, folder)
        self.export_sheet.resized.connect(self._place_sheet)
        self._bind_keys()
        self.timeline.setFocus()

    def _build(self) -> None:
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 6, 0, 0)
        centre.setSpacing(0)
        banner = QHBoxLayout()
        banner.setContentsMargins(12, 0, 12, 0)
        banner.addWidget(self.banner)
        centre.addLayout(banner)
        centre.addWidget(self.timeline, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.shelf)
        middle.addLayout(centre, 1)
        middle.addWidget(self.controls)
        root = QWidget()
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addLayout(middle, 1)
        column.addWidget(self.transport)
        self.setCentralWidget(root)

    def _bind_keys(self) -> None:
        controls, transport = self.controls, self.transport
        for keys, call in (
            ("Ctrl+Return", controls.continue_button.click),
            ("Ctrl+Enter", controls.continue_button.click),
            ("Space", transport.play_pressed.emit),
            ("Home", transport.start_pressed.emit),
            ("Escape", self._on_escape),
            ("Delete", self.delete_pressed.emit),
            ("B", self.branch_pressed.emit),
            ("L", transport.loop_pressed.emit),
            ("Ctrl+Z", self.undo_pressed.emit),
            ("Ctrl+O", self.shelf.browse_pressed.emit),
            ("Ctrl+Shift+E", controls.export_button.click),
        ):
            QShortcut(QKeySequence(keys), self, activated=call)

    def show_state(self, state: State) -> None:
        self.top_bar.show_state(state)
        self.shelf.show_state(state)
        self.controls.show_state(state)
        self.transport.show_state(state)
        self.timeline.show_state(state, self.controls.length.seconds)
        self.banner.show_notice(state.notice)

    def show_time(self, state: State, seconds: float, playing: bool) -> None:
        """Move the cursor of the selected lane to `seconds` on the timeline."""
        self.timeline.show_cursor(state.chosen, seconds)
        self.transport.show_time(seconds, timeline_end(state, self.controls.length.seconds), playing)

    def _on_escape(self) -> None:
        if self.export_sheet.isVisible():
            self.export_sheet.cancel.click()
        else:
            self.controls.stop_button.click()

    def show_export(self, state: State) -> None:
        """Open the export sheet for the selected take, just above the buttons it belongs to."""
        self.export_sheet.open_for(state)
        self._place_sheet()

    def _place_sheet(self) -> None:
        button, sheet = self.controls.continue_button, self.export_sheet
        corner = button.mapTo(self, button.rect().topRight())
        sheet.move(corner.x() - sheet.width() + 6, max(6, corner.y() - sheet.height() - 10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sheet()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and dropped_paths(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files_dropped.emit(dropped_paths(event))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)

"""The window: puts the panels in their places, turns keys and drops into signals, and shows a state."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from calm_studio.about_sheet import AboutSheet
from calm_studio.blind_sheet import BlindSheet
from calm_studio.command_menu import CommandMenu
from calm_studio.command_palette import CommandPalette
from calm_studio.commands import APP, GROUPS
from calm_studio.controls_panel import ControlsPanel
from calm_studio.error_banner import ErrorBanner
from calm_studio.export_form import PartChoice
from calm_studio.export_sheet import ExportSheet
from calm_studio.key_sheet import KeySheet
from calm_studio.preferences_sheet import PreferencesSheet
from calm_studio.prompt_shelf import PromptShelf, dropped_paths
from calm_studio.recovery_sheet import RecoverySheet
from calm_studio.state import timeline_end
from calm_studio.tab_order import neighbour, press_by_enter, stops
from calm_studio.timeline.panel import TimelinePanel
from calm_studio.top_bar import TopBar
from calm_studio.transport import Transport
from calm_studio.values import State


class MainWindow(QMainWindow):
    """`files_dropped` carries a list of paths, `variation_pressed` a number from 1 on,
    `station_wanted` 1 for the next and -1 for the one before. Most of the
    rest are keys that no panel owns."""

    files_dropped = Signal(list)
    escape_pressed = Signal()
    end_pressed = Signal()
    branch_pressed = Signal()
    reroll_pressed = Signal()
    back_pressed = Signal()
    variation_pressed = Signal(int)
    station_wanted = Signal(int)
    compare_pressed = Signal()
    begin_pressed = Signal()
    finish_pressed = Signal()
    star_pressed = Signal()
    mute_pressed = Signal()
    colour_pressed = Signal()
    rename_pressed = Signal()
    notes_pressed = Signal()
    duplicate_pressed = Signal()
    delete_pressed = Signal()
    undo_pressed = Signal()
    redo_pressed = Signal()
    theme_wanted = Signal(str)
    diagnostics_wanted = Signal()
    closed = Signal()

    def __init__(self, folder: Path):
        super().__init__()
        self.setWindowTitle("CALM Studio")
        self.setAcceptDrops(True)
        self.setMinimumSize(940, 480)  # 1920 x 1080 at 200 % is 960 x 540, of which a task bar takes some
        self.resize(1440, 900)
        self.top_bar, self.shelf, self.banner = TopBar(), PromptShelf(), ErrorBanner()
        self.timeline, self.controls, self.transport = TimelinePanel(), ControlsPanel(), Transport()
        self.timeline.sheet.take_in(self.controls.sheet)
        self._build()
        self.export_sheet = ExportSheet(self, folder)
        self.export_sheet.resized.connect(self._place_sheet)
        self.key_sheet, self.command_palette = KeySheet(self), CommandPalette(self)
        self.recovery_sheet, self.blind_sheet = RecoverySheet(self), BlindSheet(self)
        self.preferences_sheet, self.about_sheet = PreferencesSheet(self), AboutSheet(self)
        self._sheets = (
            self.command_palette,
            self.key_sheet,
            self.preferences_sheet,
            self.about_sheet,
            self.recovery_sheet,
            self.blind_sheet,
        )
        self.top_bar.more.clicked.connect(lambda: CommandMenu(self, self.top_bar.more, APP))
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
        """Those of `calm_studio.commands`; the arrow keys are the timeline's."""
        for _, commands in GROUPS:
            for command in commands:
                for keys in command.keys:
                    QShortcut(QKeySequence(keys), self, activated=partial(command.run, self))

    def show_state(self, state: State) -> None:
        self.top_bar.show_state(state)
        self.shelf.show_state(state)
        self.controls.show_state(state)
        self.transport.show_state(state)
        self.timeline.show_state(state, self.controls.length.seconds)
        self.banner.show_notice(state.notice)

    def show_time(self, state: State, seconds: float, playing: bool) -> None:
        """Move the cursor of the selected lane to `seconds` on the timeline."""
        self.timeline.show_cursor(state.chosen, seconds, playing)
        self.transport.show_time(seconds, timeline_end(state, self.controls.length.seconds), playing)

    def leave(self) -> None:
        """Close what lies on top; else it is for the app."""
        for sheet in self._sheets:
            if sheet.isVisible():
                sheet.leave()
                return
        if self.export_sheet.isVisible():
            self.export_sheet.cancel.click()
        else:
            self.escape_pressed.emit()

    def show_export(self, state: State, choice: PartChoice | None = None) -> None:
        """Open the export sheet, showing `choice` if given, just above the buttons it belongs to."""
        self.export_sheet.open_for(state, choice)
        self._place_sheet()

    def _place_sheet(self) -> None:
        button, sheet = self.controls.continue_button, self.export_sheet
        corner = button.mapTo(self, button.rect().topRight())
        sheet.move(corner.x() - sheet.width() + 6, max(6, corner.y() - sheet.height() - 10))

    def tab(self, step: int) -> None:
        """Give the keyboard to the next control, or with -1 to the one before: round within what lies on top, or else
        through all parts of the window. A shortcut, because PySide crashes when focusNextPrevChild is overridden."""
        on_top = next((sheet for sheet in (*self._sheets, self.export_sheet) if sheet.isVisible()), None)
        parts = (self.top_bar, self.shelf, self.banner, self.timeline, self.controls, self.transport)
        wanted = neighbour(stops(parts if on_top is None else (on_top,)), self.focusWidget(), step)
        if wanted is not None:
            wanted.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(wanted, QAbstractButton):
            press_by_enter(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sheet()
        for sheet in self._sheets:
            sheet.place()

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

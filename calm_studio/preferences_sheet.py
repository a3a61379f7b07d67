"""The preferences, over the window until they are closed; each change holds at once, or from the next start on."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from calm_studio.fields import Choice, caption, heading, link, row
from calm_studio.preferences import MOST_THREADS, Preferences
from calm_studio.segments import Segments
from calm_studio.sheet import Scrolled, Sheet
from engine.governor import LEAST_LEAD, MOST_LEAD
from engine.step_names import NAMES

THEMES = ("dark", "light", "system")
DEVICES = ((None, "The best there is"), ("cpu", "CPU"), ("cuda", "CUDA (NVIDIA)"), ("mps", "MPS (Apple)"))
ARITHMETICS = ((None, "The fastest there is"), *((name, name) for name in NAMES))
SHOWN = ("theme", "device", "threads", "arithmetic", "exports", "keep_up", "buffer_seconds")
"""The preferences that are chosen here."""
WIDTH = 360


class PreferencesSheet(Sheet):
    """`changed` carries the preferences as they are wanted from now on."""

    changed = Signal(Preferences)

    def __init__(self, parent: QWidget):
        super().__init__(parent, "Preferences")
        self._shown = Preferences()
        self.theme = self.first = Segments((("Dark", ""), ("Light", ""), ("System", "")))
        self.keep_up = QCheckBox("Keep up, with fewer steps where this machine is slow")
        self.buffer = _seconds()
        self.device, self.arithmetic = _choice("Device", DEVICES), _choice("Arithmetic", ARITHMETICS)
        self.threads = _threads()
        self.folder = QPushButton()
        self.usual_folder = link("the usual one", "Keep files of takes in the app's folder in your music")
        self.close_button = QPushButton("Close")
        self._build()
        self._tell()
        self._connect()
        self.show_preferences(self._shown)

    def show_preferences(self, preferences: Preferences) -> None:
        """Nothing is told of it."""
        self.blockSignals(True)
        self._shown = preferences
        self.theme.show_choice(THEMES.index(preferences.theme))
        self.keep_up.setChecked(preferences.keep_up)
        self.buffer.setValue(preferences.buffer_seconds)
        self.device.setCurrentIndex(self.device.findData(preferences.device))
        self.arithmetic.setCurrentIndex(max(0, self.arithmetic.findData(preferences.arithmetic)))
        self.threads.setValue(preferences.threads or 0)
        words = preferences.exports or "CALM Studio, in your music"
        self.folder.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideLeft, WIDTH - 130))
        self.blockSignals(False)

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(9)
        for part in (
            heading("PREFERENCES"),
            row(caption("Theme"), self.theme),
            row(caption("Buffer"), self.buffer),
            self.keep_up,
            heading("FROM THE NEXT START ON"),
            row(caption("Device"), self.device),
            row(caption("Arithmetic"), self.arithmetic),
            row(caption("Threads"), self.threads),
            row(caption("Files of takes"), self.folder),
            row(caption(""), self.usual_folder),
            self.close_button,
        ):
            column.addWidget(part)
        content.setFixedWidth(WIDTH)
        self.note = QLabel("The sound device is chosen at the bottom of the window, under Out")
        self.note.setObjectName("muted")
        self.note.setWordWrap(True)
        column.insertWidget(4, self.note)
        area = Scrolled(content)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _tell(self) -> None:
        """Tooltips, which teach; and names for screen readers."""
        for widget, name, words in (
            (self.theme, "Theme", "What the window looks like: dark, light, or as the system is"),
            (
                self.buffer,
                "Buffer",
                "How far writing runs ahead of what you hear: more is safer, less is steered sooner",
            ),
            (self.keep_up, "Keep up", "Lowers the steps for a while rather than let the sound break off"),
            (self.device, "Device", "What the model runs on"),
            (
                self.arithmetic,
                "Arithmetic",
                "How a frame is computed: torch is the reference, 8 bits are fastest on a CPU",
            ),
            (
                self.threads,
                "Threads",
                "Of torch on a CPU. One is as fast as two for most takes, and leaves room for others",
            ),
            (self.folder, "Folder for files of takes", "Where takes that you drag out or export are kept"),
            (self.close_button, "Close", "Close the preferences (Esc)"),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(words)

    def _connect(self) -> None:
        self.theme.picked.connect(lambda index: self.prefer(theme=THEMES[index]))
        self.keep_up.toggled.connect(lambda on: self.prefer(keep_up=on))
        self.buffer.valueChanged.connect(lambda value: self.prefer(buffer_seconds=round(value, 2)))
        self.device.activated.connect(lambda: self.prefer(device=self.device.currentData()))
        self.arithmetic.activated.connect(lambda: self.prefer(arithmetic=self.arithmetic.currentData()))
        self.threads.valueChanged.connect(lambda value: self.prefer(threads=value or None))
        self.folder.clicked.connect(self._ask_folder)
        self.usual_folder.clicked.connect(lambda: self.prefer(exports=None))
        self.close_button.clicked.connect(self.leave)

    def prefer(self, **fields) -> None:
        """Change these fields, and tell of it if they are other than before."""
        wanted = replace(self._shown, **fields)
        if wanted != self._shown and not self.signalsBlocked():
            self.show_preferences(wanted)
            self.changed.emit(wanted)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self.window(), "Where files of takes are kept", self._shown.exports or "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self.prefer(exports=path))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _choice(name: str, choices: tuple[tuple[str | None, str], ...]) -> Choice:
    choice = Choice()
    choice.setFixedHeight(30)
    for value, words in choices:
        choice.addItem(words, value)
    return choice


def _seconds() -> QDoubleSpinBox:
    return QDoubleSpinBox(minimum=LEAST_LEAD, maximum=MOST_LEAD, singleStep=0.1, decimals=2, suffix=" s")


def _threads() -> QSpinBox:
    return QSpinBox(minimum=0, maximum=MOST_THREADS, specialValueText="As the app thinks best")

"""The sheet of a blind comparison, over the window until it is closed; it blocks nothing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from calm_studio.blind import MOST, Blind, by_chance, tally, winner
from calm_studio.fields import heading
from calm_studio.level_matching import Matched

HOW = "1, 2 \N{HORIZONTAL ELLIPSIS} switch at the same place, Space stops and plays, Enter votes"
WIDTH = 440


class BlindSheet(QFrame):
    """`heard` carries a number from 1 on: X1, X2 ..."""

    heard = Signal(int)
    voted = Signal()
    left = Signal()
    begin_pressed = Signal()
    winner_pressed = Signal()

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("popover")
        self.setAccessibleName("Blind comparison")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("The number keys switch, Enter votes for what you hear, Esc ends it")
        self.setFixedWidth(WIDTH)
        self.round, self.question, self.note = QLabel(), QLabel(), QLabel()
        self.takes = [self._take(number) for number in range(1, MOST + 1)]
        self.vote = _button("This one is better", "Vote for the one that is heard (Enter)", self.voted)
        self.vote.setObjectName("primary")
        self.again = _button("Again", "Compare the same takes once more", self.begin_pressed)
        self.winner = _button("Select the winner", "Close, and select the take with most votes", self.winner_pressed)
        self.leave_button = _button("Leave", "Show the votes so far, or close (Esc)", self.left)
        self.result = QWidget()
        self._rows = QGridLayout(self.result)
        self._build()
        self.hide()

    def _build(self) -> None:
        for label in (self.round, self.question, self.note):
            label.setObjectName("muted")
            label.setWordWrap(True)
        top, takes, bottom = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(heading("WHICH ONE IS BETTER?"))
        top.addWidget(self.round, 1, Qt.AlignmentFlag.AlignRight)
        takes.setSpacing(6)
        for button in self.takes:
            takes.addWidget(button)
        for button in (self.leave_button, self.again):
            bottom.addWidget(button)
        bottom.addStretch(1)
        for button in (self.winner, self.vote):
            bottom.addWidget(button)
        self._rows.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(takes)
        for widget in (self.result, self.question, self.note):
            column.addWidget(widget)
        column.addLayout(bottom)

    def _take(self, number: int) -> QPushButton:
        button = _button(f"X{number}", f"Hear X{number} at the same place ({number})", None)
        button.setObjectName("blind")
        button.setCheckable(True)
        button.setMinimumHeight(44)
        button.clicked.connect(lambda: self.heard.emit(number))
        return button

    def begin(self, sounds: Matched) -> None:
        """Open for a comparison of these."""
        self.note.setText(
            f"{sounds.seconds:.1f} s, matched in loudness: turned down by up to {-min(sounds.gains):.1f} dB for this "
            "comparison only"
        )
        self.show()
        self.raise_()
        self.setFocus()

    def show_round(self, blind: Blind) -> None:
        self.round.setText(f"Round {len(blind.votes) + 1} of {blind.rounds}")
        self.question.setText(HOW)
        for place, button in enumerate(self.takes):
            button.setVisible(place < blind.takes)
            button.setChecked(place == blind.heard)
        self._show_stage(over=False)

    def show_result(self, blind: Blind, names: list[str]) -> None:
        """`names` of the takes, in their own order."""
        self.round.setText(f"{len(blind.votes)} vote{'s' * (len(blind.votes) != 1)}")
        while self._rows.count():
            self._rows.takeAt(0).widget().deleteLater()
        for row, (take, votes) in enumerate(tally(blind)):
            for column, widget in enumerate((QLabel(names[take]), _bar(votes, len(blind.votes)), QLabel(str(votes)))):
                self._rows.addWidget(widget, row, column)
        self._rows.setColumnStretch(1, 1)
        self.question.setText(verdict(blind, names))
        self.winner.setEnabled(winner(blind) is not None)
        self._show_stage(over=True)

    def _show_stage(self, over: bool) -> None:
        for widget in (self.result, self.again, self.winner):
            widget.setVisible(over)
        self.vote.setHidden(over)
        self.leave_button.setText("Close" if over else "Leave")
        if over:
            for button in self.takes:
                button.hide()
        self.place()

    def leave(self) -> None:
        self.left.emit()

    def place(self) -> None:
        """In the middle of the window, low enough to see the lanes."""
        self.adjustSize()
        room = self.parentWidget().rect()
        self.move((room.width() - self.width()) // 2, max(6, room.height() - self.height() - 92))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, else it votes; the window sends the lower numbers as well."""
        if event.text().isdigit():
            self.heard.emit(int(event.text()))
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(button := self.focusWidget(), QPushButton) and button.hasFocus():
            button.click()
        elif not self.vote.isHidden():
            self.voted.emit()


def verdict(blind: Blind, names: list[str]) -> str:
    """What the votes say."""
    best, chance = winner(blind), by_chance(blind)
    said = "No take is ahead" if best is None else f"{names[best]} is ahead"
    if chance is None:
        return f"{said}."
    return f"{said}. Guessing alone gives a split this clear in {chance:.0%} of cases (exact binomial test)."


def _bar(votes: int, of: int) -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, max(1, of))
    bar.setValue(votes)
    bar.setTextVisible(False)
    return bar


def _button(words: str, tip: str, pressed: Signal | None) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    if pressed is not None:
        button.clicked.connect(pressed)
    return button

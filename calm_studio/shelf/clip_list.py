"""The clips on the shelf, one below the other, in an order that the user makes."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.shelf.clip_card import ClipCard
from calm_studio.values import Clip

SPACING = 8


class ClipList(QWidget):
    """`placed` carries a clip and its new index from the top."""

    picked = Signal(object)
    removed = Signal(object)
    placed = Signal(object, int)

    def __init__(self):
        super().__init__()
        self.cards: list[ClipCard] = []
        self._line: int | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)

    def show_clips(self, clips: tuple[Clip, ...], lit: Clip | None) -> None:
        """Cards stay as long as their sound does, with the keyboard's focus and the mouse."""
        known = {id(card.clip.prompt.audio): card for card in self.cards}
        cards = [known.pop(id(clip.prompt.audio), None) or self._new_card(clip) for clip in clips]
        for card, clip in zip(cards, clips, strict=True):
            card.show_clip(clip, clip is lit)
        focused = self.window().focusWidget()
        index = self.cards.index(focused) if focused in self.cards else 0
        if cards != self.cards:
            self._arrange(cards)
        for card in known.values():
            if card is focused and cards:
                cards[min(index, len(cards) - 1)].setFocus()
            card.setParent(None)
            card.deleteLater()

    def _arrange(self, cards: list[ClipCard]) -> None:
        """Also the order in which the tab key goes through them."""
        self.cards = cards
        for index, card in enumerate(cards):
            self._column.insertWidget(index, card)
            if index:
                QWidget.setTabOrder(cards[index - 1], card)

    def _new_card(self, clip: Clip) -> ClipCard:
        card = ClipCard(clip)
        card.picked.connect(lambda: self.picked.emit(card.clip))
        card.removed.connect(lambda: self.removed.emit(card.clip))
        card.stepped.connect(lambda places: self.placed.emit(card.clip, max(0, self.cards.index(card) + places)))
        card.dragged.connect(self._on_dragged)
        card.dropped.connect(lambda y: self._on_dropped(card, y))
        return card

    def _on_dragged(self, y: int) -> None:
        self._line = self._gap(y)
        self.update()

    def _on_dropped(self, card: ClipCard, y: int) -> None:
        self._line = None
        self.update()
        index, before = self.cards.index(card), self._gap(y)
        self.placed.emit(card.clip, before - (before > index))

    def _gap(self, y: int) -> int:
        """How many cards lie above a height."""
        return sum(card.geometry().center().y() < y for card in self.cards)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Where the clip that is dragged would go."""
        if self._line is None:
            return
        beyond = self._line == len(self.cards)
        neighbour = self.cards[self._line - beyond].geometry()
        y = neighbour.bottom() + SPACING // 2 if beyond else neighbour.top() - SPACING // 2
        with QPainter(self) as painter:
            painter.fillRect(0, min(max(y - 1, 0), self.height() - 2), self.width(), 2, QColor(theme.TEAL))

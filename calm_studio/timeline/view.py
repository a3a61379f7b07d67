"""Which part of the timeline all lanes show: zoomed, moved, fitted, and turned like a page while it plays."""

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal

from calm_studio.timeline.span import Span

PAGE_AT, PAGE_TO = 0.96, 0.04
"""Parts of the view: when the playhead comes to the one, the view moves on until it is at the other."""
PAGE_MS = 200
CLOSER = 0.8
"""Of the seconds in view remain after a notch of the wheel."""


class View(QObject):
    """`changed` carries the new span. Fitted, it shows everything and grows with it; `following`, it goes where the
    playhead goes, unless the user moved away from that."""

    changed = Signal(Span)

    def __init__(self):
        super().__init__()
        self.span, self.end = Span(0.0, 1.0), 1.0
        self.following = True
        self.playhead, self._playing = 0.0, False
        self._seen = False
        self._page = QVariantAnimation(self, duration=PAGE_MS, easingCurve=QEasingCurve.Type.InOutQuad)
        self._page.valueChanged.connect(self._on_page)

    @property
    def fitted(self) -> bool:
        return self.span == Span(0.0, self.end)

    def set_following(self, following: bool) -> None:
        self.following = following

    def show_end(self, end: float) -> None:
        """The timeline is so many seconds long."""
        if end != self.end:
            fitted, self.end = self.fitted, end
            self._show(Span(0.0, end) if fitted else self.span.within(end))

    def fit(self) -> None:
        self.move(Span(0.0, self.end))

    def zoom(self, factor: float, at: float) -> None:
        """Show `factor` times as many seconds, and the second `at` where it was."""
        self.move(self.span.zoomed(factor, at, self.end))

    def pan(self, seconds: float) -> None:
        self.move(self.span.panned(seconds, self.end))

    def move(self, span: Span) -> None:
        """The user moves it; while the playhead is not in what he looks at, it is not followed."""
        self._page.stop()
        self._seen = False
        self._show(span)

    def zoom_in(self, notches: int) -> None:
        """Closer to the playhead."""
        self.zoom(CLOSER**notches, self.playhead)

    def turn(self, pages: int) -> None:
        self.pan(pages * self.span.seconds)

    def show_playhead(self, seconds: float, playing: bool) -> None:
        """The playhead is there; it is followed while it plays, and looked for when it was put elsewhere."""
        if playing and self._playing:
            self.follow(seconds)
        elif playing or seconds != self.playhead:
            self.look_at(seconds)
        self.playhead, self._playing = seconds, playing

    def follow(self, seconds: float) -> None:
        """The playhead is there now; called while it moves."""
        if self._in_view(seconds):
            self._seen = True
        elif self.following and self._seen:
            self._turn_to(seconds)

    def look_at(self, seconds: float) -> None:
        """The playhead begins there, or was put there: it is to be seen."""
        self._seen = True
        if not self._in_view(seconds):
            self._turn_to(seconds)

    def _in_view(self, seconds: float) -> bool:
        return 0 <= (seconds - self.span.start) / self.span.seconds < PAGE_AT

    def _turn_to(self, seconds: float) -> None:
        to = self.span.panned(seconds - PAGE_TO * self.span.seconds - self.span.start, self.end)
        if self._page.state() != QVariantAnimation.State.Running and to.start != self.span.start:
            self._page.setStartValue(self.span.start)
            self._page.setEndValue(to.start)
            self._page.start()

    def _on_page(self, start: float) -> None:
        self._show(Span(start, start + self.span.seconds).within(self.end))

    def _show(self, span: Span) -> None:
        if span != self.span:
            self.span = span
            self.changed.emit(span)

"""Python's cyclic garbage, collected in the GUI thread only: a Qt object that another thread frees crashes the app.

Without this, the collector runs in whichever thread happens to allocate, the session's among them.
"""

import gc

from PySide6.QtCore import QObject, QTimer

PERIOD_MS = 500


class Collector(QObject):
    """Takes the collector over from the moment it is made until `stop`."""

    def __init__(self):
        super().__init__()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def _on_timeout(self) -> None:
        """Collect the generations that are due by Python's own thresholds, oldest first."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def spare(self) -> None:
        """Look no more at what is there now, until `stop`: with PyTorch loaded these are 350,000 objects, and a look at
        all of them holds up every thread for 0.2 s, once a minute, longer than sound is buffered for."""
        gc.freeze()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

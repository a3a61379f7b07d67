"""While the app runs, garbage is collected in the GUI thread and nowhere else."""

import gc
import threading
import weakref

from calm_studio.collector import Collector
from engine.events import ModelReady


class Knot:
    """Garbage that only the cyclic collector frees, and that tells where it was freed."""

    def __init__(self, freed: list):
        self.self = self
        weakref.finalize(self, lambda: freed.append(threading.current_thread()))


def test_other_threads_do_not_collect_but_the_gui_thread_does(qtbot):
    collector, freed = Collector(), []
    try:
        worker = threading.Thread(target=lambda: [Knot(freed) for _ in range(5000)])
        worker.start()
        worker.join()
        assert not freed
        qtbot.waitUntil(lambda: len(freed) == 5000)
        assert set(freed) == {threading.main_thread()}
    finally:
        collector.stop()
    assert gc.isenabled()


def test_what_is_spared_is_looked_at_again_at_the_end(qtbot):
    collector, freed = Collector(), []
    try:
        Knot(freed)
        collector.spare()
        assert gc.get_freeze_count() > 1000
        gc.collect()
        assert not freed
    finally:
        collector.stop()
    assert len(freed) == 1 and gc.get_freeze_count() == 0


def test_once_the_model_is_there_the_app_spares_what_it_consists_of(start, qtbot):
    app = start()
    qtbot.waitUntil(lambda: isinstance(app.state.model, ModelReady))
    assert gc.get_freeze_count() > 1000
    app.close()
    assert gc.get_freeze_count() == 0

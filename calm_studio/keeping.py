"""What leaves the window: exports, files that are dragged out, copied or shown in their folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.drag_out import file_mime
from calm_studio.edits import heard_ones, starred
from calm_studio.selecting import marked_part
from calm_studio.take_files import Errand, Order, TakeFiles, carry_out
from engine.errors import CalmError
from engine.export import Exported, Part


class Keeping:
    """`folder` is where files of takes are kept that were not exported to another place."""

    def __init__(self, desk: Desk, folder: Path):
        self._desk = desk
        self._files = TakeFiles(folder)
        self._saving = Background("saving", desk.report)
        self._exporting = Background("exporting", desk.report)
        self._errand: Errand | None = None

    def export(self, order: Order) -> None:
        """Carry out what the export sheet asks for, which shows how far it is and can stop it."""
        self._errand = errand = Errand()
        self._desk.window.export_sheet.show_progress(0.0)
        work = partial(carry_out, order, self._desk.session.info, errand)
        self._exporting.run(work, self._on_exported, self._on_failed)

    def stop_export(self) -> None:
        if self._errand is not None:
            self._errand.stop.set()

    def show_progress(self) -> None:
        """Called at every tick."""
        if self._errand is not None:
            self._desk.window.export_sheet.show_progress(self._errand.share)

    def offer_take(self, take_id: int) -> None:
        """Have the file of a take written, of the selected one what is marked of it, and give it to the handle that is
        being dragged."""
        state = self._desk.state
        part = marked_part(state) if take_id == state.chosen else None
        self._write((take_id,), self._desk.window.timeline.lanes[take_id].drag.offer, part or "whole")

    def offer_all(self) -> None:
        """The starred takes, or all if there are none."""
        lanes = starred(self._desk.state) or heard_ones(self._desk.state)
        self._write(tuple(lane.take.id for lane in lanes), self._desk.window.timeline.footer.drag_all.offer)

    def copy(self, take_id: int) -> None:
        """Put the file of a take on the clipboard."""
        self._write((take_id,), self._on_copied)

    def reveal(self, take_id: int) -> None:
        """Open the folder with the file of a take in it."""
        self._write((take_id,), self._on_revealed)

    def close(self) -> None:
        self.stop_export()
        self._saving.close()
        self._exporting.close()

    def _write(self, takes: tuple[int, ...], done: Callable[[list[Path]], None], part: Part = "whole") -> None:
        lanes = tuple(self._desk.state.lane_of(take_id) for take_id in takes)
        self._saving.run(partial(self._files.files_of, lanes, self._desk.session.info, part), done)

    def _on_copied(self, paths: list[Path]) -> None:
        QGuiApplication.clipboard().setMimeData(file_mime(paths))
        self._desk.inform(f"Copied {paths[0].name}", f"Paste it into a folder or a DAW; it is in {paths[0].parent}")

    def _on_revealed(self, paths: list[Path]) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths[0].parent)))

    def _on_exported(self, exported: list[Exported]) -> None:
        self._end_errand()
        if not exported:
            self._desk.inform("The export was stopped", "Nothing was saved")
            return
        first = exported[0].path
        what = first.name if len(exported) == 1 else f"{len(exported)} takes"
        notes = " ".join(dict.fromkeys(note for each in exported for note in each.notes))
        where = f"It is in {first.parent}" if len(exported) == 1 else f"They are in {first.parent}"
        self._desk.inform(f"Saved {what}", f"{where}. {notes}".rstrip(". "))

    def _on_failed(self, error: CalmError) -> None:
        self._end_errand()
        self._desk.report(error)

    def _end_errand(self) -> None:
        self._errand = None
        self._desk.window.export_sheet.show_progress(None)
        self._desk.window.export_sheet.hide()

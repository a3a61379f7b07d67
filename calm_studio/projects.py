"""What the user does with projects: new, open, save, and what a crash has left."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QFile
from PySide6.QtWidgets import QFileDialog

from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.project_keeping import ProjectKeeping
from engine.errors import CalmError
from engine.project.folder import SUFFIX
from engine.project.recent import recent
from engine.project.recovery import Left, left_projects


class Projects:
    """`home` is where projects are that were never saved, `folder` where saving is proposed."""

    def __init__(self, desk: Desk, home: Path, folder: Path):
        self._desk, self._home, self._folder = desk, home, folder
        self.keeping = ProjectKeeping(desk, home)
        self._looking = Background("looking for projects", desk.report)
        chip, sheet = desk.window.top_bar.project, desk.window.recovery_sheet
        for signal, slot in (
            (chip.new_wanted, self.keeping.new),
            (chip.open_wanted, self.browse),
            (chip.save_wanted, self.save),
            (chip.save_as_wanted, self.save_as),
            (chip.opened, self.keeping.open),
            (chip.menu_wanted, self._show_menu),
            (sheet.recover_wanted, lambda left: self.keeping.open(left.folder)),
            (sheet.discard_wanted, self._discard),
        ):
            signal.connect(slot)

    def offer_recovery(self) -> None:
        """Look for what a crash has left, and offer it."""
        self._looking.run(partial(left_projects, self._home), self._on_left)

    def save(self) -> None:
        """Ask for a place, the first time; from then on all is saved as it changes, and this only says so."""
        state = self._desk.state
        if not state.keeping.saved:
            self.save_as()
        else:
            self._desk.inform(f"{state.keeping.title} is saved", f"Every change is, as you make it, in {self._place}")

    def save_as(self) -> None:
        dialog = QFileDialog(self._desk.window, "Save the project", str(self._proposed), f"Project (*{SUFFIX})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.fileSelected.connect(lambda name: self.keeping.save_as(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def browse(self) -> None:
        dialog = QFileDialog(self._desk.window, "Open a project: its folder", str(self._folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.keeping.open(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close(self) -> None:
        self._looking.close()
        self.keeping.close()

    @property
    def _place(self) -> Path | None:
        return self.keeping.folder and self.keeping.folder.parent

    @property
    def _proposed(self) -> Path:
        """Beside the takes that were dragged out; named after the clip."""
        clip = self._desk.state.clip
        return self._folder / ((clip.prompt.name if clip else "Untitled") + SUFFIX)

    def _show_menu(self) -> None:
        self._looking.run(partial(recent, self._home), self._on_recent)

    def _on_recent(self, found: list[tuple[Path, float]]) -> None:
        self._desk.window.top_bar.project.show_menu(found, self.keeping.folder)

    def _on_left(self, left: list[Left]) -> None:
        self._desk.window.recovery_sheet.show_left(tuple(left))

    def _discard(self, left: Left) -> None:
        self._looking.run(partial(_throw_away, left.folder), lambda _: None)


def _throw_away(folder: Path) -> None:
    """Raises CalmError where there is no waste basket."""
    if not QFile.moveToTrash(str(folder)):
        advice = f"Delete it yourself: it is in {folder.parent}"
        raise CalmError(f"{folder.name} could not be put into the waste basket", advice)

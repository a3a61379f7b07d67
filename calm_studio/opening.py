"""What comes into the window: clips, examples, and takes out of their own files; and listening to the clips."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.requests import hear_prompt
from calm_studio.shelf import shelf_edits
from calm_studio.shelf.found_files import MOST_FILES, SUFFIXES, Found, find_files
from calm_studio.shelf.recent import Recent
from calm_studio.take_files import marks_in
from calm_studio.values import Clip, Lane
from engine.audio import Audio, printable
from engine.errors import CalmError
from engine.metadata.read import read as read_metadata
from engine.music.heard import Heard, hear
from engine.request import Prompt
from engine.restore import RestoredTake, restore

SETTLED_MS = 250
"""How long the edges of a prompt must rest before it is listened to."""


def read_clip(path: Path) -> Clip:
    """The clip in the file at `path`. Raises CalmError when it cannot be continued."""
    prompt = Prompt.from_file(path)
    clip = states.clip_of(replace(prompt, name=printable(prompt.name)))
    return replace(clip, source=printable(str(path.absolute())))


def read_file(path: Path, number: Callable[[], int]) -> tuple[Clip | Lane, RestoredTake | None]:
    """The take in a file that holds one with enough of its prompt, or else the clip that any sound file is.

    `number` gives a take its number. Raises CalmError when the file is neither.
    """
    if not _has_recipe(path):
        return read_clip(path), None
    restored = restore(path, number())
    return (read_clip(path) if restored.take is None else _lane_of(restored, printable(path.name))), restored


def _has_recipe(path: Path) -> bool:
    try:
        return bool(read_metadata(path).recipe)
    except CalmError:  # what is wrong with it is better said where it is read as a clip
        return False


def _lane_of(restored: RestoredTake, name: str) -> Lane:
    take = restored.take
    heard = hear(Audio(take.samples[:, : take.cut], take.rate))
    marks = marks_in(restored.metadata, restored.recipe)
    return Lane("", take, heard=heard, recipe=restored.recipe, note=f"from {name}", marks=marks)


class Opening:
    def __init__(self, desk: Desk):
        self._desk = desk
        self._reading = Background("reading", desk.report)
        self._listening = Background("listening", desk.report)
        self.recent = Recent(desk)
        self._heard: Prompt | None = None
        self._busy = False
        self._settled = QTimer(singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._on_settled)

    def load_examples(self, folder: Path, select_first: bool) -> None:
        """List the clips in `folder`, and put the first on the shelf if asked; a folder without clips is fine."""
        for index, path in enumerate(sorted(folder.glob("*.flac"))):
            done = self._on_first_example_read if index == 0 and select_first else self._on_example_read
            self._reading.run(partial(read_clip, path), done)

    def open_paths(self, paths: list[Path]) -> None:
        """Read files, and all audio files below folders: clips onto the shelf, takes into lanes."""
        self._reading.run(partial(find_files, paths), self._on_files_found)

    def browse(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        dialog = QFileDialog(self._desk.window, "Open audio or MIDI", "", f"Audio and MIDI ({patterns})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.open_paths([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def listen(self) -> None:
        """Have the selected clip listened to as soon as its edges rest, and the others while nothing is written; called
        at every tick."""
        state = self._desk.state
        clip = state.clip
        if clip is not None and clip.heard is None:
            if clip.prompt is not self._heard:
                self._heard = clip.prompt
                self._settled.start()
        elif not self._busy and state.writing is None and not state.waiting:
            unheard = next((each for each in state.clips if each.heard is None), None)
            if unheard is not None:
                self._listen_to(unheard.prompt)

    def close(self) -> None:
        self._settled.stop()
        self.recent.close()
        self._reading.close()
        self._listening.close()

    def _on_files_found(self, found: Found) -> None:
        self._desk.show(shelf_edits.reading_begun(self._desk.state, found.paths))
        unread: list[CalmError] = []
        for path in found.paths:
            done, failed = partial(self._on_file_read, path, unread), partial(self._on_file_unread, path, unread)
            self._reading.run(partial(read_file, path, self._desk.session.take_number), done, failed)
        if found.cut:
            self._desk.inform(
                f"Only the first {len(found.paths)} files are opened", f"Drop at most {MOST_FILES} at a time"
            )
        elif found.empty:
            name = printable(found.empty[0].name)
            self._desk.report(
                CalmError(f"There is no audio in the folder {name}", "Drop the folder that holds the files")
            )

    def _on_file_read(
        self, path: Path, unread: list[CalmError], found: tuple[Clip | Lane, RestoredTake | None]
    ) -> None:
        what, restored = found
        try:
            if isinstance(what, Clip):
                shelf_edits.check_room(self._desk.state, what)
        except CalmError as error:
            self._on_file_unread(path, unread, error)
            return
        state = shelf_edits.reading_ended(self._desk.state, path)
        if isinstance(what, Lane):
            self._desk.edit(states.add_lane(state, what))
        else:
            self._desk.show(states.add_clip(state, what))
        self.recent.add(path)
        message, advice = _report(what, restored)
        if message and not unread:
            self._desk.inform(message, advice)

    def _on_file_unread(self, path: Path, unread: list[CalmError], error: CalmError) -> None:
        unread.append(error)
        state = shelf_edits.reading_ended(self._desk.state, path)
        self._desk.show(states.report_unread(state, unread))

    def _on_example_read(self, clip: Clip) -> None:
        self._desk.show(states.add_example(self._desk.state, clip))

    def _on_first_example_read(self, clip: Clip) -> None:
        self._desk.show(states.add_clip(states.add_example(self._desk.state, clip), clip))

    def _on_settled(self) -> None:
        clip = self._desk.state.clip
        if clip is not None and clip.heard is None:
            self._heard = clip.prompt
            self._listen_to(clip.prompt)

    def _listen_to(self, prompt: Prompt) -> None:
        self._busy = True
        self._listening.run(partial(hear_prompt, prompt), partial(self._on_heard, prompt))

    def _on_heard(self, prompt: Prompt, heard: Heard) -> None:
        self._busy = False
        self._desk.show(states.with_heard(self._desk.state, prompt, heard))


def _report(what: Clip | Lane, restored: RestoredTake | None) -> tuple[str, str]:
    """What to say about a file that was opened; ("", "") for a plain clip."""
    if restored is None:
        note = what.prompt.audio.note.rstrip(".")
        return (what.prompt.name, note) if note else ("", "")
    parts = [f"Kept: {'; '.join(restored.kept)}"]
    if restored.lost:
        parts.append(f"Lost: {'; '.join(restored.lost)}")
    message = "The take is back" if isinstance(what, Lane) else f"{what.prompt.name} was opened as a clip"
    return message, ". ".join(parts)

"""Journals that keep the takes of a test in its own folder, and end with it."""

import pytest

from engine.project.journal import Journal


@pytest.fixture
def start_journal(tmp_path):
    journals = []

    def start(folder=tmp_path / "Song.calmproject", on_error=None) -> Journal:
        def fail(error):
            raise error

        folder.mkdir(exist_ok=True)
        journals.append(Journal(folder, on_error or fail))
        return journals[-1]

    yield start
    for journal in journals:
        journal.close()


@pytest.fixture
def journal(start_journal):
    return start_journal()

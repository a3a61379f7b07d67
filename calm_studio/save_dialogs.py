"""Asking where to: a file, or a folder for several. Both are only made here; open them."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from engine.export import Format


def file_dialog(parent: QWidget, path: Path, format: Format) -> QFileDialog:
    """Proposes `path`. A name that is taken is fine: the file gets a number."""
    dialog = QFileDialog(parent, "Export", str(path), f"{format.upper()} (*.{format})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setDefaultSuffix(format)
    return dialog


def folder_dialog(parent: QWidget, folder: Path) -> QFileDialog:
    dialog = QFileDialog(parent, "Export takes into a folder", str(folder))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return dialog

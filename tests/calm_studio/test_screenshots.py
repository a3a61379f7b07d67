"""The pictures of the main states are drawn, differ, and are sharp at twice the size."""

import numpy as np
from PySide6.QtGui import QImage

from calm_studio import screenshots, theme


def test_every_state_is_drawn_at_both_scalings(dressed, tmp_path):
    screenshots.draw_all(tmp_path)
    names = ("start", "trimmed", "generating", "takes", "export", "error")
    wanted = {f"{name}-{scale}.png" for name in names for scale in (100, 200)}
    assert {path.name for path in tmp_path.iterdir()} == wanted
    pictures = {name: QImage(str(tmp_path / f"{name}-100.png")) for name in names}
    for name, picture in pictures.items():
        assert (picture.width(), picture.height()) == (1440, 900)
        double = QImage(str(tmp_path / f"{name}-200.png"))
        assert (double.width(), double.height()) == (2880, 1800)
        assert sum(each == picture for each in pictures.values()) == 1
    assert colours(pictures["start"]) >= {theme.PANEL, theme.TEAL, theme.AMBER}
    assert theme.AMBER_WAVE in colours(pictures["generating"]) - colours(pictures["start"])
    assert theme.RED_GROUND in colours(pictures["error"]) - colours(pictures["generating"])


def test_waveforms_are_drawn_anew_and_not_blown_up(dressed, tmp_path):
    screenshots.draw_all(tmp_path)
    image = QImage(str(tmp_path / "takes-200.png")).convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    lane = pixels[600:900, 800:1800].astype(int)
    assert (lane[:, ::2] != lane[:, 1::2]).mean() > 0.05


def colours(image: QImage) -> set[str]:
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return {f"#{colour & 0xFFFFFF:06x}" for colour in np.unique(pixels)}

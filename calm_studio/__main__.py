"""The command: `calm-studio [files]`. The window appears before torch is loaded, which the session's thread does."""

import argparse
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from calm_studio import allocator, preferences, theme, unattended
from calm_studio.app import App
from calm_studio.crash import CrashReporter
from calm_studio.diagnosing import Diagnosing
from calm_studio.first_paint import FirstPaint, after
from calm_studio.midi.ports import MidiPorts, RtMidi
from calm_studio.preferences import Preferences
from calm_studio.preferring import Preferring
from calm_studio.sounding import Sounding
from engine.again import generate_rows
from engine.ahead import work_ahead
from engine.errors import CalmError
from engine.playback import Player
from engine.session import Session
from engine.sinks import NullSink, Output

NAME = "CALM Studio"
ASSETS = Path(__file__).parent.parent / "assets"


def parse(argv: list[str] | None) -> argparse.Namespace:
    words = "Drop a clip, press Continue, hear your own music go on."
    parser = argparse.ArgumentParser("calm-studio", description=words)
    parser.add_argument("files", nargs="*", type=Path, help="audio files or folders to open")
    parser.add_argument("--device", help="where the model runs: cpu, cuda or mps (default: the best there is)")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="a model other than the bundled one")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="save pictures of a session as PNG and exit")
    parser.add_argument(
        "--heartbeat", type=float, metavar="S", help="measure so many seconds of writing, playing and steering"
    )
    parser.add_argument("--scroll", action="store_true", help="measure how fast long takes are scrolled and zoomed")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="use the window at random, and measure it")
    parser.add_argument("--first-paint", action="store_true", help="measure how soon the window is there")
    parser.add_argument("--json", action="store_true", help="print what was measured as one line of JSON")
    return parser.parse_args(argv)


def model_loader(
    folder: Path | None, device: str | None, arithmetic: str | None = None, threads: int | None = None
) -> Callable:
    """What the session calls in its own thread; imports torch there and only there. None leaves a choice to the app."""

    def load(progress: Callable[[float, float, str], None]) -> object:
        progress(0.0, 0.0, "starting PyTorch")
        from engine import device as devices
        from engine import weights

        chosen = devices.choose(device)
        if threads is not None:
            devices.use_threads(threads)
        return weights.load(folder, chosen, progress, arithmetic)

    return load


def main(argv: list[str] | None = None) -> int:
    """Run the app until its window is closed; returns the exit code."""
    args = parse(argv)
    allocator.give_back()
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    qt.setApplicationName(NAME)
    qt.setWindowIcon(QIcon(str(ASSETS / "icons" / "calm-studio-256.png")))
    alone = unattended.is_unattended(args)
    wanted, error = (Preferences(), None) if alone else preferences.load_or_default(preferences.default_folder())
    theme.apply(qt, wanted.theme)
    if args.scroll:
        unattended.scroll_speed(platformdirs.user_music_path() / NAME, args.json)
        return 0
    crash = CrashReporter(platformdirs.user_log_path(NAME, appauthor=False))
    crash.install()
    sounding, scratch = kept_sounding(wanted, preferences.default_folder()), TemporaryDirectory()
    player = Player(NullSink if args.soak else sounding.open)
    app = make_app(args, player, wanted, Path(scratch.name) if alone else None)
    sounding.serve(app.desk, player)
    crash.crashed.connect(app.report_crash)
    Diagnosing(app, app.desk, crash.path)
    if alone:
        code = by_itself(app, lambda: unattended.do(args, app, player, crash, ASSETS / "examples"))
    else:
        code = run(app, args.files, wanted, error)
    crash.uninstall()
    scratch.cleanup()
    return code


def make_app(args: argparse.Namespace, player: Player, wanted: Preferences, scratch: Path | None) -> App:
    """With its files in the user's folders, or in `scratch`. The model is loaded once the window is there."""
    shown = threading.Event()
    load = model_loader(args.weights, args.device or wanted.device, wanted.arithmetic, wanted.threads)
    session = Session(after(shown, load), generate_rows, work_ahead)
    songs = (args.weights or ASSETS / "models" / "studio") / "songs.safetensors"
    app = App(session, player, *folders(scratch, wanted.exports, songs))
    FirstPaint(app.window, shown)
    return app


def folders(scratch: Path | None, exports: str | None, songs: Path) -> tuple[Path, Path, Path]:
    """Of takes' files, the list of songs, and of projects: the user's folders, or those in `scratch`."""
    if scratch is not None:
        return scratch, songs, scratch
    music = Path(exports) if exports else platformdirs.user_music_path() / NAME
    return music, songs, platformdirs.user_data_path(NAME, appauthor=False) / "projects"


def kept_sounding(wanted: Preferences, folder: Path) -> Sounding:
    """With the output that is `wanted`, and every choice kept in `folder`."""

    def keep(output: Output) -> None:
        preferences.change(folder, output_device=output.device, output_latency=output.latency)

    return Sounding(Output(wanted.output_device, wanted.output_latency), keep)


def run(app: App, files: list[Path], wanted: Preferences, error: CalmError | None) -> int:
    """Show the window as `wanted`, with `files`, or else the first example, on its shelf, and with the `error` that
    reading the preferences led to; returns when it is closed."""
    Preferring(app, preferences.default_folder(), wanted)
    app.window.show()
    app.midi.start(MidiPorts(RtMidi()))
    if error is not None:
        app.report(error)
    app.opening.load_examples(ASSETS / "examples", select_first=not files)
    app.open_paths(files)
    app.projects.offer_recovery()
    return QApplication.exec()


def by_itself(app: App, work: Callable[[], None]) -> int:
    """Do `work` with the app and close it; 0, or 1 if something is missing, which stderr tells."""
    try:
        work()
    except CalmError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        app.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

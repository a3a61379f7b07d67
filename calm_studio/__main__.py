"""The command: `calm-studio [files]`. The window appears before torch is loaded, which the session's thread does."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from calm_studio import heartbeat, preferences, screenshots, scroll, soak, theme
from calm_studio.app import App
from calm_studio.crash import CrashReporter
from calm_studio.midi.ports import MidiPorts, RtMidi
from calm_studio.sounding import Sounding
from engine.again import generate_rows
from engine.ahead import prehear
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
        "--heartbeat", type=float, metavar="S", help="measure for so many seconds how late the window is"
    )
    parser.add_argument("--scroll", action="store_true", help="measure how fast long takes are scrolled and zoomed")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="use the window at random, and measure it")
    parser.add_argument("--json", action="store_true", help="print what was measured as one line of JSON")
    return parser.parse_args(argv)


def model_loader(folder: Path | None, device: str | None) -> Callable:
    """What the session calls in its own thread; imports torch there and only there."""

    def load(progress: Callable[[float, float, str], None]) -> object:
        progress(0.0, 0.0, "starting PyTorch")
        from engine import device as devices
        from engine import weights

        return weights.load(folder, devices.choose(device), progress)

    return load


def main(argv: list[str] | None = None) -> int:
    """Run the app until its window is closed; returns the exit code."""
    args = parse(argv)
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    qt.setApplicationName(NAME)
    qt.setWindowIcon(QIcon(str(ASSETS / "icons" / "calm-studio-256.png")))
    theme.apply(qt)
    if args.scroll:
        result = scroll.measure(platformdirs.user_music_path() / NAME)
        print(json.dumps(result) if args.json else scroll.in_words(result), flush=True)
        return 0
    crash = CrashReporter(platformdirs.user_log_path(NAME, appauthor=False))
    crash.install()
    songs = (args.weights or ASSETS / "models" / "studio") / "songs.safetensors"
    session = Session(model_loader(args.weights, args.device), generate_rows, prehear)
    sounding = kept_sounding(preferences.default_folder())
    player = Player(NullSink if args.soak else sounding.open)
    scratch = TemporaryDirectory()
    music, home = folders(Path(scratch.name) if is_unattended(args) else None)
    app = App(session, player, music, songs, home)
    sounding.serve(app.desk, player)
    crash.crashed.connect(app.report)
    if args.screenshots:
        code = unattended(app, lambda: screenshots.draw_all(app, ASSETS / "examples", args.screenshots))
    elif args.heartbeat:
        code = unattended(app, lambda: print_heartbeat(app, player, args.heartbeat, args.json))
    elif args.soak:
        code = unattended(app, lambda: print_soak(app, player, crash, args.soak, args.json))
    else:
        code = run(app, args.files)
    crash.uninstall()
    scratch.cleanup()
    return code


def folders(scratch: Path | None) -> tuple[Path, Path]:
    """Of takes' files, and of projects: the user's, or those in `scratch`."""
    if scratch is not None:
        return scratch, scratch
    return platformdirs.user_music_path() / NAME, platformdirs.user_data_path(NAME, appauthor=False) / "projects"


def is_unattended(args: argparse.Namespace) -> bool:
    """What the app does by itself then is no project of the user's."""
    return bool(args.screenshots or args.heartbeat or args.soak)


def kept_sounding(folder: Path) -> Sounding:
    """With the output that the preferences in `folder` name, and every choice kept there."""

    def keep(output: Output) -> None:
        kept = preferences.load(folder)
        preferences.save(folder, replace(kept, output_device=output.device, output_latency=output.latency))

    try:
        kept = preferences.load(folder)
    except CalmError:
        kept = preferences.Preferences()  # whoever shows the preferences says what is wrong with them
    return Sounding(Output(kept.output_device, kept.output_latency), keep)


def run(app: App, files: list[Path]) -> int:
    """Show the window with `files`, or else the first example, on its shelf; returns when it is closed."""
    app.window.show()
    app.midi.start(MidiPorts(RtMidi()))
    app.opening.load_examples(ASSETS / "examples", select_first=not files)
    app.open_paths(files)
    app.projects.offer_recovery()
    return QApplication.exec()


def unattended(app: App, work: Callable[[], None]) -> int:
    """Do `work` with the app and close it; 0, or 1 if something is missing, which stderr tells."""
    try:
        work()
    except CalmError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        app.close()
    return 0


def print_heartbeat(app: App, player: Player, seconds: float, as_json: bool) -> None:
    result = heartbeat.measure(app, player, ASSETS / "examples", seconds)
    print(json.dumps(result) if as_json else heartbeat.in_words(result), flush=True)


def print_soak(app: App, player: Player, crash: CrashReporter, minutes: float, as_json: bool) -> None:
    result = soak.measure(app, player, crash, ASSETS / "examples", minutes)
    print(json.dumps(result) if as_json else soak.in_words(result), flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""What the command does by itself, with a real window: pictures and measurements. Each is imported when it is wanted:
the window of those who want none of them is there sooner."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from calm_studio.app import App
from calm_studio.crash import CrashReporter
from calm_studio.first_paint import FirstPaint, in_words
from engine.playback import Player


def is_unattended(args: argparse.Namespace) -> bool:
    """What the app does by itself then is no project of the user's."""
    return bool(args.screenshots or args.heartbeat or args.soak or args.first_paint)


def do(args: argparse.Namespace, app: App, player: Player, crash: CrashReporter, examples: Path) -> None:
    """Raises CalmError when there is no example, or the model does not work."""
    if args.screenshots:
        from calm_studio import screenshots

        screenshots.draw_all(app, examples, args.screenshots)
    elif args.heartbeat:
        from calm_studio import realtime

        tell(realtime.measure(app, player, examples, args.heartbeat), realtime.in_words, args.json)
    elif args.soak:
        from calm_studio import soak

        tell(soak.measure(app, player, crash, examples, args.soak), soak.in_words, args.json)
    else:
        app.window.show()
        tell(app.window.findChild(FirstPaint).wait(), in_words, args.json)


def scroll_speed(folder: Path, as_json: bool) -> None:
    from calm_studio import scroll

    tell(scroll.measure(folder), scroll.in_words, as_json)


def tell(result: dict, in_words: Callable[[dict], str], as_json: bool) -> None:
    print(json.dumps(result) if as_json else in_words(result), flush=True)

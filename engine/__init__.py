"""The engine of CALM Studio: it continues music, and knows of no window.

A public name is imported from its module when first asked for, so `import engine` costs nothing and loads no torch.
"""

from importlib import import_module

_HOMES = {
    "Audio": "engine.audio",
    "CalmError": "engine.errors",
    "ControlBox": "engine.controls",
    "ControlHistory": "engine.controls",
    "Controls": "engine.controls",
    "Event": "engine.events",
    "Player": "engine.playback",
    "Prompt": "engine.request",
    "Request": "engine.request",
    "Session": "engine.session",
    "Take": "engine.take",
    "write_wav": "engine.export",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

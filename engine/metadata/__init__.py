"""What a sound file says about itself beside its samples: one value, its two written forms, and a reader of both.

`riff.chunks` writes it for WAV, `comments.tags` for all other formats, `read.read` reads any of them.
"""

from engine.metadata.comments import tags
from engine.metadata.values import Loudness, Metadata, Origin

__all__ = ["Loudness", "Metadata", "Origin", "tags"]

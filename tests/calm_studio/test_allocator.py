"""Memory that is free goes back to the system."""

import platform
import subprocess
import sys

from calm_studio import allocator

SCRIPT = """
import ctypes
from calm_studio import allocator

class Mallinfo(ctypes.Structure):  # struct mallinfo2 of malloc.h; the fifth field is what has pages of its own
    _fields_ = [(f"field_{number}", ctypes.c_size_t) for number in range(10)]

def own_pages():
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Mallinfo
    return mallinfo().field_4

assert allocator.give_back()
bytearray(24 << 20)
before = own_pages()
sound = bytearray(20 << 20)
assert own_pages() - before >= len(sound)
del sound
assert own_pages() == before
"""


def test_a_sound_has_pages_of_its_own_whatever_was_freed_before():
    """By itself glibc puts it among the others once a larger one was freed. In a process of its own: what tests before
    this one have left would take it in."""
    if sys.platform == "linux":
        subprocess.run([sys.executable, "-c", SCRIPT], check=True)


def test_where_there_is_no_glibc_nothing_is_done(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not allocator.give_back()

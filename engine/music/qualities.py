"""The kinds of chord that are told apart by ear, in the order of the learned weights."""

QUALITIES = {  # semitones above the root
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10),
    "sus4": (0, 5, 7), "dim": (0, 3, 6), "m7b5": (0, 3, 6, 10),
}  # fmt: skip

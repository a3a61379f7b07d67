"""Instruments of our own, beside the sound font: each family is a file with its patch, drawn by a random generator.

A patch's `tone(hertz, samples, force, rate)` is one note without its fades, float32 (samples,), at about the same power
at every pitch; `force` 0..1 says how hard it is struck. The same patch and note give the same samples.
"""

"""What a mixing desk does to sound: float32 (channels, N) in and out, nothing is changed in place.

Whatever an effect may choose comes from the random generator it is given.
"""

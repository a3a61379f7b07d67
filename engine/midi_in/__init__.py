"""From MIDI files to sound: what a file says of its time and key is kept as the truth about it."""

"""From the sound of a take to its notes, and to a MIDI file of them. The main path is `calm midi`'s."""

from engine.midi_out.midi_file import Transcription, write_midi
from engine.midi_out.notes import Note
from engine.midi_out.transcribe import transcribe

__all__ = ["Note", "Transcription", "transcribe", "write_midi"]

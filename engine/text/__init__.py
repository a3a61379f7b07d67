"""Words to numbers: what the user writes of the music, as a sentence embedding."""

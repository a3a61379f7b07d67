"""Training: compose and render music, learn the codec and the language model from it. Not loaded by the app."""

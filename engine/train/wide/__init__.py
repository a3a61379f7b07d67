"""The wider corpora: songs on the sound font and on our own synths, mixed, worn and imaged in many ways."""

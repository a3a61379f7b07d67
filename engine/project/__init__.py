"""Projects on disk: a folder `Name.calmproject`, in which every frame of a take is kept within a moment of being made.

    project.json     the arrangement: clips, lanes, marks, cursor, controls (`arrangement.py`), replaced whole
    sounds/0001.wav  what takes and clips were made from: 32-bit float, sample for sample
    takes/0001/      take.json: what the take is made from (`take_file.py`); frames: its sound, frame by frame, with the
                     controls and the latent of each (`frames.py`)
    open             there, and locked, while the project is open; there and not locked after a crash

A folder, and not one file, because frames can then be appended while a take is written, without a byte of what is
there being touched, and because saving again costs nothing however long the takes are. A project that was never saved
is such a folder too, among the user's data. Nothing in it is ever run: text is JSON, sound and latents are
numbers. The model's states follow from the latents, bit for bit (`engine.forking.retrace`), so that a take that was
opened can be branched anywhere, by the model that made it, as if it had just been written.
"""

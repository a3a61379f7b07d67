"""What bass, comping and figure players can play in a bar, one character a sixteenth.

Bass patterns name chord degrees (`R` root, `5` fifth, `8` octave, `3` third, `7` seventh, `a` a step towards the next
root), comping patterns say when the chord is struck (`X` accent, `x` normal, `o` soft), figures which of its voices
(`0` the lowest). `-` holds, `.` rests. `kick` and `walk` are bass lines that are made up as the song goes.
"""

MADE_UP_BASS = ("kick", "walk")
BASS = {
    "long": ("R---------------", "R-------5-------", "R-----------5---", "R-------R-------"),
    "ballad": ("R-----R-5-------", "R-----5-8---5---", "R-----------R-a-"),
    "eighths": ("R-R-R-R-R-R-R-R-", "R-R-R-R-R-R-5-a-", "R-R-R-R-R-8-R-8-"),
    "gallop": ("R-RRR-RRR-RRR-RR", "RRRRRRRRRRRRRRRR", "..RR..RR..RR..RR"),
    "offbeat": ("..R-..R-..R-..R-", "..R-..R-..R-..8-", "R.R-..R-R.R-..8-"),
    "octaves": ("R.8.R.8.R.8.R.8.", "R-..8-..R-..8-5-", "R.88R.88R.88R.88"),
    "funk": ("R..R..8.R..7.8..", "R.R..R.8..R.7.8.", "R-..7.8.R..R..a.", "R..8..R...5.7.R."),
    "soul": ("R--.R.5-8-..5-a-", "R-..R-5.R-..3-5-", "R---..R-5---..a-"),
    "bossa": ("R-----5-5-----R-", "R-----5-R-----5-", "R-----R-5-----5-"),
    "sparse": ("R-------........", "R-----..........", "R---......R-...."),
    "dub": ("R--R..5.R---....", "....R-5-8---R-..", "R-..R.R.5-..3-R-"),
    "waltz": ("R-----------", "R-------5---", "R---5---8---"),
}
COMP = {
    "hold": ("X---------------", "X-------x-------", "X-----------x---", "X-----x---------"),
    "beats": ("X---x---X---x---", "X-x-X-x-X-x-X-x-", "X---o-x-X---o-x-"),
    "stabs": ("...x..x....x..x.", "..x...x...x...x.", "x..x..x...x..x..", "....x.......x..."),
    "lazy": ("X-----x-....x---", "...X------x-----", "X----..x-----...", "x---..x-..x-----"),
    "funk": ("x.ooX..oo.xoX.o.", "..x...xo..x...x.", "x..x...xX..x..o.", "..ox..ox..ox..ox"),
    "strum": ("X-.ox-ox.-oxx-ox", "X---X-x---x-X-x-", "X---x-x-..x-x-xo", "X-x-X-xoX-x-X-xo"),
    "power": ("X-x-x-x-X-x-x-x-", "X-----X-----X---", "X-..x-x-X-..x-x-", "XxxxXxxxXxxxXxxx"),
    "charleston": ("X-----x-........", "......x-......x-", "..x-......x-....", "X-....x-....x-.."),
    "bossa": ("x--x--x---x--x--", "x-..x-..-x--x-..", "..x--x---x--x---"),
    "skank": ("....x.......x...", "....xo......xo..", "..x...x...x...x."),
    "waltz": ("....x---x---", "X-----x-x---", "X---x---x---"),
}
FIGURES = {
    "up": ("0-1-2-3-4-3-2-1-", "0123456543210123", "0-2-1-3-2-4-3-2-", "0-1-2-3-0-1-2-3-"),
    "down": ("6-5-4-3-2-1-0-1-", "4-3-2-1-4-3-2-1-", "6543654365436543"),
    "alberti": ("0-2-1-2-0-2-1-2-", "0-3-2-3-1-3-2-3-", "0212021202120212"),
    "pick": ("0---2-3-1---2-3-", "0-3-2-4-1-3-2-4-", "0-2-3-2-4-2-3-2-", "0---3-2-1-3---2-"),
    "pulse": ("0.0.2.0.0.3.0.1.", "0..0..2..0..3.1.", "00.200.300.200.4", "0.24.3.20.24.5.2"),
    "rolled": ("0-2-4-5-4-2-----", "0-1-2-4-5-------", "0---2---4---3---"),
    "waltz": ("0-2-3-2-4-2-", "0---2-3-4---", "0-1-2-3-2-1-"),
}

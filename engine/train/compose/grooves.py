"""Drum grooves and fills as they are written down, one character a sixteenth.

`X` accent, `x` normal, `o` soft, `g` ghost, `.` rest. Four-beat bars have 16 characters, three-beat bars 12; fills are
the last eight sixteenths of a bar.
"""

EIGHTHS = "x.o.x.o.x.o.x.o."
SIXTEENTHS = "xgogxgogxgogxgog"

Groove = dict[str, str]
GROOVES: dict[str, tuple[Groove, ...]] = {
    "lo-fi": (
        {"kick": "X.....x..x......", "snare": "....X.......X..g", "hat": "x.o.x.o.x.o.x.og"},
        {"kick": "X..x......x.....", "snare": "....X..g....X...", "hat": EIGHTHS, "maracas": "..o...o...o...o."},
        {"kick": "X.......x.x.....", "rim": "....x.......x...", "hat": "x.oox.o.x.oox.o."},
        {"kick": "X......x..x.....", "snare": "....X....g..X...", "ride": "o.o.o.o.o.o.o.o."},
    ),
    "one drop": (
        {"rim": "........X.......", "kick": "........X.......", "hat": "x.o.x.o.x.o.x.og"},
        {
            "kick": "........X.....o.",
            "snare": "........X..g....",
            "hat": "..x...x...x...x.",
            "open": "..............o.",
        },
        {"kick": "X...X...X...X...", "rim": "........X..o....", "hat": "x.oox.o.x.oox.o.", "bongo": "...o..o....o..o."},
    ),
    "house": (
        {"kick": "X...X...X...X...", "clap": "....x.......x...", "open": "..x...x...x...x.", "hat": "o.......o......."},
        {"kick": "X...X...X...X...", "snare": "....x.......x..g", "open": "..x...x...x...x.", "maracas": SIXTEENTHS},
        {
            "kick": "X...X...X...X..o",
            "clap": "....x.......x...",
            "hat": "..x...x...x..ox.",
            "conga": "...o..o....o..o.",
        },
        {"kick": "X...X...X...X...", "clap": "....x.......x...", "hat": SIXTEENTHS, "tambourine": "..x...x...x...x."},
    ),
    "techno": (
        {"kick": "X...X...X...X...", "hat": "..x...x...x...x.", "rim": "...o......o....."},
        {"kick": "X...X...X...X...", "open": "..x...x...x...x.", "hat": SIXTEENTHS, "clap": "....o.......o..."},
        {"kick": "X...X...X...X.o.", "hat": "x.xxx.xxx.xxx.xx", "tom low": "...o..o....o...."},
        {"kick": "X...X...X...X...", "ride": "..x...x...x...x.", "cowbell": "o..o..o.....o..."},
    ),
    "synthwave": (
        {"kick": "X.......X.......", "snare": "....X.......X...", "hat": SIXTEENTHS},
        {"kick": "X...X...X...X...", "snare": "....X.......X...", "hat": EIGHTHS},
        {"kick": "X.....x.X.......", "snare": "....X.......X...", "hat": EIGHTHS, "open": "..............x."},
    ),
    "pop": (
        {"kick": "X.......X.x.....", "snare": "....X.......X...", "hat": EIGHTHS},
        {"kick": "X.....x.x.......", "snare": "....X.......X..g", "hat": EIGHTHS, "tambourine": "....x.......x..."},
        {"kick": "X..x..x...x.....", "snare": "....X.......X...", "hat": SIXTEENTHS},
    ),
    "funk": (
        {"kick": "X..x..x...x..x..", "snare": "....X..g.g..X..g", "hat": SIXTEENTHS},
        {
            "kick": "X.x.......x..x..",
            "snare": "....X..g.g.gX...",
            "hat": "xoxoxoxoxoxoxo.o",
            "open": "..............x.",
        },
        {
            "kick": "X.....xx..x.....",
            "snare": "....X..g....X.g.",
            "hat": "xoxoxoxoxoxoxoxo",
            "cowbell": "x...x...x...x...",
        },
        {
            "kick": "X..x......xx....",
            "snare": "..g.X..g.g..X..g",
            "hat": "x.x.x.xxx.x.x.x.",
            "conga": "..o..o....o..oo.",
        },
    ),
    "soul": (
        {"kick": "X.....x.x.x.....", "snare": "....X.......X...", "hat": EIGHTHS, "tambourine": "....o.......o..."},
        {"kick": "X..x....x..x....", "snare": "....X..g....X..g", "hat": EIGHTHS},
        {"kick": "X.....x...x.....", "rim": "....x.......x...", "hat": SIXTEENTHS},
    ),
    "rock": (
        {"kick": "X.......X.x.....", "snare": "....X.......X...", "hat": "X.x.X.x.X.x.X.x."},
        {"kick": "X.x...x.X.x.....", "snare": "....X.......X...", "ride": "X.x.X.x.X.x.X.x."},
        {"kick": "X.....x.X.....x.", "snare": "....X.......X...", "open": "x...x...x...x..."},
        {"kick": "X...x...X.x.x...", "snare": "....X..g....X..g", "hat": "x.x.x.x.x.x.x.x."},
    ),
    "ballad": (
        {"kick": "X.........x.....", "snare": "........X.......", "hat": EIGHTHS},
        {"kick": "X......x..x.....", "rim": "....x.......x...", "hat": "o.o.o.o.o.o.o.o."},
        {"kick": "X.......x.......", "snare": "....x.......x...", "ride": "o.o.o.o.o.o.o.o."},
    ),
    "jazz": (
        {"ride": "x...x.x.x...x.x.", "pedal": "....x.......x...", "kick": "g...g...g...g..."},
        {"ride": "x...x.x.x...x.x.", "pedal": "....x.......x...", "snare": "......g.......g."},
        {
            "ride": "x...x...x...x.x.",
            "pedal": "....x.......x...",
            "rim": "............o...",
            "kick": "o.............g.",
        },
    ),
    "bossa": (
        {"kick": "x.....oox.....oo", "rim": "x..x..x...x..x..", "hat": EIGHTHS},
        {"kick": "x.....oox.....oo", "rim": "..x..x...x..x...", "hat": SIXTEENTHS},
        {"kick": "x..ox..ox..ox..o", "claves": "x..x..x...x..x..", "cabasa": SIXTEENTHS},
    ),
    "latin": (
        {
            "kick": "X..o..x.X..o..x.",
            "timbale": "x.xx.xx.x.x.xx.x",
            "conga": "..x...xx..x...xx",
            "cowbell": "x...x...x...x...",
        },
        {"kick": "X...X...X...X...", "snare": "...x..x....x..x.", "maracas": SIXTEENTHS},
    ),
    "folk": (
        {"kick": "x.......x.......", "tambourine": "....x.......x...", "maracas": EIGHTHS},
        {"kick": "x.......x.x.....", "snare": "....o..g....o..g", "hat": "o.o.o.o.o.o.o.o."},
    ),
    "trap": (
        {"kick": "X......x..x.....", "clap": "........X.......", "hat": "x.x.x.x.x.x.xxxx"},
        {
            "kick": "X.....x.....x...",
            "snare": "........X.......",
            "hat": "x.x.xxx.x.x.x.xx",
            "open": "......x.........",
        },
        {"kick": "X..x......x..x..", "clap": "....X.......X...", "hat": SIXTEENTHS},
    ),
    "breaks": (
        {"kick": "X.x.......xx....", "snare": "....X..g.g..X..g", "hat": EIGHTHS},
        {"kick": "X.........x.....", "snare": "....X..x.x....X.", "ride": EIGHTHS},
        {"kick": "X..x..x...x.....", "snare": "....X.......X..x", "hat": SIXTEENTHS},
    ),
    "cinematic": (
        {"kick": "X..x..x.X..x..x.", "tom low": "x..o..x.x..o..xx", "tom mid": "............x.x."},
        {"kick": "X.......x.......", "tom low": "x.oox.oox.oox.oo", "snare": "............o.oo"},
        {"kick": "X...............", "snare": "x.ggx.ggx.ggx.xx", "triangle": "....o.......o..."},
    ),
    "hand": (
        {"conga": "x.o.x.xxx.o.x.xx", "conga low": "...x......x.....", "maracas": SIXTEENTHS},
        {"bongo": "x.oox.o.x.oox.oo", "claves": "x..x..x...x.x...", "cabasa": EIGHTHS},
    ),
    "waltz": (
        {"kick": "X...........", "snare": "....o...o...", "hat": "x.o.x.o.x.o."},
        {"kick": "X.........o.", "rim": "....x...x...", "ride": "x...x.x.x..."},
        {"kick": "X.......x...", "snare": "....x...x..g", "hat": "x.x.x.x.x.x."},
    ),
}
FILLS: tuple[Groove, ...] = (
    {"snare": "x.x.xxxX"},
    {"snare": "xgxxxxXX"},
    {"tom high": "xx......", "tom mid": "..xx....", "tom low": "....xxX."},
    {"snare": "..x.x.xX", "kick": "x..x...."},
    {"tom high": "x.x.....", "snare": "....xxxX"},
    {"open": "x...x...", "snare": "..x...xx"},
    {"snare": "......gx", "tom low": "...x.x.."},
    {"kick": "x..x..x.", "tom mid": ".x..x..x"},
)
LIGHT_FILLS: tuple[Groove, ...] = (
    {"snare": "......gx"},
    {"rim": "..x..x.x"},
    {"snare": "...g.gox"},
    {"open": "......x."},
)

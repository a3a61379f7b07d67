"""General MIDI by name: programs 0..127, drum kits (as FluidR3 numbers them) and percussion keys."""

_NAMES = (
    "grand piano", "bright piano", "electric grand", "honky-tonk", "electric piano 1", "electric piano 2",
    "harpsichord", "clavinet", "celesta", "glockenspiel", "music box", "vibraphone", "marimba", "xylophone",
    "tubular bells", "dulcimer", "drawbar organ", "percussive organ", "rock organ", "church organ", "reed organ",
    "accordion", "harmonica", "bandoneon", "nylon guitar", "steel guitar", "jazz guitar", "clean guitar",
    "muted guitar", "overdriven guitar", "distortion guitar", "guitar harmonics", "acoustic bass", "fingered bass",
    "picked bass", "fretless bass", "slap bass 1", "slap bass 2", "synth bass 1", "synth bass 2", "violin", "viola",
    "cello", "contrabass", "tremolo strings", "pizzicato strings", "harp", "timpani", "strings", "slow strings",
    "synth strings 1", "synth strings 2", "choir", "voice oohs", "synth voice", "orchestra hit", "trumpet", "trombone",
    "tuba", "muted trumpet", "french horn", "brass section", "synth brass 1", "synth brass 2", "soprano sax",
    "alto sax", "tenor sax", "baritone sax", "oboe", "english horn", "bassoon", "clarinet", "piccolo", "flute",
    "recorder", "pan flute", "blown bottle", "shakuhachi", "whistle", "ocarina", "square lead", "saw lead",
    "calliope lead", "chiff lead", "charang lead", "voice lead", "fifths lead", "bass and lead", "new age pad",
    "warm pad", "polysynth pad", "choir pad", "bowed pad", "metallic pad", "halo pad", "sweep pad", "rain",
    "soundtrack", "crystal", "atmosphere", "brightness", "goblins", "echoes", "sci-fi", "sitar", "banjo", "shamisen",
    "koto", "kalimba", "bagpipe", "fiddle", "shanai", "tinkle bell", "agogo", "steel drums", "woodblock", "taiko",
    "melodic tom", "synth drum", "reverse cymbal", "fret noise", "breath", "seashore", "bird", "telephone",
    "helicopter", "applause", "gunshot",
)  # fmt: skip
PROGRAMS = {name: number for number, name in enumerate(_NAMES)}
KITS = {
    "standard": 0, "room": 8, "power": 16, "electronic": 24, "808": 25, "jazz": 32, "jazz 2": 33, "brush": 40,
    "orchestra": 48,
}  # fmt: skip
PERCUSSION = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "hat": 42, "tom low": 43, "pedal": 44, "open": 46, "tom mid": 47,
    "crash": 49, "tom high": 50, "ride": 51, "tambourine": 54, "cowbell": 56, "bongo": 60, "conga": 63,
    "conga low": 64, "timbale": 65, "cabasa": 69, "maracas": 70, "claves": 75, "triangle": 81,
}  # fmt: skip

"""All keys, in words, for the sheet that `?` shows. No Qt in here."""

KEYS = (
    (
        "Making",
        (
            ("Ctrl+Enter", "Continue"),
            ("B, double-click", "Branch here"),
            ("R", "Roll again: with another seed from here on"),
            ("Esc", "Close, clear the selection, or stop"),
            ("Ctrl+O", "Open files"),
            ("Ctrl+Shift+E", "Export"),
        ),
    ),
    (
        "Listening",
        (
            ("Space", "Play or stop"),
            ("Home, End", "To the start, to the end"),
            ("\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}", "A beat back or on (0.1 s where none is known)"),
            ("1, 2, 3, 4", "Hear that variation, at the same second"),
            ("\N{UPWARDS ARROW} \N{DOWNWARDS ARROW}", "The take above or below, at the same second"),
            ("L", "Loop the selection, or the take's best loop"),
        ),
    ),
    (
        "Selecting",
        (
            ("Drag over a lane or the ruler", "Select; drag an edge to change it"),
            ("Shift+click, Shift+\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}", "Extend the selection"),
            ("I, O", "Begin or end the selection here"),
        ),
    ),
    (
        "Takes",
        (
            ("S", "Star"),
            ("M", "Mute"),
            ("C", "Next colour"),
            ("F2, double-click the name", "Rename"),
            ("N", "Notes"),
            ("Ctrl+D", "Duplicate"),
            ("Alt+\N{UPWARDS ARROW} \N{DOWNWARDS ARROW}, drag the name", "Move up or down"),
            ("Alt+\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}", "To the take it branched from, to its branches"),
            ("Del", "Delete"),
            ("Ctrl+Z, Ctrl+Shift+Z", "Undo and redo what was done to takes and clips"),
        ),
    ),
    (
        "View",
        (
            ("Ctrl+wheel, pinch", "Zoom at the pointer, down to samples"),
            ("+, −", "Zoom at the cursor"),
            ("Shift+wheel, middle drag", "Move along the timeline"),
            ("Page up, Page down", "One view back or on"),
            ("Z, double-click the ruler", "See everything"),
            ("?", "This list"),
        ),
    ),
)
"""(group, ((keys, what they do)...))."""

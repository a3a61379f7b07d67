"""What is to be written next, as the user has it in the fields of the panel and the lead-sheet lane. No Qt here."""

from dataclasses import dataclass, fields, replace

LENGTH = 30.0
"""Seconds that Continue writes unless told otherwise."""
TRIES = (1, 2, 4)
VARIATIONS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Length:
    """An `amount` of seconds, or of bars."""

    amount: float = LENGTH
    in_bars: bool = False


@dataclass(frozen=True)
class SheetWords:
    """The lead sheet as it is written, readable or not; "" means as heard, or of a form as it comes."""

    follows: bool = True
    tempo: str = ""
    chords: str = ""
    form: str = ""


@dataclass(frozen=True)
class Plan:
    text: str = ""
    length: Length = Length()
    seed: int = 0
    variations: int = 1
    tries: int = 1
    sheet: SheetWords = SheetWords()


def changed_in(left: Plan | SheetWords, wanted: Plan | SheetWords) -> tuple[str, ...]:
    """The names of the entries that are not the same in both."""
    names = (field.name for field in fields(left))
    return tuple(name for name in names if getattr(left, name) != getattr(wanted, name))


def turned_back(now: Plan, left: Plan, wanted: Plan) -> Plan:
    """`now`, but what is not the same in `left` and `wanted` as it is `wanted`."""
    return replace(now, **{name: getattr(wanted, name) for name in changed_in(left, wanted)})

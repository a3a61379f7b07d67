"""Frozen dataclasses out of the values that JSON gives: nothing unknown, nothing missing, nothing of another type."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import TypeVar

T = TypeVar("T")


class Misfit(ValueError):
    """The data are no such record; the text names the entry that is wrong, and how."""


def record(cls: type[T], data: object, where: str) -> T:
    """The dataclass `cls` in `data`, whose fields may be records, one of several records, tuples of one type, optional,
    str, int, bool or float. Raises Misfit, in which `where` is the name of `data`; errors of the classes themselves
    pass through."""
    hints = typing.get_type_hints(cls)
    if not isinstance(data, dict):
        raise Misfit(f"{where} is not a table of values")
    for wrong, what in ((data.keys() - hints.keys(), "unknown"), (hints.keys() - data.keys(), "missing")):
        if wrong:
            raise Misfit(f"the entry {where}.{min(wrong)} is {what}")
    return cls(**{name: _value(kind, data[name], f"{where}.{name}") for name, kind in hints.items()})


def _value(kind, data: object, where: str):
    if dataclasses.is_dataclass(kind):
        return record(kind, data, where)
    if isinstance(kind, types.UnionType):
        return _one_of(typing.get_args(kind), data, where)
    if typing.get_origin(kind) is tuple:
        return _tuple(typing.get_args(kind)[0], data, where)
    if typing.get_origin(kind) is typing.Literal and data in typing.get_args(kind):
        return data
    if kind is float and type(data) is int and abs(data) < 2**53:
        return float(data)
    if type(data) is not kind:
        raise Misfit(f"the entry {where} is not of the right type")
    return data


def _one_of(kinds: tuple, data: object, where: str):
    """None where that is one of the kinds; else a value of the only other kind, or of the record most like the data."""
    if data is None and types.NoneType in kinds:
        return None

    def shared(kind) -> int:
        return len(typing.get_type_hints(kind).keys() & data.keys()) if isinstance(data, dict) else 0

    return _value(max((kind for kind in kinds if kind is not types.NoneType), key=shared), data, where)


def _tuple(kind, data: object, where: str) -> tuple:
    if not isinstance(data, list):
        raise Misfit(f"the entry {where} is not a list")
    return tuple(_value(kind, value, f"{where}[{index}]") for index, value in enumerate(data))

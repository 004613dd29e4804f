"""Dataclasses to JSON and back, by their type hints.

Knows dataclasses, tuples, dicts with string keys, unions with None and plain JSON values; knows
nothing of what they stand for.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


class ShapeError(ValueError):
    """Raised when JSON does not have the shape of the value that it should become."""


def to_json(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Return a dataclass as plain dicts, lists and numbers."""
    shown: dict[str, Any] = _plain(asdict(value))
    return shown


def from_json(kind: type[T], data: Any) -> T:  # noqa: ANN401 - any JSON
    """Return the dataclass that `to_json` showed; keys that it does not know are passed over.

    Raises ShapeError, which names the place, for a missing key or a value of another type.
    """
    made: T = _made(kind, data, "")
    return made


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _made(kind: Any, data: Any, place: str) -> Any:  # noqa: ANN401 - any type hint, any JSON
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return data
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind, data, place)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else _made(arguments[0], data, place)
    if origin is tuple:
        return _sequence(arguments, data, place)
    if origin is dict:
        _require(data, dict, place)
        return {key: _made(arguments[1], part, f"{place}.{key}") for key, part in data.items()}
    return _leaf(kind, data, place)


def _record(kind: type, data: Any, place: str) -> Any:  # noqa: ANN401 - as _made
    _require(data, Mapping, place)
    hints = typing.get_type_hints(kind)
    given = {
        field.name: _made(hints[field.name], data[field.name], f"{place}.{field.name}")
        for field in fields(kind)
        if field.name in data
    }
    try:
        return kind(**given)
    except TypeError as error:
        raise ShapeError(f"{place or 'it'}: {error}") from error


def _sequence(arguments: tuple[Any, ...], data: Any, place: str) -> tuple[Any, ...]:  # noqa: ANN401 - as _made
    _require(data, list, place)
    if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return tuple(_made(arguments[0], part, f"{place}[{n}]") for n, part in enumerate(data))
    if len(arguments) != len(data):
        raise ShapeError(f"{place}: {len(data)} values where {len(arguments)} belong")
    pairs = zip(arguments, data, strict=True)
    return tuple(_made(kind, part, f"{place}[{n}]") for n, (kind, part) in enumerate(pairs))


def _leaf(kind: type, data: Any, place: str) -> Any:  # noqa: ANN401 - as _made
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    _require(data, kind, place)
    if kind is int and isinstance(data, bool):
        raise ShapeError(f"{place}: true or false where a number belongs")
    return data


def _require(data: Any, kind: type, place: str) -> None:  # noqa: ANN401 - as _made
    if not isinstance(data, kind):
        raise ShapeError(f"{place or 'it'}: {type(data).__name__} where {kind.__name__} belongs")

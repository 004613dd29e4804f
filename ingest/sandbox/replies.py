"""What a child tells as bytes, and back: only values of known types come out, whatever it sends.

A child that a hostile file took over may send anything: nothing here is unpickled. Knows jobs and
replies; knows no pipes.
"""

from __future__ import annotations

import json
from math import prod
from typing import Any, Final

import msgspec
import numpy as np

from ingest.discovery.discover import ClosedFileError
from ingest.sandbox import jobs
from ingest.sandbox.jobs import Done, Failed, Job, Reply, TellJob, Value
from rag.datamodel import Document, QueryImage
from rag.decoding import converted, unpacked
from rag.errors import (
    LimitError,
    ModelError,
    PagelightError,
    SettingsError,
    SourceError,
    WorkspaceError,
)
from rag.protocols import Pixels, Samples
from rag.storage.documents import codec
from rag.storage.files.members import Member


class _Failure(msgspec.Struct, frozen=True, array_like=True):
    """An error by its name in `_ERRORS` and what it was made of."""

    kind: str
    message: str
    hint: str
    values: dict[str, str | int | float]


class _Array(msgspec.Struct, frozen=True, array_like=True):
    shape: tuple[int, ...]
    data: memoryview


_ERRORS: Final = {
    each.__name__: each
    for each in (
        *(ClosedFileError, LimitError, SourceError),
        *(WorkspaceError, ModelError, SettingsError, PagelightError),
    )
}
"""A class that is none of these comes as the first of them that it is one of."""

_PLAIN_REPLIES: Final[dict[str, Any]] = {
    each.__name__: each
    for each in (
        *(jobs.OcrRead, jobs.PageDone, jobs.HowFar),
        *(jobs.Warned, jobs.Bug, jobs.OutOfMemory),
    )
}
_VALUES: Final[dict[type[Job], Any]] = {
    jobs.ParseJob: Document,
    jobs.LetterJob: Document,
    jobs.QueryImageJob: QueryImage,
    TellJob: tuple[str | _Failure, ...],
    jobs.UnpackJob: tuple[Member, ...],
    jobs.ListenJob: _Array,
    jobs.DrawJob: _Array,
    jobs.CropJob: _Array,
}
_PACKED: Final = b"m"
_JSON: Final = b"j"
"""First bytes: MessagePack, or JSON for text with half letters (lone surrogates)."""


def packed(reply: Reply) -> bytes:
    """Return a reply as bytes."""
    named = type(reply).__name__, _plain(reply)
    try:
        return _PACKED + msgspec.msgpack.encode(named)
    except UnicodeEncodeError:
        return _JSON + codec.dump(named)


def _plain(reply: Reply) -> object:
    match reply:
        case Done(value=tuple() as values):
            return tuple(_failure(e) if isinstance(e, SourceError) else e for e in values)
        case Done(value=np.ndarray() as array):
            return _Array(shape=array.shape, data=np.ascontiguousarray(array).data.cast("B"))
        case Done():
            return reply.value
        case Failed():
            return _failure(reply.error)
        case _:
            return reply


def _failure(error: PagelightError) -> _Failure:
    kind = next(name for name, each in _ERRORS.items() if issubclass(type(error), each))
    values = {
        name: value if isinstance(value, str | int | float) else str(value)
        for name, value in error.values.items()
    }
    return _Failure(kind, *error.templates, values)


def read_reply(data: bytes, job: Job) -> Reply:
    """Return the reply to a job. Raises ValueError for bytes that are none."""
    body: Any
    if data[:1] == _JSON:
        name, body = json.loads(data[1:])
    else:
        name, body = unpacked(memoryview(data)[1:], tuple[str, msgspec.Raw])
    match name:
        case "Done":
            return Done(value=_value(_as(body, _VALUES[type(job)]), job))
        case "Failed":
            return Failed(error=_error(_as(body, _Failure)))
        case _ if name in _PLAIN_REPLIES:
            reply: Reply = _as(body, _PLAIN_REPLIES[name])
            return reply
        case _:
            raise ValueError(f"a child told {name!r}")


def _as(body: Any, kind: Any) -> Any:  # noqa: ANN401 - any value, and its type
    return unpacked(body, kind) if isinstance(body, msgspec.Raw) else converted(body, kind)


def _value(plain: Any, job: Job) -> Value:  # noqa: ANN401 - of the type that `_VALUES` says
    match job:
        case TellJob():
            return tuple(map(_of_file, plain))
        case jobs.ListenJob():
            samples: Samples = _array(plain, np.dtype(np.float32), dimensions=1)
            return samples
        case jobs.DrawJob() | jobs.CropJob():
            pixels: Pixels = _array(plain, np.dtype(np.uint8), dimensions=3)
            return pixels
        case _:
            value: Value = plain
            return value


def _of_file(kind: str | _Failure) -> str | SourceError:
    if isinstance(kind, str):
        return kind
    error = _error(kind)
    return error if isinstance(error, SourceError) else SourceError(str(error))


def _array(plain: _Array, dtype: np.dtype[Any], *, dimensions: int) -> Any:  # noqa: ANN401 - of that dtype
    fits = len(plain.shape) == dimensions and prod(plain.shape) * dtype.itemsize == len(plain.data)
    if not fits or min(plain.shape) < 0:
        raise ValueError(f"a child sent {len(plain.data)} bytes as {plain.shape}")
    return np.frombuffer(plain.data, dtype=dtype).reshape(plain.shape).copy()


def _error(failure: _Failure) -> PagelightError:
    kind = _ERRORS.get(failure.kind)
    if kind is None:
        raise ValueError(f"a child raised {failure.kind!r}")
    try:
        return kind(failure.message, hint=failure.hint, **failure.values)
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("a child raised an error that can't be told") from error

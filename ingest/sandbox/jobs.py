"""What passes between our process and a child that reads files, and how a child tells it as bytes.

A child that a hostile file took over may send anything: nothing it sends is unpickled, and only
values of known types come out. Knows no pipes and no parsers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import numpy as np
from msgspec import Struct

from ingest.archives.containers import UnpackingBudget
from ingest.discovery.discover import ClosedFileError
from rag.datamodel import BBox, Document, QueryImage, SourceFile
from rag.decoding import converted, unpacked
from rag.errors import (
    LimitError,
    ModelError,
    PagelightError,
    SettingsError,
    SourceError,
    WorkspaceError,
)
from rag.protocols import OcrLine, Pixels, Samples
from rag.settings import Settings
from rag.storage.documents import codec
from rag.storage.files.members import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a child works: niceness added, and passwords that may be tried on what is locked."""

    settings: Settings
    assets_root: Path
    nice: int
    passwords: tuple[str, ...] = field(default=(), repr=False)


class ParseJob(Struct, frozen=True, kw_only=True):
    """Read a file; of a paged one the first `pages` alone, if given."""

    file: SourceFile
    pages: int | None = None


class LetterJob(Struct, frozen=True, kw_only=True):
    """Read the pending lettering.

    `known` holds what was read before, by its cache key; `unreadable` says why a picture, by
    its key, is not to be tried again.
    """

    document: Document
    file: SourceFile
    known: Mapping[str, list[OcrLine]]
    unreadable: Mapping[str, str]


class QueryImageJob(Struct, frozen=True, kw_only=True):
    path: Path


class TellJob(Struct, frozen=True, kw_only=True):
    """Tell the media type of each file, or why not, by path and the name that it goes by."""

    files: tuple[tuple[Path, str], ...]


class UnpackJob(Struct, frozen=True, kw_only=True):
    """Store what an archive or mail holds in `folder`."""

    file: SourceFile
    folder: Path
    budget: UnpackingBudget


class ListenJob(Struct, frozen=True, kw_only=True):
    """Read some seconds of a recording's sound."""

    file: SourceFile
    start_s: float
    seconds: float


class DrawJob(Struct, frozen=True, kw_only=True):
    """Draw a page (from 1) so wide."""

    path: Path
    page: int
    width_px: int


class CropJob(Struct, frozen=True, kw_only=True):
    """Decode a part of an encoded picture."""

    path: Path
    bbox: BBox


class GoOn(Struct, frozen=True):
    """Go on after a page: the child waits for it, so that a pause rests there and not later."""


Job = ParseJob | LetterJob | QueryImageJob | TellJob | UnpackJob | ListenJob | DrawJob | CropJob
Value = (
    Document | QueryImage | tuple[str | SourceError, ...] | tuple[Member, ...] | Samples | Pixels
)
Answer = TypeVar("Answer")


def answer_as(kind: type[Answer], value: object) -> Answer:
    """Return what a job came to, which is of a kind that comes to this."""
    if not isinstance(value, kind):
        raise TypeError(f"a child answered with a {type(value).__name__}")
    return value


class OcrRead(Struct, frozen=True, kw_only=True):
    """One picture's lettering, just read: keep it, so that a crash loses no other."""

    key: str
    lines: list[OcrLine]


class PageDone(Struct, frozen=True, kw_only=True):
    """A page or picture is finished, read now or known before. Pages None: it has none."""

    page: int | None


class HowFar(Struct, frozen=True, kw_only=True):
    """So much of a file is looked through, from 0 to 1. It moves no limit of time."""

    share: float


class Warned(Struct, frozen=True, kw_only=True):
    """A warning of our own code, for the log. It moves no limit of time."""

    logger: str
    text: str


UnderWay = OcrRead | PageDone | HowFar | Warned
"""What a job tells before its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The job failed with an error for the person."""

    error: PagelightError


class Bug(Struct, frozen=True, kw_only=True):
    """The job failed with an error that should not happen."""

    summary: str
    traceback: str


class OutOfMemory(Struct, frozen=True):
    """An allocation failed under the memory limit."""


End = Done | Failed | Bug | OutOfMemory
Reply = UnderWay | End


class _Failure(Struct, frozen=True, array_like=True):
    """An error by its name in `_ERRORS` and what it was made of."""

    kind: str
    message: str
    hint: str
    values: dict[str, str | int | float]


class _Array(Struct, frozen=True, array_like=True):
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
    each.__name__: each for each in (OcrRead, PageDone, HowFar, Warned, Bug, OutOfMemory)
}
_VALUES: Final[dict[type[Job], Any]] = {
    ParseJob: Document,
    LetterJob: Document,
    QueryImageJob: QueryImage,
    TellJob: tuple[str | _Failure, ...],
    UnpackJob: tuple[Member, ...],
}
_ARRAYS: Final[dict[type[Job], tuple[type[np.generic], int]]] = {
    ListenJob: (np.float32, 1),
    DrawJob: (np.uint8, 3),
    CropJob: (np.uint8, 3),
}
"""What jobs come to that come to an array: its type and its dimensions."""

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
    if name == "Done":
        return Done(value=_value(body, job))
    if name == "Failed":
        return Failed(error=_error(_as(body, _Failure)))
    if name not in _PLAIN_REPLIES:
        raise ValueError(f"a child told {name!r}")
    reply: Reply = _as(body, _PLAIN_REPLIES[name])
    return reply


def _as(body: Any, kind: Any) -> Any:  # noqa: ANN401 - any value, and its type
    return unpacked(body, kind) if isinstance(body, msgspec.Raw) else converted(body, kind)


def _value(body: Any, job: Job) -> Any:  # noqa: ANN401 - of the type that the tables say
    if type(job) in _ARRAYS:
        dtype, dimensions = _ARRAYS[type(job)]
        array: _Array = _as(body, _Array)
        size_bytes = prod(array.shape) * np.dtype(dtype).itemsize
        fits = len(array.shape) == dimensions and size_bytes == len(array.data)
        if not fits or min(array.shape) < 0:
            raise ValueError(f"a child sent {len(array.data)} bytes as {array.shape}")
        return np.frombuffer(array.data, dtype=dtype).reshape(array.shape).copy()
    value = _as(body, _VALUES[type(job)])
    if not isinstance(job, TellJob):
        return value
    return tuple(_source_error(each) if isinstance(each, _Failure) else each for each in value)


def _source_error(failure: _Failure) -> SourceError:
    error = _error(failure)
    return error if isinstance(error, SourceError) else SourceError(str(error))


def _error(failure: _Failure) -> PagelightError:
    kind = _ERRORS.get(failure.kind)
    if kind is None:
        raise ValueError(f"a child raised {failure.kind!r}")
    try:
        return kind(failure.message, hint=failure.hint, **failure.values)
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("a child raised an error that can't be told") from error

"""What passes between our process and a child that reads files. Knows no pipes and no parsers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ingest.archives.containers import UnpackingBudget
from rag.datamodel import BBox, Document, QueryImage, SourceFile
from rag.errors import PagelightError, SourceError
from rag.protocols import OcrLine, Pixels, Samples
from rag.settings import Settings
from rag.storage.files.members import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The first message to a child: how to work. `nice` is added to its niceness.

    `passwords` may be tried on what is locked.
    """

    settings: Settings
    assets_root: Path
    nice: int
    passwords: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseJob:
    """Read a file; of a paged one the first `pages` alone, if given."""

    file: SourceFile
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterJob:
    """Read the pending lettering.

    `known` holds what was read before, by its cache key; `unreadable` says why a picture, by
    its key, is not to be tried again.
    """

    document: Document
    file: SourceFile
    known: Mapping[str, list[OcrLine]]
    unreadable: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryImageJob:
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TellJob:
    """Tell the media type of each file, or why not, by path and the name that it goes by."""

    files: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackJob:
    """Store what an archive or mail holds in `folder`."""

    file: SourceFile
    folder: Path
    budget: UnpackingBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenJob:
    """Read some seconds of a recording's sound."""

    file: SourceFile
    start_s: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawJob:
    """Draw a page (from 1) so wide."""

    path: Path
    page: int
    width_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CropJob:
    """Decode a part of an encoded picture."""

    path: Path
    bbox: BBox


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOn:
    """Go on after a page: the child waits for it, so that a pause rests there and not later."""


DrawingJob = DrawJob | CropJob

Job = ParseJob | LetterJob | QueryImageJob | TellJob | UnpackJob | ListenJob | DrawingJob


Answer = TypeVar("Answer")
Value = (
    Document | QueryImage | tuple[str | SourceError, ...] | tuple[Member, ...] | Samples | Pixels
)


def answer_as(kind: type[Answer], value: object) -> Answer:
    """Return what a job came to, which is of a kind that comes to this."""
    if not isinstance(value, kind):
        raise TypeError(f"a child answered with a {type(value).__name__}")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrRead:
    """One picture's lettering, just read: keep it, so that a crash loses no other."""

    key: str
    lines: list[OcrLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDone:
    """A page or picture is finished, read now or known before. Pages None: it has none."""

    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HowFar:
    """So much of a file is looked through, from 0 to 1. It moves no limit of time."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """The job failed with an error that should not happen."""

    summary: str
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfMemory:
    """An allocation failed under the memory limit."""


Reply = UnderWay | Done | Failed | Bug | OutOfMemory

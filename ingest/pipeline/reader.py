"""What reads files for an ingest, as a seam. Knows no process, no machine and no format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ingest.archives.containers import UnpackingBudget
from ingest.ocr.cache import OcrCache
from rag.datamodel import Document, SourceFile
from rag.storage.database.members import Member

OnPage = Callable[[int | None], None]
"""Called after each page or picture whose lettering was read, with its page."""


class Reader(Protocol):
    """Reads files: `ingest.sandbox.parser_process.ParserProcess`.

    Any thread may call; `parsers` files are parsed, and the lettering of `readers` read, at a time.
    Each method raises SourceError, LimitError among them, for a file that can't be read.
    """

    @property
    def parsers(self) -> int: ...
    @property
    def readers(self) -> int: ...
    def tell(self, path: Path, *, name: str) -> str:
        """Tell the media type of a file that goes by `name`."""
        ...

    def tell_many(self, files: Sequence[tuple[Path, str]]) -> Mapping[Path, str]:
        """Tell many by path and name at the price of about one; leaves out those that it can't."""
        ...

    def parse(self, file: SourceFile, /) -> Document: ...

    def unpack(self, file: SourceFile, budget: UnpackingBudget, /) -> tuple[Member, ...]:
        """Store what an archive or mail holds, and return its list."""
        ...

    def letter(
        self,
        document: Document,
        file: SourceFile,
        /,
        *,
        on_page: OnPage,
        cache: OcrCache,
        unreadable: dict[str, str],
    ) -> Document:
        """Read the lettering that a document lacks. What `on_page` raises comes out of the call."""
        ...

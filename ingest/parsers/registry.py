"""Media type -> parser. Loads a format's libraries when the first such file comes.

Which parser reads what stands in the table of formats. What a format's
library raises on a broken file becomes a `SourceError` here and nowhere else; an error raised by
our own code is a bug and stays one.
"""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Final, cast

import ingest
import rag
from ingest.discovery.formats import BY_MEDIA_TYPE, FORMATS
from ingest.parsers.base.dates import own_day
from ingest.parsers.base.languages import declared_language
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, SourceError
from rag.protocols import Assets, Parser
from rag.settings import Settings

PARSERS: Final = {each.media_type: each.parser for each in FORMATS}
"""The class, "module:name", of each media type's parser."""

_OURS: Final = tuple(Path(next(iter(package.__path__))) for package in (ingest, rag))


def parser_for(media_type: str, *, settings: Settings) -> Parser | None:
    """Return the parser of a media type; None if there is none."""
    known = BY_MEDIA_TYPE.get(media_type)
    if known is None:
        return None
    kind = resolve_name(known.parser)
    options = {key: getattr(settings, key) for key in known.takes} or {"settings": settings}
    return GuardedParser(cast("Parser", kind(**options)))


class GuardedParser:
    """A parser whose library's errors on a broken file are told as `SourceError`."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    @property
    def media_types(self) -> frozenset[str]:
        return self._parser.media_types

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        try:
            return _with_own_facts(self._parser.parse(file, assets), file)
        except (PagelightError, MemoryError):
            raise
        except RecursionError as error:
            raise SourceError("The file is damaged: it is nested too deeply.") from error
        except Exception as error:
            if _is_ours(error):
                raise
            raise SourceError(
                f"The file is damaged or not of its type ({_told(error)}).",
                hint="Open and save it with the program that made it.",
            ) from error


def _with_own_facts(document: Document, file: SourceFile) -> Document:
    """Return the document with the day and the language that its file gives as its own."""
    return replace(
        document,
        dated=document.dated or own_day(file),
        language=document.language or declared_language(file),
    )


def _is_ours(error: Exception) -> bool:
    """Say whether our own code raised, rather than a library below it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Path(last.filename).is_relative_to(_OURS[0]) or Path(last.filename).is_relative_to(
        _OURS[1]
    )


def _told(error: Exception) -> str:
    first_line = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first_line[:200]}" if first_line else type(error).__name__

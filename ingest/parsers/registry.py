"""Media type -> parser. Loads a format's libraries when the first such file comes.

Which function reads what stands in the table of formats. What a format's
library raises on a broken file becomes a `SourceError` here and nowhere else; an error raised by
our own code is a bug and stays one.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

import ingest
import rag
from ingest.discovery.formats import BY_MEDIA_TYPE
from ingest.parsers.base.dates import own_day
from ingest.parsers.base.elements import damaged
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, SourceError
from rag.protocols import Assets, Parser
from rag.settings import Settings

_OURS: Final = tuple(Path(next(iter(package.__path__))) for package in (ingest, rag))


def parser_for(media_type: str, *, settings: Settings) -> Parser | None:
    """Return the parser of a media type; None if there is none."""
    known = BY_MEDIA_TYPE.get(media_type)
    return GuardedParser(resolve_name(known.parser), settings) if known else None


@dataclass(frozen=True, slots=True)
class GuardedParser:
    """A parser whose library's errors on a broken file are told as `SourceError`.

    `read` is the format's function: of a file, assets and `settings`.
    """

    read: Callable[..., Document]
    settings: Settings

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        try:
            document = self.read(file, assets, settings=self.settings)
        except (PagelightError, MemoryError):
            raise
        except RecursionError as error:
            raise SourceError("The file is damaged: it is nested too deeply.") from error
        except Exception as error:
            if _is_ours(error):
                raise
            raise damaged(error) from error
        return replace(document, dated=document.dated or own_day(file))


def _is_ours(error: Exception) -> bool:
    """Say whether our own code raised, rather than a library below it."""
    last = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    return any(map(last.is_relative_to, _OURS))

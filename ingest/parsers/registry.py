"""Media type -> parser. Loads a format's libraries when the first such file comes.

A parser's class takes `settings=`, or just the settings named in the table. What a format's
library raises on a broken file becomes a `SourceError` here and nowhere else; an error raised by
our own code is a bug and stays one.
"""

from __future__ import annotations

import importlib
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import ingest
import rag
from ingest.files.media_types import (
    BZIP2,
    CODE,
    CSV,
    DOC,
    DOCX,
    EPUB,
    GZIP,
    HTML,
    JSON,
    JSON_LINES,
    LATEX,
    MAIL,
    MARKDOWN,
    MBOX,
    ODP,
    ODS,
    ODT,
    OUTLOOK,
    PDF,
    PPT,
    PPTX,
    RST,
    RTF,
    SEVEN_ZIP,
    SUBTITLES,
    SVG,
    TAR,
    TEXT,
    TSV,
    XLS,
    XLSX,
    XML,
    XZ,
    YAML,
    ZIP,
)
from ingest.parsers.base.dates import own_day
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, SourceError
from rag.protocols import Assets, Parser
from rag.settings import Settings

_Entry = tuple[str, str, tuple[str, ...]]
_IMAGE: Final[_Entry] = ("ingest.parsers.pictures.image", "ImageParser", ())
_ARCHIVE: Final[_Entry] = ("ingest.parsers.mail.archive_list", "ArchiveListParser", ())
_STRUCTURED: Final[_Entry] = ("ingest.parsers.data.structured", "StructuredParser", ())
_OLD_OFFICE: Final[_Entry] = ("ingest.parsers.old_office", "OldOfficeParser", ())
PARSERS: Final[dict[str, _Entry]] = {
    PDF: ("ingest.parsers.pdf.pdf", "PdfParser", ("page_limit",)),
    DOCX: ("ingest.parsers.word.word", "WordParser", ()),
    PPTX: ("ingest.parsers.slides.slides", "SlidesParser", ()),
    XLSX: ("ingest.parsers.sheets.workbook", "WorkbookParser", ()),
    ODT: ("ingest.parsers.odf.text", "OdfTextParser", ()),
    ODS: ("ingest.parsers.odf.sheets", "OdfSheetsParser", ()),
    ODP: ("ingest.parsers.odf.slides", "OdfSlidesParser", ()),
    RTF: ("ingest.parsers.text.rich_text", "RichTextParser", ()),
    EPUB: ("ingest.parsers.web.ebook", "EbookParser", ()),
    HTML: ("ingest.parsers.web.web", "WebParser", ()),
    MARKDOWN: ("ingest.parsers.text.markdown", "MarkdownParser", ()),
    CSV: ("ingest.parsers.sheets.delimited", "DelimitedParser", ()),
    TSV: ("ingest.parsers.sheets.delimited", "DelimitedParser", ()),
    TEXT: ("ingest.parsers.text.plain", "PlainParser", ()),
    LATEX: ("ingest.parsers.text.latex", "LatexParser", ()),
    RST: ("ingest.parsers.text.restructured", "RestructuredParser", ()),
    JSON: _STRUCTURED,
    JSON_LINES: _STRUCTURED,
    YAML: _STRUCTURED,
    XML: _STRUCTURED,
    CODE: ("ingest.parsers.text.code", "CodeParser", ()),
    SUBTITLES: ("ingest.parsers.text.subtitles", "SubtitlesParser", ()),
    MAIL: ("ingest.parsers.mail.mail", "MailParser", ()),
    OUTLOOK: ("ingest.parsers.mail.mail", "MailParser", ()),
    MBOX: _ARCHIVE,
    ZIP: _ARCHIVE,
    TAR: _ARCHIVE,
    GZIP: _ARCHIVE,
    BZIP2: _ARCHIVE,
    XZ: _ARCHIVE,
    SEVEN_ZIP: _ARCHIVE,
    "image/png": _IMAGE,
    "image/jpeg": _IMAGE,
    "image/gif": _IMAGE,
    "image/webp": _IMAGE,
    "image/tiff": _IMAGE,
    "image/bmp": _IMAGE,
    "image/avif": _IMAGE,
    "image/heic": _IMAGE,
    SVG: ("ingest.parsers.pictures.svg", "SvgParser", ()),
    DOC: _OLD_OFFICE,
    XLS: _OLD_OFFICE,
    PPT: _OLD_OFFICE,
}
"""Where the parser of each media type stands: module, class, and the settings that it takes."""

_OURS: Final = tuple(Path(next(iter(package.__path__))) for package in (ingest, rag))


def parser_for(media_type: str, *, settings: Settings) -> Parser | None:
    """Return the parser of a media type; None if there is none."""
    if media_type not in PARSERS:
        return None
    module, name, taken = PARSERS[media_type]
    kind = getattr(importlib.import_module(module), name)
    options = {key: getattr(settings, key) for key in taken} or {"settings": settings}
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
            return _with_day(self._parser.parse(file, assets), file)
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


def _with_day(document: Document, file: SourceFile) -> Document:
    """Return the document with the day that its file gives as its own."""
    return document if document.dated else replace(document, dated=own_day(file))


def _is_ours(error: Exception) -> bool:
    """Say whether our own code raised, rather than a library below it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Path(last.filename).is_relative_to(_OURS[0]) or Path(last.filename).is_relative_to(
        _OURS[1]
    )


def _told(error: Exception) -> str:
    first_line = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first_line[:200]}" if first_line else type(error).__name__

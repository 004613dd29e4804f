"""What is to be known of a format to tell it, to read it and to name it: a value of `formats`.

Formats that people take together are a family: what is kept of them, and what reads them. A format
seldom needs a new one. docs/reference/formats.md is made of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """`kept` says what becomes of its files, `by` which libraries read them, and why those."""

    name: str
    kept: str
    by: str


PDF: Final = Family(
    name="PDF",
    kept="words with boxes, headings, tables, figures with captions, drawn charts as tables, "
    "filled fields, comments; "
    "scanned pages by OCR",
    by="pypdfium2, pypdf: Chrome's own reader, and one that mends",
)
OFFICE: Final = Family(
    name="Office",
    kept="text, tables, slides with notes and charts, sheets with headers and text boxes; what is "
    "struck, raised, lowered; form fields, comments, page headers and footers; embedded files as "
    "files of their own",
    by="python-docx, python-pptx, openpyxl",
)
OPEN_DOCUMENT: Final = Family(
    name="OpenDocument", kept="as of Office", by="lxml: a few elements of an open standard"
)
RICH_TEXT: Final = Family(
    name="Rich Text",
    kept="headings, lists, tables, notes, pictures; the rest as of Office",
    by="our own reader: those in the registries drop tables and pictures",
)
OLD_OFFICE: Final = Family(
    name="old Office",
    kept="as the new ones",
    by="LibreOffice, where it is installed: macros off, one profile a file",
)
BINARY_EXCEL: Final = Family(
    name="old and binary Excel",
    kept="sheets with their headers, values as they are shown; the pictures of `.xlsb`",
    by="xlrd: it tells each cell's number format; python-calamine for `.xlsb`",
)
WEB_AND_NOTES: Final = Family(
    name="web and notes",
    kept="headings, tables, pictures, filled forms, letters of drawings, what is struck or raised; "
    "nothing is fetched",
    by="lxml, markdown-it-py, docutils (no includes, no raw parts)",
)
PAPERS: Final = Family(
    name="papers",
    kept="sections, lists, tables, captions, formulas as written, local pictures",
    by="pylatexenc for words; nothing is run or included",
)
DATA: Final = Family(
    name="tables and data",
    kept="records as tables, the rest as `key: value` below headings",
    by="the standard library, PyYAML (no objects), lxml (no entities)",
)
SOURCE_CODE: Final = Family(
    name="source code",
    kept="functions and classes as headings",
    by="patterns: a grammar for each language would cost more than it finds",
)
SUBTITLES: Final = Family(
    name="subtitles", kept="what is said, cited with its time", by="our own reader"
)
RECORDINGS: Final = Family(
    name="recordings",
    kept="what subtitles in it or beside it (`talk.srt`, `talk.en.vtt`) say, or, where there are "
    "none, what a model hears, cited with its time; "
    "chapters, title, cover picture; slides and what else stands still, once with all its times",
    by="PyAV (BSD), whose wheel brings FFmpeg with x264 and x265 (GPL); never from the net; "
    "faster-whisper",
)
PICTURES: Final = Family(
    name="pictures",
    kept="lettering with boxes, the picture itself, and of photographs the things that they show "
    "(“dog 83 %”); each page of a TIFF, the first frame of an animation",
    by="Pillow, pillow-heif",
)
DRAWINGS: Final = Family(
    name="drawings",
    kept="words, drawn charts as tables, and a picture of it",
    by="resvg: no scripts, no addresses",
)
BOOKS: Final = Family(name="books", kept="chapters, pictures", by="lxml")
MAILS: Final = Family(
    name="mail",
    kept="text, pictures, invitations in words; what is signed, not what is encrypted; attachments "
    "as files of their own: `mail.eml/report.pdf`",
    by="the standard library; olefile for Outlook's `.msg` (extract-msg is GPL); its packed rich "
    "text by our own reader",
)
ARCHIVES: Final = Family(
    name="archives",
    kept="what lies in them, as files: `year.zip/a/report.pdf`; RAR is not read: unpack it",
    by="the standard library; py7zr (LGPL)",
)


IN_MAIL: Final = "Date:"
IN_EXIF: Final = "Exif"
IN_SUMMARY: Final = "SummaryInformation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format; what it lacks is empty. Functions and classes are named "module:name"."""

    media_type: str
    name: str
    """What people call files of it: "PDF", "web pages"."""

    family: Family
    parser: str
    suffixes: tuple[str, ...] = ()
    """In small letters, the usual one first."""

    called: str = ""
    """What a file of these suffixes should be: "a PDF". Empty for kinds of text."""

    mark: re.Pattern[bytes] | None = None
    """What a file begins with."""

    mark_within: int = 0
    """Before which byte the mark may stand in files that are not named as text."""

    brands: tuple[bytes, ...] = ()
    """Of ISO 14496-12 `ftyp`."""

    ole_streams: tuple[str, ...] = ()
    """Names of streams in a compound file, one of which tells it."""

    ole_first: tuple[str, ...] = ()
    """What names in the first sector of a compound file's directory begin with."""

    package: frozenset[str] = frozenset()
    """Members and folders ("word/") that a zip archive of it has."""

    is_open_document: bool = False
    """Its zip archive has a member `mimetype` that begins with the media type."""

    is_text: bool = False
    """Its suffixes tell it where no mark does."""

    shares_suffix: bool = False
    """Its suffixes are those of other kinds of text as well: the content is asked first."""

    opening: re.Pattern[str] | None = None
    """What a text of it begins with."""

    roots: tuple[str, ...] = ()
    """Names of the first element, in small letters, of markup of it."""

    decompressor: str = ""
    """What opens the one file that is packed in it, as `gzip.open` does."""

    opener: str = ""
    """What yields the files that it holds: `ingest.archives.entry.Opener`."""

    dated: str = ""
    """Where its own day stands: the head of a mail, Exif, the summary in a compound file, or the
    member of its archive (the end of the name) that tells about the document."""

"""The formats that are read: the one table of them. Of two that take one file the first has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

IN_MAIL: Final = "Date:"
IN_EXIF: Final = "Exif"
IN_SUMMARY: Final = "SummaryInformation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format; what it lacks is empty. Functions and classes are named "module:name"."""

    media_type: str
    name: str  # what people call a file of it: "PDF", "Picture"; several may share it
    family: str  # what people call it together with others (docs/reference/formats.md)
    parser: str
    suffixes: tuple[str, ...] = ()  # in small letters, the usual one first
    called: str = ""  # what a file of these suffixes should be: "a PDF"; "" for kinds of text
    mark: re.Pattern[bytes] | None = None  # what a file begins with
    mark_within: int = 0  # before which byte it may stand in files that are not named as text
    brands: tuple[bytes, ...] = ()  # of ISO 14496-12 `ftyp`
    ole_streams: tuple[str, ...] = ()  # of a compound file, one of which tells it
    ole_first: tuple[str, ...] = ()  # what names in its directory's first sector begin with
    package: frozenset[str] = frozenset()  # members and folders ("word/") that its zip has
    is_open_document: bool = False  # its zip has a member `mimetype` that begins with the type
    is_text: bool = False  # its suffixes tell it where no mark does
    shares_suffix: bool = False  # with other kinds of text: the content is asked first
    opening: re.Pattern[str] | None = None  # what a text of it begins with
    roots: tuple[str, ...] = ()  # first elements, in small letters, of markup of it
    decompressor: str = ""  # what opens the one file that is packed in it, as `gzip.open` does
    opener: str = ""  # what yields the files that it holds: `ingest.archives.containers.Opener`
    dated: str = ""
    """Where its own day stands: the head of a mail, Exif, the summary in a compound file, or the
    member of its archive (the end of the name) that tells about the document."""


_OPC: Final = "[Content_Types].xml"  # ECMA-376, part 2: in every package
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OASIS: Final = "application/vnd.oasis.opendocument."
_DELIMITED: Final = "ingest.parsers.sheets.delimited:parse_delimited"
_STRUCTURED: Final = "ingest.parsers.data:parse_structured"


def _binary(
    media_type: str,
    name: str,
    called: str,
    suffixes: str,
    mark: bytes = b"",
    **more: Any,  # noqa: ANN401 - fields of Format
) -> Format:
    """Return a format that is told by its content: what it begins with, or what `more` says."""
    return Format(
        media_type=media_type,
        name=name,
        called=called,
        suffixes=tuple(suffixes.split()),
        mark=re.compile(mark, re.DOTALL) if mark else None,
        **more,
    )


def _text(media_type: str, name: str, suffixes: str, **more: Any) -> Format:  # noqa: ANN401 - as above
    return Format(
        media_type=media_type, name=name, suffixes=tuple(suffixes.split()), is_text=True, **more
    )


_open_xml = partial(_binary, family="Office", dated="docProps/core.xml")
_open_document = partial(_binary, family="OpenDocument", is_open_document=True, dated="meta.xml")
_old_office = partial(
    _binary, family="old Office", parser="ingest.parsers.old_office:parse_old_office"
)
_data = partial(_text, family="tables and data")
_picture = partial(
    _binary, family="pictures", parser="ingest.parsers.image:parse_image", dated=IN_EXIF
)
_mail: Final[dict[str, Any]] = {
    "family": "mail",
    "parser": "ingest.parsers.mail:parse_mail",
    "opener": "ingest.archives.mailbox:mail_entries",
    "dated": IN_MAIL,
}
_archive = partial(_binary, family="archives", parser="ingest.parsers.mail:parse_archive_list")
_compressed = partial(_archive, opener="ingest.archives.packed:compressed_entries")
_recording = partial(
    _binary, family="recordings", parser="ingest.parsers.media.recording:parse_recording"
)

PDF: Final = _binary(
    *("application/pdf", "PDF", "a PDF", ".pdf", rb"%PDF-"),
    mark_within=1024,  # PDF 1.7, appendix H.3.4.1
    family="PDF",
    parser="ingest.parsers.pdf.pdf:parse_pdf",
    opener="ingest.parsers.pdf.notes:attached_entries",
)
_EMBEDDED: Final = "ingest.parsers.base.unread_parts:embedded_entries"
DOCX: Final = _open_xml(
    *(f"{_OPEN_XML}wordprocessingml.document", "Word", "a Word document", ".docx .docm"),
    parser="ingest.parsers.word.word:parse_word",
    opener=_EMBEDDED,
    package=frozenset({_OPC, "word/"}),
)
PPTX: Final = _open_xml(
    *(f"{_OPEN_XML}presentationml.presentation", "PowerPoint", "a PowerPoint deck", ".pptx .pptm"),
    parser="ingest.parsers.slides.slides:parse_slides",
    opener=_EMBEDDED,
    package=frozenset({_OPC, "ppt/"}),
)
XLSB: Final = _open_xml(
    "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    *("Binary Excel", "an Excel workbook", ".xlsb"),
    family="old and binary Excel",
    parser="ingest.parsers.sheets.old_workbooks:parse_binary_workbook",
    package=frozenset({_OPC, "xl/workbook.bin"}),
)
XLSX: Final = _open_xml(
    *(f"{_OPEN_XML}spreadsheetml.sheet", "Excel", "an Excel workbook", ".xlsx .xlsm"),
    parser="ingest.parsers.sheets.workbook:parse_workbook",
    opener=_EMBEDDED,
    package=frozenset({_OPC, "xl/"}),
)
ODT: Final = _open_document(
    *(f"{_OASIS}text", "OpenDocument text", "an OpenDocument text", ".odt"),
    parser="ingest.parsers.odf.documents:parse_odf_text",
)
ODS: Final = _open_document(
    *(f"{_OASIS}spreadsheet", "OpenDocument sheet", "an OpenDocument sheet", ".ods"),
    parser="ingest.parsers.odf.documents:parse_odf_sheets",
)
ODP: Final = _open_document(
    *(f"{_OASIS}presentation", "OpenDocument slides", "an OpenDocument presentation", ".odp"),
    parser="ingest.parsers.odf.documents:parse_odf_slides",
)
RTF: Final = _binary(
    *("application/rtf", "Rich Text", "a Rich Text file", ".rtf", rb"\{\\rtf"),
    opening=re.compile(r"\{\\rtf"),
    family="Rich Text",
    parser="ingest.parsers.text.markup:parse_rich_text",
)
DOC: Final = _old_office(
    *("application/msword", "Old Word", "a Word document", ".doc"), ole_streams=("WordDocument",)
)
PPT: Final = _old_office(
    *("application/vnd.ms-powerpoint", "Old PowerPoint", "a PowerPoint deck", ".ppt"),
    ole_streams=("PowerPoint Document",),
)
XLS: Final = _binary(
    *("application/vnd.ms-excel", "Old Excel", "an Excel workbook", ".xls"),
    ole_streams=("Workbook", "Book", "WORKBOOK", "BOOK"),
    family="old and binary Excel",
    parser="ingest.parsers.sheets.old_workbooks:parse_old_workbook",
    dated=IN_SUMMARY,
)
HTML: Final = _text(
    *("text/html", "Web page", ".html .htm .xhtml"),
    family="web and notes",
    parser="ingest.parsers.web.web:parse_web",
    shares_suffix=True,
    opening=re.compile(r"<(!doctype )?html", re.IGNORECASE),
    roots=("html",),
)
MARKDOWN: Final = _text(
    *("text/markdown", "Markdown", ".md .markdown .mdown .mkd"),
    family="web and notes",
    parser="ingest.parsers.text.markup:parse_markdown",
)
TEXT: Final = _text(
    *("text/plain", "Text", ".txt"),
    family="web and notes",
    parser="ingest.parsers.text.plain:parse_plain",
    shares_suffix=True,
)
RST: Final = _text(
    *("text/x-rst", "reStructuredText", ".rst .rest"),
    family="web and notes",
    parser="ingest.parsers.text.markup:parse_restructured",
)
LATEX: Final = _text(
    *("text/x-tex", "LaTeX", ".tex .latex .ltx"),
    family="papers",
    parser="ingest.parsers.text.latex:parse_latex",
    opening=re.compile(r"(%[^\n]*\n|\s)*\\(documentclass|documentstyle)\b"),
)
CSV: Final = _data("text/csv", "CSV", ".csv", parser=_DELIMITED)
TSV: Final = _data("text/tab-separated-values", "TSV", ".tsv .tab", parser=_DELIMITED)
JSON: Final = _data(
    *("application/json", "JSON", ".json .geojson .ipynb"),
    parser=_STRUCTURED,
    opening=re.compile(r"\{\s*(\"[^\"\n]*\"\s*:|\}\s*$)|\[\s*\{\s*\""),
)
JSON_LINES: Final = _data(
    "application/x-ndjson", "JSON lines", ".jsonl .ndjson", parser=_STRUCTURED
)
YAML: Final = _data("application/yaml", "YAML", ".yaml .yml", parser=_STRUCTURED)
XML: Final = _data("application/xml", "XML", ".xml .xsd", parser=_STRUCTURED, shares_suffix=True)
CODE: Final = _text(
    "text/x-code",
    "Source code",
    ".bash .bat .c .cc .cfg .clj .cmake .cpp .cs .css .cu .cxx .dart .el .erl .ex .exs "
    ".f90 .fs .go .gradle .groovy .h .hh .hpp .hs .ini .java .jl .js .jsx .kt .kts .less "
    ".lisp .lua .m .mjs .ml .mm .nim .nix .pas .php .pl .pm .proto .ps1 .py .pyi .r .rb "
    ".rs .sass .scala .scm .scss .sh .sql .swift .tcl .toml .ts .tsx .v .vb .vhd .vue "
    ".zig .zsh",
    family="source code",
    parser="ingest.parsers.text.plain:parse_code",
    opening=re.compile(r"#![^\n]*/"),
)
SUBTITLES: Final = _text(
    *("application/x-subrip", "Subtitles", ".srt .vtt"),
    family="subtitles",
    parser="ingest.parsers.media.subtitles:parse_subtitles",
    opening=re.compile(r"WEBVTT\b|\d{1,6}[ \t]*\n\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->"),
)
MP4: Final = _recording(
    *("video/mp4", "Video", "an MP4 film", ".mp4 .m4v"),
    brands=(
        *b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 avc1 dash MSNV 3gp4 3gp5".split(),
        *(b"M4V ", b"M4VH", b"M4VP"),
    ),
)
M4A: Final = _recording(
    "audio/mp4", "Audio", "an M4A recording", ".m4a .m4b", brands=(b"M4A ", b"M4B ")
)
MOV: Final = _recording(
    *("video/quicktime", "Video", "a QuickTime film", ".mov .qt"),
    rb"\0.{3}(?:moov|mdat|wide|pnot)",  # those from before `ftyp`
    brands=(b"qt  ",),
)
WEBM: Final = _recording(
    *("video/webm", "Video", "a WebM film", ".webm"),
    rb"\x1aE\xdf\xa3.{1,80}?\x42\x82.{1,8}?webm",  # RFC 8794: DocType
)
MKV: Final = _recording(
    "video/x-matroska", "Video", "a Matroska film", ".mkv .mka", rb"\x1aE\xdf\xa3"
)
MP3: Final = _recording(
    *("audio/mpeg", "Audio", "an MP3 recording", ".mp3"),
    rb"ID3[\x02-\x04]|\xff[\xfa\xfb\xf2\xf3\xe2\xe3]",
)
WAV: Final = _recording("audio/wav", "Audio", "a WAV recording", ".wav", rb"(?:RIFF|RF64).{4}WAVE")
FLAC: Final = _recording("audio/flac", "Audio", "a FLAC recording", ".flac", rb"fLaC")
OGG: Final = _recording("audio/ogg", "Audio", "an Ogg recording", ".ogg .oga .opus", rb"OggS")
PNG: Final = _picture("image/png", "Picture", "a PNG picture", ".png", rb"\x89PNG\r\n\x1a\n")
JPEG: Final = _picture("image/jpeg", "Picture", "a JPEG picture", ".jpg .jpeg", rb"\xff\xd8\xff")
GIF: Final = _picture("image/gif", "Picture", "a GIF picture", ".gif", rb"GIF8[79]a")
WEBP: Final = _picture("image/webp", "Picture", "a WebP picture", ".webp", rb"RIFF.{4}WEBP")
TIFF: Final = _picture(
    "image/tiff", "Picture", "a TIFF picture", ".tiff .tif", rb"II[*+]\0|MM\0[*+]"
)
BMP: Final = _picture(
    *("image/bmp", "Picture", "a BMP picture", ".bmp"),
    rb"BM.{4}\0{4}",  # reserved, always zero
)
HEIC: Final = _picture(
    *("image/heic", "Picture", "a HEIC picture", ".heic"),
    brands=tuple(b"heic heix heim heis hevc hevx mif1 msf1".split()),  # ISO 23008-12
)
AVIF: Final = _picture(
    *("image/avif", "Picture", "an AVIF picture", ".avif"),
    brands=(b"avif", b"avis"),  # AV1 Image File Format
)
SVG: Final = _text(
    *("image/svg+xml", "Picture", ".svg"),
    family="drawings",
    parser="ingest.parsers.image:parse_svg",
    shares_suffix=True,
    roots=("svg",),
    dated=IN_EXIF,
)
EPUB: Final = _binary(
    *("application/epub+zip", "EPUB", "an e-book", ".epub"),
    package=frozenset({"META-INF/container.xml"}),
    family="books",
    parser="ingest.parsers.web.web:parse_ebook",
    dated=".opf",
)
MAIL: Final = _text("message/rfc822", "Mail", ".eml .mht .mhtml", shares_suffix=True, **_mail)
OUTLOOK: Final = _binary(
    *("application/vnd.ms-outlook", "Outlook mail", "an Outlook message", ".msg"),
    ole_first=("__substg1.0_", "__properties_version1.0", "__nameid_version1.0"),
    **_mail,
)
MBOX: Final = _text(
    *("application/mbox", "Mailbox", ".mbox"),
    family="mail",
    parser="ingest.parsers.mail:parse_archive_list",
    opener="ingest.archives.mailbox:mbox_entries",
)
CALENDAR: Final = _text(
    *("text/calendar", "Calendar", ".ics"),
    family="mail",
    parser="ingest.parsers.mail:parse_calendar",
    opening=re.compile("BEGIN:VCALENDAR"),
)
SIGNED: Final = _archive(
    *("application/pkcs7-mime", "Signed file", "a signed file", ".p7m"),
    rb"\x30.{1,5}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02\x03]",  # RFC 5652, 5.1 and 6.1
    opener="ingest.archives.mailbox:signed_entries",
)
ZIP: Final = _archive(
    *("application/zip", "Archive", "a zip archive", ".zip"),
    opener="ingest.archives.packed:zip_entries",
)
SEVEN_ZIP: Final = _archive(
    *("application/x-7z-compressed", "Archive", "a 7-Zip archive", ".7z"),
    rb"7z\xbc\xaf\x27\x1c",
    opener="ingest.archives.seven_zip:seven_zip_entries",
)
TAR: Final = _archive(
    *("application/x-tar", "Archive", "a tar archive", ".tar"),
    rb".{257}ustar",  # POSIX.1-1988: magic of a header block
    opener="ingest.archives.packed:tar_entries",
)
GZIP: Final = _compressed(
    *("application/gzip", "Archive", "a gzip archive", ".gz", rb"\x1f\x8b\x08"),
    decompressor="gzip:open",
)
BZIP2: Final = _compressed(
    *("application/x-bzip2", "Archive", "a bzip2 archive", ".bz2", rb"BZh"), decompressor="bz2:open"
)
XZ: Final = _compressed(
    *("application/x-xz", "Archive", "an xz archive", ".xz", rb"\xfd7zXZ\0"),
    decompressor="lzma:open",
)

FORMATS: Final = (
    *(PDF, DOCX, PPTX, XLSB, XLSX, ODT, ODS, ODP, RTF, DOC, PPT, XLS),
    *(HTML, MARKDOWN, TEXT, RST, LATEX, CSV, TSV, JSON, JSON_LINES, YAML, XML),
    *(CODE, SUBTITLES, PNG, JPEG, GIF, WEBP, TIFF, BMP, HEIC, AVIF, SVG),
    *(MP4, M4A, MOV, WEBM, MKV, MP3, WAV, FLAC, OGG),
    *(EPUB, MAIL, OUTLOOK, MBOX, CALENDAR, SIGNED, ZIP, SEVEN_ZIP, TAR, GZIP, BZIP2, XZ),
)
BY_MEDIA_TYPE: Final = {each.media_type: each for each in FORMATS}
FAMILIES: Final = {
    family: [each for each in FORMATS if each.family == family]
    for family in dict.fromkeys(each.family for each in FORMATS)
}

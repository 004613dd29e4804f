"""The formats that are read: the one table of them. What it says is told in `Format`.

The order matters where two could take the same file: the first one has it.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from ingest.discovery import families
from ingest.discovery.format import IN_EXIF, IN_MAIL, IN_SUMMARY, Format

_OPC: Final = "[Content_Types].xml"  # ECMA-376, part 2: in every package
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OASIS: Final = "application/vnd.oasis.opendocument."
_DELIMITED: Final = "ingest.parsers.sheets.delimited:parse_delimited"
_STRUCTURED: Final = "ingest.parsers.data.structured:parse_structured"

_open_xml = partial(Format, family=families.OFFICE, dated="docProps/core.xml")
_open_document = partial(
    Format, family=families.OPEN_DOCUMENT, is_open_document=True, dated="meta.xml"
)
_old_office = partial(
    Format, family=families.OLD_OFFICE, parser="ingest.parsers.old_office:parse_old_office"
)
_text = partial(Format, is_text=True)
_data = partial(_text, family=families.DATA)
_picture = partial(
    Format,
    family=families.PICTURES,
    parser="ingest.parsers.images.image:parse_image",
    dated=IN_EXIF,
)
_mail = partial(
    Format,
    family=families.MAILS,
    parser="ingest.parsers.mail.mail:parse_mail",
    opener="ingest.archives.mailbox:mail_entries",
    dated=IN_MAIL,
)
_archive = partial(
    Format, family=families.ARCHIVES, parser="ingest.parsers.mail.archive_list:parse_archive_list"
)
_recording = partial(
    Format,
    family=families.RECORDINGS,
    parser="ingest.parsers.media.recording:parse_recording",
)
_compressed = partial(_archive, opener="ingest.archives.packed:compressed_entries")

PDF: Final = Format(
    media_type="application/pdf",
    name="PDF",
    family=families.PDF,
    parser="ingest.parsers.pdf.pdf:parse_pdf",
    opener="ingest.parsers.pdf.attached:attached_entries",
    suffixes=(".pdf",),
    called="a PDF",
    mark=re.compile(rb"%PDF-"),
    mark_within=1024,  # PDF 1.7, appendix H.3.4.1
)
DOCX: Final = _open_xml(
    media_type=f"{_OPEN_XML}wordprocessingml.document",
    name="Word",
    parser="ingest.parsers.word.word:parse_word",
    suffixes=(".docx", ".docm"),
    called="a Word document",
    package=frozenset({_OPC, "word/"}),
)
PPTX: Final = _open_xml(
    media_type=f"{_OPEN_XML}presentationml.presentation",
    name="PowerPoint",
    parser="ingest.parsers.slides.slides:parse_slides",
    suffixes=(".pptx", ".pptm"),
    called="a PowerPoint deck",
    package=frozenset({_OPC, "ppt/"}),
)
XLSB: Final = _open_xml(
    media_type="application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    name="binary Excel",
    family=families.BINARY_EXCEL,
    parser="ingest.parsers.sheets.binary_workbook:parse_binary_workbook",
    suffixes=(".xlsb",),
    called="an Excel workbook",
    package=frozenset({_OPC, "xl/workbook.bin"}),
)
XLSX: Final = _open_xml(
    media_type=f"{_OPEN_XML}spreadsheetml.sheet",
    name="Excel",
    parser="ingest.parsers.sheets.workbook:parse_workbook",
    suffixes=(".xlsx", ".xlsm"),
    called="an Excel workbook",
    package=frozenset({_OPC, "xl/"}),
)
ODT: Final = _open_document(
    media_type=f"{_OASIS}text",
    name="OpenDocument texts",
    parser="ingest.parsers.odf.text:parse_odf_text",
    suffixes=(".odt",),
    called="an OpenDocument text",
)
ODS: Final = _open_document(
    media_type=f"{_OASIS}spreadsheet",
    name="OpenDocument sheets",
    parser="ingest.parsers.odf.sheets:parse_odf_sheets",
    suffixes=(".ods",),
    called="an OpenDocument sheet",
)
ODP: Final = _open_document(
    media_type=f"{_OASIS}presentation",
    name="OpenDocument slides",
    parser="ingest.parsers.odf.slides:parse_odf_slides",
    suffixes=(".odp",),
    called="an OpenDocument presentation",
)
RTF: Final = Format(
    media_type="application/rtf",
    name="Rich Text",
    family=families.RICH_TEXT,
    parser="ingest.parsers.text.rich_text:parse_rich_text",
    suffixes=(".rtf",),
    called="a Rich Text file",
    mark=re.compile(rb"\{\\rtf"),
    opening=re.compile(r"\{\\rtf"),
)
DOC: Final = _old_office(
    media_type="application/msword",
    name="old Word",
    suffixes=(".doc",),
    called="a Word document",
    ole_streams=("WordDocument",),
)
PPT: Final = _old_office(
    media_type="application/vnd.ms-powerpoint",
    name="old PowerPoint",
    suffixes=(".ppt",),
    called="a PowerPoint deck",
    ole_streams=("PowerPoint Document",),
)
XLS: Final = Format(
    media_type="application/vnd.ms-excel",
    name="old Excel",
    family=families.BINARY_EXCEL,
    parser="ingest.parsers.sheets.binary_workbook:parse_binary_workbook",
    suffixes=(".xls",),
    called="an Excel workbook",
    ole_streams=("Workbook", "Book", "WORKBOOK", "BOOK"),
    dated=IN_SUMMARY,
)
HTML: Final = _text(
    media_type="text/html",
    name="web pages",
    family=families.WEB_AND_NOTES,
    parser="ingest.parsers.web.web:parse_web",
    suffixes=(".html", ".htm", ".xhtml"),
    shares_suffix=True,
    opening=re.compile(r"<(!doctype )?html", re.IGNORECASE),
    roots=("html",),
)
MARKDOWN: Final = _text(
    media_type="text/markdown",
    name="Markdown",
    family=families.WEB_AND_NOTES,
    parser="ingest.parsers.text.markdown:parse_markdown",
    suffixes=(".md", ".markdown", ".mdown", ".mkd"),
)
TEXT: Final = _text(
    media_type="text/plain",
    name="text",
    family=families.WEB_AND_NOTES,
    parser="ingest.parsers.text.plain:parse_plain",
    suffixes=(".txt",),
    shares_suffix=True,
)
RST: Final = _text(
    media_type="text/x-rst",
    name="reStructuredText",
    family=families.WEB_AND_NOTES,
    parser="ingest.parsers.text.restructured:parse_restructured",
    suffixes=(".rst", ".rest"),
)
LATEX: Final = _text(
    media_type="text/x-tex",
    name="LaTeX",
    family=families.PAPERS,
    parser="ingest.parsers.text.latex:parse_latex",
    suffixes=(".tex", ".latex", ".ltx"),
    opening=re.compile(r"(%[^\n]*\n|\s)*\\(documentclass|documentstyle)\b"),
)
CSV: Final = _data(media_type="text/csv", name="CSV", parser=_DELIMITED, suffixes=(".csv",))
TSV: Final = _data(
    media_type="text/tab-separated-values", name="TSV", parser=_DELIMITED, suffixes=(".tsv", ".tab")
)
JSON: Final = _data(
    media_type="application/json",
    name="JSON",
    parser=_STRUCTURED,
    suffixes=(".json", ".geojson", ".ipynb"),
    opening=re.compile(r"\{\s*(\"[^\"\n]*\"\s*:|\}\s*$)|\[\s*\{\s*\""),
)
JSON_LINES: Final = _data(
    media_type="application/x-ndjson",
    name="JSON lines",
    parser=_STRUCTURED,
    suffixes=(".jsonl", ".ndjson"),
)
YAML: Final = _data(
    media_type="application/yaml", name="YAML", parser=_STRUCTURED, suffixes=(".yaml", ".yml")
)
XML: Final = _data(
    media_type="application/xml",
    name="XML",
    parser=_STRUCTURED,
    suffixes=(".xml", ".xsd"),
    shares_suffix=True,
)
CODE: Final = _text(
    media_type="text/x-code",
    name="source code",
    family=families.SOURCE_CODE,
    parser="ingest.parsers.text.code:parse_code",
    suffixes=tuple(
        ".bash .bat .c .cc .cfg .clj .cmake .cpp .cs .css .cu .cxx .dart .el .erl .ex .exs "
        ".f90 .fs .go .gradle .groovy .h .hh .hpp .hs .ini .java .jl .js .jsx .kt .kts .less "
        ".lisp .lua .m .mjs .ml .mm .nim .nix .pas .php .pl .pm .proto .ps1 .py .pyi .r .rb "
        ".rs .sass .scala .scm .scss .sh .sql .swift .tcl .toml .ts .tsx .v .vb .vhd .vue "
        ".zig .zsh".split()
    ),
    opening=re.compile(r"#![^\n]*/"),
)
SUBTITLES: Final = _text(
    media_type="application/x-subrip",
    name="subtitles",
    family=families.SUBTITLES,
    parser="ingest.parsers.media.subtitles:parse_subtitles",
    suffixes=(".srt", ".vtt"),
    opening=re.compile(r"WEBVTT\b|\d{1,6}[ \t]*\n\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->"),
)
MP4: Final = _recording(
    media_type="video/mp4",
    name="MP4 films",
    suffixes=(".mp4", ".m4v"),
    called="an MP4 film",
    brands=(
        *b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 avc1 dash MSNV 3gp4 3gp5".split(),
        *(b"M4V ", b"M4VH", b"M4VP"),
    ),
)
M4A: Final = _recording(
    media_type="audio/mp4",
    name="M4A sound",
    suffixes=(".m4a", ".m4b"),
    called="an M4A recording",
    brands=(b"M4A ", b"M4B "),
)
MOV: Final = _recording(
    media_type="video/quicktime",
    name="QuickTime films",
    suffixes=(".mov", ".qt"),
    called="a QuickTime film",
    brands=(b"qt  ",),
    mark=re.compile(rb"\0.{3}(?:moov|mdat|wide|pnot)", re.DOTALL),  # those from before `ftyp`
)
WEBM: Final = _recording(
    media_type="video/webm",
    name="WebM films",
    suffixes=(".webm",),
    called="a WebM film",
    mark=re.compile(rb"\x1aE\xdf\xa3.{1,80}?\x42\x82.{1,8}?webm", re.DOTALL),  # RFC 8794: DocType
)
MKV: Final = _recording(
    media_type="video/x-matroska",
    name="Matroska films",
    suffixes=(".mkv", ".mka"),
    called="a Matroska film",
    mark=re.compile(rb"\x1aE\xdf\xa3"),
)
MP3: Final = _recording(
    media_type="audio/mpeg",
    name="MP3 sound",
    suffixes=(".mp3",),
    called="an MP3 recording",
    mark=re.compile(rb"ID3[\x02-\x04]|\xff[\xfa\xfb\xf2\xf3\xe2\xe3]"),
)
WAV: Final = _recording(
    media_type="audio/wav",
    name="WAV sound",
    suffixes=(".wav",),
    called="a WAV recording",
    mark=re.compile(rb"(?:RIFF|RF64).{4}WAVE", re.DOTALL),
)
FLAC: Final = _recording(
    media_type="audio/flac",
    name="FLAC sound",
    suffixes=(".flac",),
    called="a FLAC recording",
    mark=re.compile(rb"fLaC"),
)
OGG: Final = _recording(
    media_type="audio/ogg",
    name="Ogg sound",
    suffixes=(".ogg", ".oga", ".opus"),
    called="an Ogg recording",
    mark=re.compile(rb"OggS"),
)
PNG: Final = _picture(
    media_type="image/png",
    name="PNG pictures",
    suffixes=(".png",),
    called="a PNG picture",
    mark=re.compile(rb"\x89PNG\r\n\x1a\n"),
)
JPEG: Final = _picture(
    media_type="image/jpeg",
    name="JPEG pictures",
    suffixes=(".jpg", ".jpeg"),
    called="a JPEG picture",
    mark=re.compile(rb"\xff\xd8\xff"),
)
GIF: Final = _picture(
    media_type="image/gif",
    name="GIF pictures",
    suffixes=(".gif",),
    called="a GIF picture",
    mark=re.compile(rb"GIF8[79]a"),
)
WEBP: Final = _picture(
    media_type="image/webp",
    name="WEBP pictures",
    suffixes=(".webp",),
    called="a WebP picture",
    mark=re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
)
TIFF: Final = _picture(
    media_type="image/tiff",
    name="TIFF pictures",
    suffixes=(".tiff", ".tif"),
    called="a TIFF picture",
    mark=re.compile(rb"II[*+]\0|MM\0[*+]"),
)
BMP: Final = _picture(
    media_type="image/bmp",
    name="BMP pictures",
    suffixes=(".bmp",),
    called="a BMP picture",
    mark=re.compile(rb"BM.{4}\0{4}", re.DOTALL),  # reserved, always zero
)
HEIC: Final = _picture(
    media_type="image/heic",
    name="HEIC pictures",
    suffixes=(".heic",),
    called="a HEIC picture",
    brands=tuple(b"heic heix heim heis hevc hevx mif1 msf1".split()),  # ISO 23008-12
)
AVIF: Final = _picture(
    media_type="image/avif",
    name="AVIF pictures",
    suffixes=(".avif",),
    called="an AVIF picture",
    brands=(b"avif", b"avis"),  # AV1 Image File Format
)
SVG: Final = _text(
    media_type="image/svg+xml",
    name="SVG pictures",
    family=families.DRAWINGS,
    parser="ingest.parsers.images.svg:parse_svg",
    suffixes=(".svg",),
    shares_suffix=True,
    roots=("svg",),
    dated=IN_EXIF,
)
EPUB: Final = Format(
    media_type="application/epub+zip",
    name="EPUB",
    family=families.BOOKS,
    parser="ingest.parsers.web.ebook:parse_ebook",
    suffixes=(".epub",),
    called="an e-book",
    package=frozenset({"META-INF/container.xml"}),
    dated=".opf",
)
MAIL: Final = _mail(
    media_type="message/rfc822",
    name="mail",
    suffixes=(".eml", ".mht", ".mhtml"),
    is_text=True,
    shares_suffix=True,
)
OUTLOOK: Final = _mail(
    media_type="application/vnd.ms-outlook",
    name="Outlook mail",
    suffixes=(".msg",),
    called="an Outlook message",
    ole_first=("__substg1.0_", "__properties_version1.0", "__nameid_version1.0"),
)
MBOX: Final = _text(
    media_type="application/mbox",
    name="mailboxes",
    family=families.MAILS,
    parser="ingest.parsers.mail.archive_list:parse_archive_list",
    suffixes=(".mbox",),
    opener="ingest.archives.mailbox:mbox_entries",
)
ZIP: Final = _archive(
    media_type="application/zip",
    name="zip archives",
    suffixes=(".zip",),
    called="a zip archive",
    opener="ingest.archives.packed:zip_entries",
)
SEVEN_ZIP: Final = _archive(
    media_type="application/x-7z-compressed",
    name="7-Zip archives",
    suffixes=(".7z",),
    called="a 7-Zip archive",
    mark=re.compile(rb"7z\xbc\xaf\x27\x1c"),
    opener="ingest.archives.seven_zip:seven_zip_entries",
)
TAR: Final = _archive(
    media_type="application/x-tar",
    name="tar archives",
    suffixes=(".tar",),
    called="a tar archive",
    mark=re.compile(rb".{257}ustar", re.DOTALL),  # POSIX.1-1988: magic of a header block
    opener="ingest.archives.packed:tar_entries",
)
GZIP: Final = _compressed(
    media_type="application/gzip",
    name="gzip archives",
    suffixes=(".gz",),
    called="a gzip archive",
    mark=re.compile(rb"\x1f\x8b\x08"),
    decompressor="gzip:open",
)
BZIP2: Final = _compressed(
    media_type="application/x-bzip2",
    name="bzip2 archives",
    suffixes=(".bz2",),
    called="a bzip2 archive",
    mark=re.compile(rb"BZh"),
    decompressor="bz2:open",
)
XZ: Final = _compressed(
    media_type="application/x-xz",
    name="xz archives",
    suffixes=(".xz",),
    called="an xz archive",
    mark=re.compile(rb"\xfd7zXZ\0"),
    decompressor="lzma:open",
)

FORMATS: Final = (
    *(PDF, DOCX, PPTX, XLSB, XLSX, ODT, ODS, ODP, RTF, DOC, PPT, XLS),
    *(HTML, MARKDOWN, TEXT, RST, LATEX, CSV, TSV, JSON, JSON_LINES, YAML, XML),
    *(CODE, SUBTITLES, PNG, JPEG, GIF, WEBP, TIFF, BMP, HEIC, AVIF, SVG),
    *(MP4, M4A, MOV, WEBM, MKV, MP3, WAV, FLAC, OGG),
    *(EPUB, MAIL, OUTLOOK, MBOX, ZIP, SEVEN_ZIP, TAR, GZIP, BZIP2, XZ),
)
BY_MEDIA_TYPE: Final = {each.media_type: each for each in FORMATS}
FAMILIES: Final = {
    family: [each for each in FORMATS if each.family == family]
    for family in dict.fromkeys(each.family for each in FORMATS)
}

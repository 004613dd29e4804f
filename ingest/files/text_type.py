"""What kind of text this is: by what it begins with, then by its name. Knows only the beginning."""

from __future__ import annotations

import re
from typing import Final

from ingest.files.encoding import decode_text
from ingest.files.media_types import (
    CODE,
    CSV,
    HTML,
    JSON,
    JSON_LINES,
    LATEX,
    MAIL,
    MARKDOWN,
    MBOX,
    RST,
    RTF,
    SUBTITLES,
    SVG,
    TEXT,
    TSV,
    XML,
    YAML,
)

_SUFFIXES: Final = {
    ".csv": CSV,
    ".eml": MAIL,
    ".geojson": JSON,
    ".htm": HTML,
    ".html": HTML,
    ".ipynb": JSON,
    ".json": JSON,
    ".jsonl": JSON_LINES,
    ".latex": LATEX,
    ".ltx": LATEX,
    ".markdown": MARKDOWN,
    ".mbox": MBOX,
    ".md": MARKDOWN,
    ".mdown": MARKDOWN,
    ".mht": MAIL,
    ".mhtml": MAIL,
    ".mkd": MARKDOWN,
    ".ndjson": JSON_LINES,
    ".rest": RST,
    ".rst": RST,
    ".srt": SUBTITLES,
    ".svg": SVG,
    ".tab": TSV,
    ".tex": LATEX,
    ".tsv": TSV,
    ".vtt": SUBTITLES,
    ".xhtml": HTML,
    ".xml": XML,
    ".xsd": XML,
    ".yaml": YAML,
    ".yml": YAML,
    **dict.fromkeys(
        ".bash .bat .c .cc .cfg .clj .cmake .cpp .cs .css .cu .cxx .dart .el .erl .ex .exs "
        ".f90 .fs .go .gradle .groovy .h .hh .hpp .hs .ini .java .jl .js .jsx .kt .kts .less "
        ".lisp .lua .m .mjs .ml .mm .nim .nix .pas .php .pl .pm .proto .ps1 .py .pyi .r .rb "
        ".rs .sass .scala .scm .scss .sh .sql .swift .tcl .toml .ts .tsx .v .vb .vhd .vue "
        ".zig .zsh".split(),
        CODE,
    ),
}
_HEADERS: Final = (
    "from to cc bcc subject date sender reply-to received return-path message-id mime-version "
    "delivered-to content-type x-mailer in-reply-to references dkim-signature arc-seal".split()
)
_SURE_HEADERS: Final = frozenset(
    "received return-path message-id mime-version delivered-to dkim-signature".split()
)
_HEADER: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|$)")
_LEAST_HEADERS: Final = 3
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_PROLOG: Final = re.compile(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", re.DOTALL)
_STARTS: Final = (
    (re.compile(r"\{\\rtf"), RTF),
    (re.compile(r"WEBVTT\b"), SUBTITLES),
    (re.compile(r"\d{1,6}[ \t]*\n\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->"), SUBTITLES),
    (re.compile(r"(%[^\n]*\n|\s)*\\(documentclass|documentstyle)\b"), LATEX),
    (re.compile(r"#![^\n]*/"), CODE),
    (re.compile(r"\{\s*(\"[^\"\n]*\"\s*:|\}\s*$)|\[\s*\{\s*\""), JSON),
)
_MBOX: Final = re.compile(r"From \S(?=[^\n]*\d{2}:\d{2})[^\n]*\n")


def is_text_suffix(suffix: str) -> bool:
    """Say whether a name's suffix (in small letters) stands for a kind of text."""
    return suffix in _SUFFIXES


def text_type(head: bytes, suffix: str) -> str:
    """Return the media type of a text that begins with `head`."""
    start = decode_text(head).lstrip()
    named = _SUFFIXES.get(suffix)
    if named in {None, XML, SVG, MAIL, HTML}:
        return _by_content(start) or named or TEXT
    return named or TEXT


def _by_content(start: str) -> str | None:
    if start.startswith("<"):
        return _markup_type(start)
    if _MBOX.match(start) and _is_mail(start.partition("\n")[2]):
        return MBOX
    if _is_mail(start):
        return MAIL
    return next((kind for mark, kind in _STARTS if mark.match(start)), None)


def _markup_type(start: str) -> str | None:
    """Tell markup by its first element; a page's, an XML file's that says so, or a drawing's."""
    if start[:14].lower().startswith(("<!doctype html", "<html")):
        return HTML
    root = _ROOT.match(_PROLOG.sub("", start).lstrip())
    name = root.group(1).lower() if root else ""
    if name in {"svg", "html"}:
        return SVG if name == "svg" else HTML
    return XML if root and start.startswith("<?xml") else None


def _is_mail(start: str) -> bool:
    """Say whether a text begins with the head of a mail (RFC 5322, 2.2)."""
    names: list[str] = []
    for line in start.split("\n"):
        if line[:1] in {" ", "\t"} and names:
            continue
        found = _HEADER.match(line)
        if not found:
            break
        names.append(found.group(1).lower())
    known = {name for name in names if name in _HEADERS}
    return len(known) >= _LEAST_HEADERS and bool(known & _SURE_HEADERS or {"from", "to"} <= known)

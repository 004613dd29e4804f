"""What kind of text this is: by what it begins with, then by its name. Knows only the beginning."""

from __future__ import annotations

import re
from typing import Final

from ingest.discovery.encoding import decode_text
from ingest.discovery.formats import FORMATS, MAIL, MBOX, TEXT, XML

_BY_SUFFIX: Final = {suffix: each for each in FORMATS if each.is_text for suffix in each.suffixes}
_BY_ROOT: Final = {root: each.media_type for each in FORMATS for root in each.roots}
_HEADERS: Final = (
    "from to cc bcc subject date sender reply-to received return-path message-id mime-version "
    "delivered-to content-type x-mailer in-reply-to references dkim-signature arc-seal".split()
)
_SURE_HEADERS: Final = frozenset(
    "received return-path message-id mime-version delivered-to dkim-signature".split()
)
_HEADER: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|$)")
_MIN_HEADERS: Final = 3
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_PROLOG: Final = re.compile(
    r"(?:\s++|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*+(?:\[.*?\])?\s*+>)*+", re.DOTALL
)
_MBOX: Final = re.compile(r"From \S(?=[^\n]*\d{2}:\d{2})[^\n]*\n")


def is_text_suffix(suffix: str) -> bool:
    """Say whether a name's suffix (in small letters) stands for a kind of text."""
    return suffix in _BY_SUFFIX


def text_type(head: bytes, suffix: str) -> str:
    """Return the media type of a text that begins with `head`."""
    named = _BY_SUFFIX.get(suffix, TEXT)
    told = _by_content(decode_text(head).lstrip()) if named.shares_suffix else None
    return told or named.media_type


def _by_content(start: str) -> str | None:
    if start.startswith("<"):
        return _opened(start) or _markup_type(start)
    if _MBOX.match(start) and _is_mail(start.partition("\n")[2]):
        return MBOX.media_type
    return MAIL.media_type if _is_mail(start) else _opened(start)


def _opened(start: str) -> str | None:
    kinds = (each.media_type for each in FORMATS if each.opening and each.opening.match(start))
    return next(kinds, None)


def _markup_type(start: str) -> str | None:
    """Tell markup by its first element; else it is an XML file where it says so."""
    prolog = _PROLOG.match(start)
    root = _ROOT.match(start, prolog.end()) if prolog else None
    if not root:
        return None
    is_xml = start.startswith("<?xml")
    return _BY_ROOT.get(root.group(1).lower(), XML.media_type if is_xml else None)


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
    return len(known) >= _MIN_HEADERS and bool(known & _SURE_HEADERS or {"from", "to"} <= known)

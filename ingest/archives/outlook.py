"""Outlook messages (.msg) as the mails that they stand for.

Knows the message file format ([MS-OXMSG]: properties as streams of a compound file), its packed
rich text ([MS-OXRTFCP], a kind of LZ77) and MIME; stores nothing. A body that is kept in several
forms is taken as plain text, else as a web page, else as rich text.
"""

from __future__ import annotations

import email.policy
import mimetypes
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from typing import Final

from olefile import OleFileIO

from ingest.discovery.encoding import decode_text
from rag.errors import LimitError, SourceError

_WINDOW_BYTES: Final = 4096
_RTF_HEAD_BYTES: Final = 16
_PACKED, _PLAIN = b"LZFu", b"MELA"
_COMMON_RTF: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""Words that stand in the window before the first byte ([MS-OXRTFCP] 2.1.2.1)."""


def unpack_rtf(data: bytes) -> bytes:
    """Return the rich text, or its beginning. Raises ValueError, struct.error."""
    size_bytes, kind = struct.unpack_from("<4xL4s", data)
    if kind not in {_PACKED, _PLAIN}:
        raise ValueError("rich text that is packed in no known way")
    packed = data[_RTF_HEAD_BYTES:]
    return (_unpacked_rtf(packed) if kind == _PACKED else packed)[:size_bytes]


def _unpacked_rtf(packed: bytes) -> bytes:
    """Read eight tokens a turn: a byte as it is, or the place of words that came before."""
    text = bytearray(_COMMON_RTF.rjust(_WINDOW_BYTES))
    at = 0
    while at < len(packed):
        kinds, at = packed[at], at + 1
        for bit in range(8):
            if not kinds >> bit & 1:
                text += packed[at : at + 1]
                at += 1
            elif not _repeat(text, packed[at : at + 2]):
                return bytes(text[_WINDOW_BYTES:])
            else:
                at += 2
    return bytes(text[_WINDOW_BYTES:])


def _repeat(text: bytearray, reference: bytes) -> bool:
    """Put the words of a reference, 12 bits of place and 4 of length; False at the end."""
    place, length = divmod(int.from_bytes(reference, "big"), 16)
    back = (len(text) + len(_COMMON_RTF) - place) % _WINDOW_BYTES
    if not back or len(reference) < 2:  # noqa: PLR2004 - bytes of a reference
        return False
    for _ in range(length + 2):
        text.append(text[-back])
    return True


COMPOUND_FILE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_ATTACHED: Final = 1_000
"""More attachments than any message has that people wrote."""

DEEPEST: Final = 10
"""Messages attached to each other that are opened; those below are left out."""

_PROPERTIES: Final = "__properties_version1.0"
_ATTACHED: Final = "__attach_version1.0_#"
_HEAD_BYTES: Final = {"message": 32, "inner": 24, "attachment": 8}  # [MS-OXMSG] 2.4.1
_TEXT, _NARROW_TEXT, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D
_TIME, _NUMBER = 0x0040, 0x0003

# The numbers of properties ([MS-OXPROPS]), then of ways to attach ([MS-OXCMSG] 2.2.2.9).
_SUBJECT, _SENDER, _TO, _CC = 0x0037, 0x0C1A, 0x0E04, 0x0E03
_SENDER_ADDRESS, _SENDER_SMTP = 0x0C1F, 0x5D01
_SENT, _DELIVERED = 0x0039, 0x0E06
_BODY, _HTML, _RICH, _CODE_PAGE = 0x1000, 0x1013, 0x1009, 0x3FFD
_DATA, _METHOD, _LONG_NAME, _NAME = 0x3701, 0x3705, 0x3707, 0x3704
_MEDIA_TYPE, _CONTENT_ID = 0x370E, 0x3712
_BY_VALUE, _MESSAGE = 1, 5
_NAMES: Final = "__nameid_version1.0"
_MEETINGS: Final = bytes.fromhex("0220060000000000c000000000000046")  # PSETID_Appointment
_PLACE, _START, _END, _PATTERN = 0x8208, 0x820D, 0x820E, 0x8232  # [MS-OXOCAL] 2.2.1
_STREAM: Final = 2  # [MS-CFB] 2.6.1: the type of a directory entry
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)

Path = tuple[str, ...]
"""Names from the root of the compound file to a storage."""


def read_outlook(data: bytes) -> EmailMessage:
    """Return the mail that a message file holds. Raises SourceError where it is damaged."""
    try:
        with OleFileIO(BytesIO(data)) as file:
            return _message(file, (), "message")
    except (OSError, ValueError, TypeError, LookupError, struct.error, RecursionError) as error:
        raise SourceError(
            f"The Outlook message is damaged ({type(error).__name__}).",
            hint="Save it again from Outlook, or as .eml.",
        ) from error


@dataclass(frozen=True, slots=True)
class _Properties:
    """What one storage says: values of fixed size from one stream, others in one stream each."""

    file: OleFileIO
    path: Path
    fixed: Mapping[tuple[int, int], bytes]

    @classmethod
    def of(cls, file: OleFileIO, path: Path, kind: str) -> _Properties:
        entries = (_stream(file, (*path, _PROPERTIES)) or b"")[_HEAD_BYTES[kind] :]
        whole = entries[: len(entries) // 16 * 16]
        rows = struct.iter_unpack("<HHL8s", whole)
        return cls(file, path, {(name, form): value for form, name, _, value in rows})

    def text(self, *names: int) -> str:
        """Return the first of these that says something, as one string; "" where none does."""
        for name in names:
            wide = self._value(name, _TEXT)
            if wide is not None:
                text = wide.decode("utf-16-le", "replace").replace("\0", "")
            else:
                narrow = self._value(name, _NARROW_TEXT) or b""
                text = decode_text(narrow, declared=f"cp{self.number(_CODE_PAGE)}")
            if text.strip():
                return text.strip()
        return ""

    def binary(self, name: int) -> bytes:
        return self._value(name, _BINARY) or b""

    def number(self, name: int) -> int:
        (value,) = struct.unpack("<L", self.fixed.get((name, _NUMBER), bytes(8))[:4])
        return int(value)

    def time(self, *names: int) -> datetime | None:
        """Return the first of these that is a time: steps of 100 ns since 1601."""
        for name in names:
            (steps,) = struct.unpack("<Q", self.fixed.get((name, _TIME), bytes(8)))
            try:
                return _EPOCH + timedelta(microseconds=steps // 10) if steps else None
            except OverflowError:
                continue
        return None

    def _value(self, name: int, form: int) -> bytes | None:
        return _stream(self.file, (*self.path, _stream_name(name, form)))


def _stream_name(name: int, form: int) -> str:
    return f"__substg1.0_{name:04X}{form:04X}"


def _stream(file: OleFileIO, path: Path) -> bytes | None:
    if file.get_type(list(path)) != _STREAM:
        return None
    data: bytes = file.openstream(list(path)).read()
    return data


def _message(file: OleFileIO, path: Path, kind: str, *, depth: int = 0) -> EmailMessage:
    properties = _Properties.of(file, path, kind)
    mail = EmailMessage(policy=email.policy.default)
    for name, value in _headers(properties):
        mail.set_raw(name, _in_ascii(value))
    text, page = properties.text(_BODY), properties.binary(_HTML)
    rich = properties.binary(_RICH)
    if page and not text:
        mail.set_content(page, "text", "html")
    elif rich and not text:
        mail.set_content(unpack_rtf(rich), "text", "rtf")
    else:
        mail.set_content(text)
    calendar = _calendar(properties)
    if calendar:
        mail.add_alternative(calendar, subtype="calendar")
    for attachment in _attachments(file, path):
        _attach(mail, file, attachment, depth=depth)
    return mail


def _headers(message: _Properties) -> Iterator[tuple[str, str]]:
    sender, address = message.text(_SENDER), message.text(_SENDER_SMTP, _SENDER_ADDRESS)
    named = f"{sender} <{address}>" if "@" in address and address != sender else sender or address
    sent = message.time(_SENT, _DELIVERED)
    values = {
        "Subject": message.text(_SUBJECT),
        "From": named,
        "To": _addressed(message.text(_TO)),
        "Cc": _addressed(message.text(_CC)),
        "Date": format_datetime(sent) if sent else "",
    }
    for name, value in values.items():
        line = " ".join(value.split())
        if line:
            yield name, line


def _addressed(names: str) -> str:
    """Return names that semicolons part as the list of a mail's header, which commas part."""
    parted = (name.strip() for name in names.split(";"))
    return ", ".join(f'"{name}"' if "," in name else name for name in parted if name)


def _in_ascii(value: str) -> str:
    """Return a header's value as it stands in a mail (RFC 2047)."""
    return value if value.isascii() else Header(value, "utf-8").encode(maxlinelen=0)


def _named(file: OleFileIO) -> dict[int, int]:
    """Return the numbers by which this file calls the properties of meetings ([MS-OXMSG] 2.2.3)."""
    sets = _stream(file, (_NAMES, _stream_name(0x0002, _BINARY))) or b""
    rows = _stream(file, (_NAMES, _stream_name(0x0003, _BINARY))) or b""
    return {
        name: 0x8000 + number
        for name, kind, number in struct.iter_unpack("<LHH", rows[: len(rows) // 8 * 8])
        if sets[(kind >> 1) * 16 - 48 :][:16] == _MEETINGS and not kind & 1
    }


def _calendar(message: _Properties) -> str:
    """Return a meeting as a calendar (RFC 5545); "" for a message that is about none."""
    names = _named(message.file)
    start, end = (message.time(names[n]) if n in names else None for n in (_START, _END))
    if start is None:
        return ""
    place, repeats = (message.text(names[n]) if n in names else "" for n in (_PLACE, _PATTERN))
    escaped = re.sub(r"([\\,;])", r"\\\1", " ".join(place.split()))
    lines = [
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        *([f"DTEND:{end:%Y%m%dT%H%M%SZ}"] if end else []),
        f"LOCATION:{escaped}",
        f"RRULE:{' '.join(repeats.split())}",
    ]
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


def _attachments(file: OleFileIO, path: Path) -> list[Path]:
    depth = len(path)
    found = {
        tuple(entry[: depth + 1])
        for entry in file.listdir()
        if len(entry) > depth + 1
        and tuple(entry[:depth]) == path
        and entry[depth].startswith(_ATTACHED)
    }
    if len(found) > MAX_ATTACHED:
        raise LimitError(f"The mail has more than {MAX_ATTACHED:,} attachments.")
    return sorted(found)


def _attach(mail: EmailMessage, file: OleFileIO, path: Path, *, depth: int) -> None:
    """Add an attachment; of a link, or an object of another program, its name alone."""
    properties = _Properties.of(file, path, "attachment")
    name = " ".join(properties.text(_LONG_NAME, _NAME).split())
    method = properties.number(_METHOD)
    if method == _MESSAGE and depth < DEEPEST:
        inner = (*path, _stream_name(_DATA, _OBJECT))
        mail.add_attachment(_message(file, inner, "inner", depth=depth + 1))
    elif method == _BY_VALUE:
        # Of a picture its kind; all else is told by its content.
        told = properties.text(_MEDIA_TYPE) or mimetypes.guess_type(name)[0] or ""
        maintype, _, subtype = told.lower().partition("/")
        if maintype != "image" or not subtype.replace("+", "").replace("-", "").isalnum():
            maintype, subtype = "application", "octet-stream"
        content_id = properties.text(_CONTENT_ID)
        mail.add_attachment(
            properties.binary(_DATA),
            maintype,
            subtype,
            filename=name or None,
            cid=f"<{''.join(content_id.split())}>" if content_id.isascii() and content_id else None,
        )
    else:
        mail.add_attachment(b"", "application", "x-ole-storage")
        [*_, left] = mail.iter_parts()
        del left["Content-Disposition"]
        left["Content-Description"] = _in_ascii(name or "an object")

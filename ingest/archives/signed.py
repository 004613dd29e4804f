"""Signed files and mails in opaque form (.p7m): what the signature encloses.

Knows the outer layers of CMS (RFC 5652) in BER (X.690), and S/MIME (RFC 8551); checks no signature
and opens nothing that is encrypted.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.entry import Entry
from rag.datamodel import SourceFile
from rag.errors import SourceError

_SIGNED: Final = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2, RFC 5652, 5.1
_OPAQUE: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_MAIL_NAMES: Final = ("", "smime.p7m")
DEEPEST: Final = 10
"""Signatures around each other that are opened, and pieces of pieces."""

_SEQUENCE, _SET, _INTEGER, _OID, _OCTETS, _FIRST, _CONSTRUCTED = 0x30, 0x31, 2, 6, 4, 0xA0, 0x20
_END: Final = b"\0\0"


class _Reader:
    """BER read from its beginning. Raises ValueError or IndexError for what does not belong."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def enter(self, tag: int) -> int | None:
        """Go to the first byte of a value of this tag; return its end, None where it is open."""
        if self._data[self._at] != tag:
            raise ValueError(f"no value of tag {tag:x}")
        first, self._at = self._data[self._at + 1], self._at + 2
        if first == 0x80:  # noqa: PLR2004 - X.690, 8.1.3.6: an end of contents closes it
            return None
        count = first & 0x7F if first & 0x80 else 0
        self._at += count
        told = self._data[self._at - count : self._at]
        return self._at + (int.from_bytes(told, "big") if count else first)

    def value(self, tag: int) -> bytes:
        """Return a value that is in one piece, and go behind it."""
        end = self.enter(tag)
        if end is None or end > len(self._data):
            raise ValueError("a value without an end")
        start, self._at = self._at, end
        return self._data[start:end]

    def skip(self, tag: int) -> None:
        """Go behind a value; an open one only where its values have ends."""
        end = self.enter(tag)
        if end is not None:
            self._at = end
            return
        while not self._closed():
            self.skip(self._data[self._at])

    def octets(self, depth: int = 0) -> bytes:
        """Return a string of bytes, in one piece or in several (X.690, 8.7)."""
        if self._data[self._at] == _OCTETS:
            return self.value(_OCTETS)
        if depth > DEEPEST:
            raise ValueError("pieces of pieces without end")
        end = self.enter(_OCTETS | _CONSTRUCTED)
        pieces = []
        while not (self._closed() if end is None else self._at >= end):
            pieces.append(self.octets(depth + 1))
        return b"".join(pieces)

    def _closed(self) -> bool:
        closed = self._data.startswith(_END, self._at)
        self._at += len(_END) if closed else 0
        return closed


def enclosed(data: bytes) -> bytes:
    """Return what a signature encloses. Raises SourceError where it is encrypted or damaged."""
    reader = _Reader(data)
    try:
        reader.enter(_SEQUENCE)
        if reader.value(_OID) != _SIGNED:
            raise SourceError(
                "The file is encrypted, and is opened by its recipient's key only.",
                hint="Save its content from the program that can open it.",
            )
        for tag in (_FIRST, _SEQUENCE):
            reader.enter(tag)
        for tag in (_INTEGER, _SET):
            reader.skip(tag)
        reader.enter(_SEQUENCE)
        reader.skip(_OID)
        reader.enter(_FIRST)
        return reader.octets()
    except (ValueError, IndexError, RecursionError) as error:
        raise SourceError(
            "The signed file is damaged, or holds the signature alone.",
            hint="Add the file that was signed.",
        ) from error


def signed_entries(file: SourceFile, *, spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield the one file that was signed; it goes by the name without the suffix."""
    del spool, max_bytes
    name = PurePosixPath(file.source).name
    inner = "message.eml" if name.lower() in _MAIL_NAMES else name.removesuffix(".p7m")
    data = enclosed(file.at.read_bytes())
    yield Entry(
        name=inner if inner != name else f"{name} (signed)",
        size_bytes=len(data),
        blocks=lambda: iter([data]),
    )


def opened(message: EmailMessage) -> EmailMessage:
    """Return a mail with what its opaque signatures enclose in their place."""
    message = _opened(message)
    waiting: list[MIMEPart] = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inner = [_opened(p) for p in part.get_payload() if isinstance(p, EmailMessage)]
            part.set_payload(list(inner))
            waiting += inner
    return message


def _opened(part: EmailMessage) -> EmailMessage:
    for _ in range(DEEPEST):
        inner = _within(part) if part.get_content_type() in _OPAQUE else None
        if inner is None:
            break
        for name, value in part.raw_items():
            if not name.lower().startswith(("content-", "mime-")) and name not in inner:
                inner.set_raw(name, value)
        part = inner
    return part


def _within(part: EmailMessage) -> EmailMessage | None:
    """Return the part that a signature encloses; None where it is a file, or stays closed."""
    payload = part.get_payload(decode=True)
    try:
        data = enclosed(payload if isinstance(payload, bytes) else b"")
        name = (part.get_filename() or "").lower()
    except (SourceError, ValueError, TypeError, LookupError, AttributeError):
        return None
    inner = email.message_from_bytes(data, policy=email.policy.default)
    return inner if "Content-Type" in inner or name in _MAIL_NAMES else None

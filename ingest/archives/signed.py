"""Signed files and mails in opaque form (.p7m): what the signature encloses.

Knows S/MIME (RFC 8551); checks no signature and opens nothing that is encrypted.
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

_OPAQUE: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_MAIL_NAMES: Final = ("", "smime.p7m")
DEEPEST: Final = 10
"""Signatures around each other that are opened."""

_DAMAGED: Final = "The signed file is damaged, or holds the signature alone."
_ADD_IT: Final = "Add the file that was signed."


def enclosed(data: bytes) -> bytes:
    """Return what a signature encloses (RFC 5652, 5.1).

    Raises SourceError where it is encrypted or damaged.
    """
    from asn1crypto.cms import ContentInfo  # noqa: PLC0415 - only for what is signed

    try:
        info = ContentInfo.load(data)
        is_signed = info["content_type"].native == "signed_data"
        held = info["content"]["encap_content_info"]["content"].native if is_signed else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise SourceError(_DAMAGED, hint=_ADD_IT) from error
    if not is_signed:
        raise SourceError(
            "The file is encrypted, and is opened by its recipient's key only.",
            hint="Save its content from the program that can open it.",
        )
    if held is None:
        raise SourceError(_DAMAGED, hint=_ADD_IT)
    return bytes(held)


def signed_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the one file that was signed; it goes by the name without the suffix."""
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

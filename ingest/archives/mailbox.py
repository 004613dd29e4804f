"""Mails, mailboxes and signed files taken apart: messages of a box, attachments of a message.

Knows RFC 5322, MIME, mbox and opaque signatures (.p7m, RFC 8551); stores nothing, checks no
signature and opens nothing that is encrypted. Mails that a mail holds stay closed: each is a
member, and is taken apart in its own turn.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.code_pages import name_of
from ingest.archives.containers import BLOCK_BYTES, Entry, cut_name
from ingest.archives.outlook import COMPOUND_FILE, read_outlook
from rag.datamodel import SourceFile
from rag.errors import LimitError, SourceError

MAX_PARTS: Final = 5_000
"""More parts than any mail has that people wrote."""

_OPAQUE: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_MAIL_NAMES: Final = ("", "smime.p7m")
DEEPEST: Final = 10
"""Signatures around each other that are opened."""

_DAMAGED: Final = "The signed file is damaged, or holds the signature alone."
_ADD_IT: Final = "Add the file that was signed."

SUBJECT_LETTERS: Final = 80
LONGEST_MESSAGE_BYTES: Final = 100_000_000
_SIGNATURES: Final = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
    "text/x-vcard",
    "text/vcard",
)
_FROM: Final = re.compile(rb"^From [^\n]{0,300}\d{2}:\d{2}[^\n]{0,100}\r?\n?$")
_QUOTED_FROM: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_NAME: Final = re.compile(r"name=\"?([^\";\r\n]+)")
_UNSAFE: Final = re.compile(r"[\\/:*?\"<>|\s]+")


def read_message(data: bytes) -> EmailMessage:
    """Read a mail or an Outlook message. Raises SourceError where it is damaged, LimitError."""
    if data.startswith(COMPOUND_FILE):
        message = read_outlook(data)
    else:
        message = _with_enclosed(email.message_from_bytes(data, policy=email.policy.default))
    if sum(1 for _ in leaves(message)) > MAX_PARTS:
        raise LimitError(f"The mail has more than {MAX_PARTS:,} parts.")
    return message


def leaves(message: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the parts that hold something, in order; an attached mail is one of them."""
    waiting: list[MIMEPart] = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inner = [p for p in part.get_payload() if isinstance(p, MIMEPart)]
            waiting += reversed(inner)
        else:
            yield part


def file_name(part: MIMEPart) -> str:
    """Return the name that a part goes by; "" where it has none or it can't be read."""
    try:
        name = part.get_filename() or ""
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return ""  # the library's own on odd headers
    if "\ufffd" not in name:
        return name
    # It was written in bytes of some code page, as no standard allows.
    found = _NAME.search("\n".join(str(value) for _, value in part.raw_items()))
    return name_of(found[1]) if found else name


def is_attached_file(part: MIMEPart) -> bool:
    """Say whether a part is a file of its own: named, or a mail; pictures belong to the mail."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return part.is_multipart()
    is_picture = part.get_content_maintype() == "image" and kind != "image/svg+xml"
    is_words = is_picture or is_invitation(part) or kind in _SIGNATURES
    return bool(file_name(part)) and not is_words


def is_invitation(part: MIMEPart) -> bool:
    """Say whether a part is a calendar that belongs to the mail's text."""
    return part.get_content_type() == "text/calendar" and not part.is_attachment()


def mail_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the attached files of a mail."""
    for part in filter(is_attached_file, leaves(read_message(file.at.read_bytes()))):
        if part.get_content_type() == "message/rfc822":
            data = _message_bytes(part.get_content())
            name = file_name(part) or _safe(subject_of(data)) or "message"
            name = name if name.lower().endswith(".eml") else f"{name}.eml"
            yield Entry(name=name, size_bytes=len(data), blocks=partial(iter, [data]))
        else:
            name = _safe(file_name(part))
            yield Entry(name=name, blocks=lambda part=part: iter([part_bytes(part)]))  # type: ignore[misc]  # its own part


def mbox_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the messages of a mailbox, as mails named by their number and subject."""
    for number, data in enumerate(messages(file.at), 1):
        name = f"{number:04d} {_safe(subject_of(data))}".strip() + ".eml"
        yield Entry(name=name, size_bytes=len(data), blocks=partial(iter, [data]))


def messages(path: Path) -> Iterator[bytes]:
    """Yield the messages of an mbox file (RFC 4155; `>From` lines unquoted)."""
    lines: list[bytes] = []
    size = 0
    after_blank = True
    with path.open("rb") as stream:
        while line := stream.readline(BLOCK_BYTES):
            if after_blank and _FROM.match(line):
                if lines:
                    yield _unquoted(lines)
                lines, size = [], 0
            else:
                lines.append(line)
                size += len(line)
            if size > LONGEST_MESSAGE_BYTES:
                raise SourceError("The mailbox holds a message of more than 100 MB.")
            after_blank = not line.strip()
    if lines:
        yield _unquoted(lines)


def subject_of(data: bytes) -> str:
    """Return a mail's subject, or ""."""
    head = data[:65_536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    message = email.message_from_bytes(head, policy=email.policy.default)
    try:
        return " ".join(str(message.get("Subject", "")).split())
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return ""


def part_bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _message_bytes(message: object) -> bytes:
    if not isinstance(message, EmailMessage):
        return b""
    try:
        return message.as_bytes(policy=email.policy.compat32)
    except Exception as error:  # the library raises many kinds on odd mails
        raise SourceError("The attached mail is damaged.") from error


def _safe(name: str) -> str:
    """Return a name as one part of a source: no slashes."""
    return cut_name(_UNSAFE.sub(" ", name).strip(" ."), SUBJECT_LETTERS)


def _unquoted(lines: list[bytes]) -> bytes:
    return _QUOTED_FROM.sub(rb"\1", b"".join(lines))


def enclosed(data: bytes) -> bytes:
    """Return what a signature encloses (RFC 5652, 5.1). Raises SourceError."""
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


def _with_enclosed(message: EmailMessage) -> EmailMessage:
    """Return a mail with what its opaque signatures enclose in their place."""
    message = _unsigned(message)
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inner = [_unsigned(p) for p in part.get_payload() if isinstance(p, EmailMessage)]
            part.set_payload(list(inner))
            waiting += inner
    return message


def _unsigned(part: EmailMessage) -> EmailMessage:
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
    try:
        data = enclosed(part_bytes(part))
        name = (part.get_filename() or "").lower()
    except (SourceError, ValueError, TypeError, LookupError, AttributeError):
        return None
    inner = email.message_from_bytes(data, policy=email.policy.default)
    return inner if "Content-Type" in inner or name in _MAIL_NAMES else None

"""E-mails (.eml, .msg), pages saved as one file (.mht), and lists of what archives hold.

Of a mail head, body, invitations, pictures. Attachments' names are words, never paths. Attached
pictures belong to the mail; other attachments are named here and read as files of their own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.containers import entries, is_junk, shown_name
from ingest.archives.mailbox import (
    file_name,
    is_attached_file,
    is_invitation,
    leaves,
    part_bytes,
    read_message,
)
from ingest.discovery.encoding import decode_text
from ingest.discovery.formats import MBOX, RTF
from ingest.parsers.base.elements import (
    document_of,
    heading,
    list_element,
    meaningful_title,
    one_line,
    text_element,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_note
from ingest.parsers.mail.calendar import calendar_elements
from ingest.parsers.text.markup import rich_text_elements
from ingest.parsers.text.plain import plain_elements
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_HEAD: Final = ("From", "To", "Cc", "Date")
_ONE_OF: Final = ("alternative", "related")
_RICH: Final = frozenset({"text/rtf", RTF.media_type})


def parse_mail(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RFC 5322 through the standard library.

    Outlook's messages as `ingest.archives.outlook` tells them.
    """
    data = file.at.read_bytes()
    message = read_message(data)
    pictures = Pictures(assets)
    subject = _header(message, "Subject")
    title, body = body_elements(message, pictures)
    invitations = filter(is_invitation, leaves(message))
    head = [f"{name}: {words}" for name in _HEAD if (words := _header(message, name))]
    elements = [
        *text_element(subject, "title"),
        *text_element("\n".join(head)),
        *body,
        *(e for part in invitations for e in calendar_elements(_decoded(part))),
        *_attachments(message, pictures),
    ]
    return document_of(
        file,
        elements,
        title=meaningful_title(subject, title),
        warnings=(*pictures.warnings, *unread_note(_unread(message))),
    )


def _unread(message: EmailMessage) -> Iterator[str]:
    """Yield what describes parts that are no text, no picture, and have no name of a file."""
    for part in leaves(message):
        is_shown = part.get_content_maintype() in {"text", "image", "multipart"}
        if not (is_shown or file_name(part) or is_attached_file(part) or _is_rich(part)):
            yield _header(part, "Content-Description") or part.get_content_type()


def _header(message: MIMEPart, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except (ValueError, TypeError, IndexError, AttributeError):  # the parser's own on odd headers
        return ""


def body_elements(message: EmailMessage, pictures: Pictures) -> tuple[str, list[Element]]:
    """Return the title and elements of the body: its plain texts, else pages, else its RTF."""
    parts = [_text_elements(part, message, pictures) for part in _texts(message)]
    rich = None if parts else next(filter(_is_rich, leaves(message)), None)
    if rich is not None:
        return rich_text_elements(part_bytes(rich), pictures)
    title = next((title for title, _ in parts if title), "")
    return title, [element for _, elements in parts for element in elements]


def _texts(part: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the texts that a mail shows one below the other, of alternatives one."""
    if part.get_content_maintype() == "multipart" and part.get_content_subtype() not in _ONE_OF:
        for inner in part.iter_parts():
            yield from _texts(inner)
        return
    body = part.get_body(preferencelist=("plain", "html"))
    if body is not None and not file_name(part):
        yield body


def _decoded(part: MIMEPart) -> str:
    return decode_text(part_bytes(part), declared=part.get_content_charset())


def _text_elements(
    part: MIMEPart, message: EmailMessage, pictures: Pictures
) -> tuple[str, list[Element]]:
    if part.get_content_type() != "text/html":
        return "", plain_elements(_decoded(part))
    embedded = {
        str(other.get("Content-ID", "")).strip().strip("<>"): other for other in leaves(message)
    }

    def fetch(address: str) -> bytes | None:
        other = embedded.get(address.removeprefix("cid:"))
        return None if other is None else part_bytes(other)

    return page_elements(_decoded(part), fetch=fetch, pictures=pictures)


def _is_rich(part: MIMEPart) -> bool:
    return part.get_content_type() in _RICH and not file_name(part)


def _attachments(message: EmailMessage, pictures: Pictures) -> Iterator[Element]:
    others: list[str] = []
    for part in leaves(message):
        name = one_line(file_name(part))
        is_picture = part.get_content_maintype() == "image"
        if is_invitation(part) or not (name or is_picture):
            continue
        figure = pictures.figure(part_bytes(part)) if is_picture else []
        yield from figure
        if figure:
            yield from text_element(f"Attached picture: {name}" if name else "", "caption")
        elif name:
            others.append(name)
    if others:
        yield from text_element("Attachments: " + ", ".join(others))


NAMES_LISTED: Final = 500
"""More names say nothing more; each file is found by its own."""


def parse_archive_list(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Names the members of an archive or mailbox, and opens none.

    What lies in them is read as files of their own (`ingest.pipeline.expand`).
    """
    max_bytes = settings.archive_mb * 1_000_000
    held = entries(file, spool=Path(tempfile.gettempdir()), max_bytes=max_bytes)
    shown = (shown_name(entry.name) for entry in held)
    kept = (name for name in shown if name and not is_junk(name))
    names = list(islice(kept, settings.archive_members))
    kind = "mails" if file.media_type == MBOX.media_type else "files"
    title = f"{PurePosixPath(file.source).name} holds {len(names)} {kind}"
    listed = list_element((0, f"- {name}") for name in names[:NAMES_LISTED])
    return document_of(file, [*heading(title, 1), *listed])

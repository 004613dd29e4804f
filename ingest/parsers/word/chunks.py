"""Parts of another format that stand for a piece of a Word document (altChunk), told by content.

ECMA-376, part 1, 17.17.2: pages, saved pages (MHT), Rich Text, plain text; Word documents are read
by who asks. Report generators and mail merges write whole bodies so.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.archives.mailbox import read_message
from ingest.discovery.encoding import decode_text
from ingest.parsers.base.pictures import Pictures, embedded_picture
from ingest.parsers.mail.mail import body_elements
from ingest.parsers.text.plain import plain_elements
from ingest.parsers.text.rich_text import rich_text_elements
from ingest.parsers.web.web import page_elements
from rag.datamodel import Element

_RICH: Final = b"{\\rtf"
_SAVED: Final = re.compile(rb"[\w-]+:[^\n]*\n(?:.*\n)*?content-type:", re.IGNORECASE)
_PAGE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|(?:\xff\xfe|\xfe\xff)\s*\0?<")
_HEAD_BYTES: Final = 2_000


def chunk_elements(data: bytes, pictures: Pictures) -> list[Element]:
    """Return the elements of a part that is no package. Raises SourceError, LimitError."""
    if data.startswith(_RICH):
        return rich_text_elements(data, pictures)[1]
    if _SAVED.match(data[:_HEAD_BYTES]):
        return body_elements(read_message(data), pictures)[1]
    if _PAGE.match(data):
        return page_elements(data, fetch=_embedded, pictures=pictures)[1]
    return plain_elements(decode_text(data))


def _embedded(address: str) -> bytes | None:
    return embedded_picture(address) if address.startswith("data:image/") else None

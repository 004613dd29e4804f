"""Documents and chunks made up for tests of the index: short texts in, whole values out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from rag.datamodel import BBox, Chunk, Document, Element, ImageAsset, Provenance


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_document(
    *texts: str,
    source: str = "notes/a.txt",
    media_type: str = "text/plain",
    name: str = "",
    pending: bool = False,
) -> Document:
    """Make a document of paragraphs; its id depends on `name` and the texts."""
    elements = [Element(role="paragraph", text=text) for text in texts if text]
    if pending:
        elements.append(Element(role="figure", pending=True))
    return Document(
        id=digest("\0".join((name, *texts))),
        sources=(source,),
        media_type=media_type,
        title=name,
        page_count=1,
        elements=tuple(elements),
    )


def make_chunks(
    document: Document, texts: Sequence[str] | None = None, *, context: str = ""
) -> list[Chunk]:
    """Make one chunk a paragraph (or of `texts`), each on page 1 with one box."""
    texts = [e.text for e in document.elements if e.text] if texts is None else texts
    return [
        Chunk(
            id=digest(f"{document.id}\0{context}\0{text}\0{ordinal}")[:32],
            doc_id=document.id,
            source=document.sources[0],
            ordinal=ordinal,
            text=text,
            context=context,
            provenances=(
                Provenance(page=1, bbox=BBox(x0=0.1, y0=0.2, x1=0.5, y1=0.3), span=(0, len(text))),
            ),
        )
        for ordinal, text in enumerate(texts)
    ]


def make_picture_chunk(document: Document, *, phash: str, ordinal: int = 0) -> Chunk:
    image = ImageAsset(
        id=digest(phash),
        path=f"{phash[:2]}/{phash}.png",
        media_type="image/png",
        width_px=10,
        height_px=10,
        phash=phash,
    )
    return Chunk(
        id=digest(f"{document.id}{phash}")[:32],
        doc_id=document.id,
        source=document.sources[0],
        ordinal=ordinal,
        role="figure",
        image=image,
    )

"""Lettering of receipts and charts as OCR gives it: words with boxes on one page."""

from rag.datamodel import BBox, Chunk, Document, Element, Provenance

LINE = 0.03
"""Height of a line, in fractions of the picture."""


def lettered(*words, rise=0.0, name="photo.jpg", media_type="image/jpeg", doc_id="d" * 64):
    """Return a document of (x, y, text) or (x, y, text, width); rows rise by `rise` along x."""
    elements = [_element(*word, rise=rise) for word in words]
    return Document(
        id=doc_id, sources=(name,), media_type=media_type, page_count=1, elements=tuple(elements)
    )


def _element(x, y, text, width=None, *, rise):
    width = width or 0.012 * len(text)
    top = y + rise * (x + width / 2 - 0.5)
    box = BBox(x0=x, y0=top, x1=min(1.0, x + width), y1=top + LINE)
    place = Provenance(page=1, bbox=box, span=(0, len(text)))
    return Element(role="list", text=text, provenances=(place,))


def chunks_of(doc):
    """Return one chunk that holds all of the document."""
    text, places = "", []
    if not doc.elements:
        return []
    for element in doc.elements:
        (place,) = element.provenances
        start = len(text)
        text += element.text + "\n"
        places.append(Provenance(page=1, bbox=place.bbox, span=(start, start + len(element.text))))
    return [
        Chunk(
            id=doc.id[:16],
            doc_id=doc.id,
            source=doc.sources[0],
            ordinal=0,
            text=text.strip(),
            provenances=tuple(places),
        )
    ]


RECEIPT = (
    (0.30, 0.05, "ALPINE HARDWARE LTD"),
    (0.35, 0.10, "12 Pass Road"),
    (0.10, 0.15, "Tel: 555-0101"),
    (0.10, 0.20, "Invoice No: 4711"),
    (0.60, 0.20, "Date: 14/03/2019"),
    (0.10, 0.30, "Rope 20 m"),
    (0.80, 0.30, "21.00"),
    (0.10, 0.35, "Pegs"),
    (0.80, 0.35, "4.50"),
    (0.10, 0.45, "Subtotal"),
    (0.80, 0.45, "25.50"),
    (0.10, 0.50, "Total (incl. VAT)"),
    (0.80, 0.50, "27.54"),
    (0.10, 0.55, "Cash"),
    (0.80, 0.55, "30.00"),
    (0.10, 0.60, "Change"),
    (0.80, 0.60, "2.46"),
)

BARS = (
    (0.02, 0.03, "Huts fill up earlier each year"),
    (0.02, 0.09, "% of beds taken by June in ..."),
    (0.50, 0.20, "Weekdays"),
    (0.75, 0.20, "Weekends"),
    (0.05, 0.30, "Upper hut"),
    (0.52, 0.30, "41%"),
    (0.77, 0.30, "88%"),
    (0.05, 0.40, "Lower hut"),
    (0.52, 0.40, "17"),
    (0.77, 0.40, "64"),
    (0.05, 0.50, "Ages 18-29"),
    (0.52, 0.50, "23"),
    (0.77, 0.50, "71"),
    (0.02, 0.85, "Source: a survey of 1,200 guests in 2019."),
)

COLUMNS = (
    (0.02, 0.03, "Visitors, in thousands"),
    (0.12, 0.40, "12"),
    (0.42, 0.30, "19"),
    (0.72, 0.20, "25"),
    (0.10, 0.70, "May"),
    (0.40, 0.70, "June"),
    (0.70, 0.70, "July"),
)

"""Why a source is shown, as HTML above it: how it was found, and the words that made it relevant.

And why a chart that stands in it gave no values.

Every word is escaped. Knows `Place`; knows nothing of models, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known
from pagelight.ui.html.sentences import translated
from rag.datamodel import Document, Element

QUOTE_CHARS: Final = 280
"""Of a longer quote only the beginning stands above the page; the page shows all of it."""

PASSAGE_CHARS: Final = 1500
SUMMARY: Final = key("Why this source")
LEGEND: Final = key("Underlined: the words that made it fit the question.")

Range = tuple[int, int]


def quote_html(place: Place, words: Sequence[Range]) -> str:
    """Return the beginning of the quote, its telling words marked; "" where nothing is quoted."""
    quote = place.quote.strip()
    if not quote:
        return ""
    start = place.chunk.text.find(quote)  # what stands on a form is quoted from several places
    shown = quote if len(quote) <= QUOTE_CHARS else quote[:QUOTE_CHARS].rstrip()
    told = words if start >= 0 else ()
    inside = [(a - start, b - start) for a, b in told if start <= a and b <= start + len(shown)]
    more = "" if shown == quote else " …"
    marked = telling_html(shown, inside)
    return f'<blockquote class="quote" tabindex="0">{marked}{more}</blockquote>'


def why_html(place: Place, words: Sequence[Range]) -> str:
    """Return a line that opens: how the place was found, and its passage; "" where unknown."""
    if not place.why:
        return ""
    text = place.chunk.text[:PASSAGE_CHARS]
    more = "" if len(text) == len(place.chunk.text) else " …"
    told = f'<p class="passage" tabindex="0">{telling_html(text, words)}{more}</p>'
    passage = told if words else ""
    legend = f'<p class="remark">{known(LEGEND)}</p>' if words else ""
    why = escaped(translated(place.why))
    return (
        f'<details class="why"><summary>{known(SUMMARY)}</summary><p>{why}</p>'
        f"{legend}{passage}</details>"
    )


def telling_html(text: str, words: Sequence[Range]) -> str:
    """Return text escaped, with the words of these ranges marked; ranges beyond it are left out."""
    parts, at = [], 0
    for start, end in sorted(words):
        if at <= start < end <= len(text):
            word = escaped(text[start:end])
            parts += [escaped(text[at:start]), f'<b class="telling">{word}</b>']
            at = end
    return "".join([*parts, escaped(text[at:])])


def remarks_html(doc: Document, page: int | None, place: Place | None) -> str:
    """Return a line for each figure of a page that is remarked on; of those that a place is of.

    A document without pages has its remarks in its reading view.
    """
    on_page = [one for one in doc.elements if page is not None and one.page == page]
    return "".join(remark_html(one) for one in on_page if _is_of(place, one))


def remark_html(element: Element) -> str:
    """Return what is remarked on one figure as a line; "" for most."""
    return f'<p class="remark">{escaped(translated(element.remark))}</p>' if element.remark else ""


def _is_of(place: Place | None, element: Element) -> bool:
    """Whether a place lies in a figure, or is one."""
    if place is None or element.bbox is None:
        return True
    return any(2 * box.intersection_area(element.bbox) >= box.area for box in place.boxes)

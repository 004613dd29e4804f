"""What is to be remarked on the figures that a source panel shows: why a chart gave no values.

Every word is escaped. Knows elements and places; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from rag.datamodel import Document, Element
from service.asking.places import Place
from ui.html.escape import escaped
from ui.html.sentences import translated


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

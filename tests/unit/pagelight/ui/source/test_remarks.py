"""Why a chart gave no values, beside its figure in the source panel."""

from builders_ui import a_chunk, a_document

from pagelight.services.answering.places import Place
from pagelight.ui.source.why import remarks_html
from rag.datamodel import BBox, Element, Provenance

UPPER = BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.4)
LOWER = BBox(x0=0.1, y0=0.6, x1=0.9, y1=0.9)


def chart(box, why):
    told = f"The chart's values could not be read: {why}"
    place = Provenance(page=2, bbox=box)
    return Element(role="figure", text="0", provenances=(place,), remark=told)


REPORT = a_document(
    chart(UPPER, "its bars stand on no line"), chart(LOWER, "<b>odd</b>"), page_count=3
)


def test_a_cited_figure_has_its_remark_beside_it_and_no_other():
    place = Place(number=1, chunk=a_chunk(), page=2, boxes=(UPPER,), quote="0")

    told = "The chart&#x27;s values could not be read: its bars stand on no line"
    assert remarks_html(REPORT, 2, place) == f'<p class="remark">{told}</p>'

import re

from builders_ui import a_document

from pagelight.ui.source.sources import outline_html
from rag.datamodel import Element


def heading(text, level=1):
    return Element(role="heading", text=text, level=level)


def test_headings_and_pages_lead_around_in_a_document():
    html = outline_html(a_document(heading("Snow <b>"), page_count=3), page=2)

    assert "<bdi>Snow &lt;b&gt;</bdi>" in html
    assert re.findall(r'data-page="(\d)" aria-label="Page', html) == ["1", "2", "3"]
    assert html.count("/1.png?w=200") == 1
    assert re.findall(r'aria-label="([\w ]+)" aria-current="page"', html) == ["Page 2"]

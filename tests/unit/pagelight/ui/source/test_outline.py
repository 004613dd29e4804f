import re

from builders_ui import a_document

from pagelight.services.answering.places import found_place
from pagelight.ui.source.outline import outline_html, strip_html
from rag.datamodel import Element


def heading(text, level=1):
    return Element(role="heading", text=text, level=level)


def test_headings_and_pages_lead_around_in_a_document():
    html = outline_html(a_document(heading("Snow <b>"), page_count=3), page=2)

    assert "<bdi>Snow &lt;b&gt;</bdi>" in html
    assert re.findall(r'data-page="(\d)" aria-label="Page', html) == ["1", "2", "3"]
    assert html.count("/1.png?w=200") == 1
    assert re.findall(r'aria-label="([\w ]+)" aria-current="page"', html) == ["Page 2"]


def test_places_found_stand_along_the_side_where_they_are_in_the_document():
    elements = [Element(role="paragraph", text="snow") for _ in range(4)]
    doc = a_document(*elements)
    places = [found_place(doc, e, (0, 4), number=n) for n, e in enumerate(elements, start=1)]
    html = strip_html(places, doc, position=2)

    assert re.findall(r"top:(\d+)", html) == ["0", "25", "50", "75"]
    assert re.findall(r'aria-label="([\w ]+)" aria-current', html) == ["Place 3"]
    assert strip_html(places[:1], doc, position=0) == ""


def test_of_very_many_places_the_strip_shows_some_and_the_one_that_is_open():
    element = Element(role="paragraph", text="snow")
    doc = a_document(element)
    places = [found_place(doc, element, (0, 4), number=1)] * 1000
    html = strip_html(places, doc, position=999)

    assert html.count("data-hit") <= 201
    assert 'data-hit="999"' in html

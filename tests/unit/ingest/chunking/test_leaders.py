"""Tables of contents and price lists whose dots lead the eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.leaders import LEADER, without_leaders
from rag.datamodel import Document, Element, Provenance


def shortened(text, *spans):
    places = tuple(Provenance(page=1, span=span) for span in spans)
    element = Element(role="paragraph", text=text, provenances=places)
    made = Document(id="d", sources=("d.pdf",), media_type="application/pdf", elements=(element,))
    element = without_leaders(made).elements[0]
    return element.text, [place.span for place in element.provenances]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Preface..........3", "Preface … 3"),
        ("Preface . . . . . . . 3", "Preface … 3"),
        ("1.4 Ground Pin ······· 5\nPower.......6", "1.4 Ground Pin … 5\nPower … 6"),
        ("Wait... what? 1.2.3", "Wait... what? 1.2.3"),
    ],
)
def test_dots_that_lead_are_one_sign(text, told):
    assert shortened(text)[0] == told


def test_the_places_of_words_stay_with_them():
    text = "Preface..........3\nIndex..........44"
    words = ["Preface", "3", "Index", "44"]
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]

    told, moved = shortened(text, *spans)

    assert [told[start:end] for start, end in moved] == words


@given(st.lists(st.sampled_from(["Snow", "3", " ", ".", ".....", "…", "\n", ". ."]), min_size=1))
def test_no_place_leaves_the_text(parts):
    text = "A" + "".join(parts)
    spans = [(n, m) for n in range(len(text)) for m in (n, len(text))]

    told, moved = shortened(text, *spans)

    assert all(0 <= start <= end <= len(told) for start, end in moved)
    assert LEADER not in told or len(told) <= len(text)

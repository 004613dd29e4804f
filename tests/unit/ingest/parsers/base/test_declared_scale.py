import pytest

from ingest.parsers.base.declared_scale import with_declared_scales
from rag.datamodel import Element, Provenance

DECLARED = "(amounts in millions, except per share)"
NOTES = Element(role="paragraph", text=f"Notes to the statements {DECLARED}")


def table(text, page=3):
    return Element(role="table", text=text, provenances=(Provenance(page=page),))


def captions(*elements):
    return [one.text for one in with_declared_scales(elements) if one.role == "caption"]


def test_a_table_below_has_the_scale_as_its_caption_on_its_page():
    *_, caption = with_declared_scales([NOTES, table("Year | Cash\n2023 | $1,874")])
    assert (caption.text, caption.page) == (DECLARED, 3)


def test_a_caption_has_it_as_its_last_line():
    own = Element(role="caption", text="Cash by year:")
    assert captions(NOTES, table("Year | Cash\n2023 | $1,874"), own) == [
        f"Cash by year:\n{DECLARED}"
    ]


@pytest.mark.parametrize(
    ("above", "rows", "own"),
    [
        (NOTES, "Year | Stores\n2023 | 1,874", "Stores:"),
        (NOTES, "(in thousands) | 2023\nCash | $1,874", "Cash:"),
        (NOTES, "Year | Cash\n2023 | $1,874", "Cash ($ in thousands):"),
        (Element(role="paragraph", text="Notes (see below)"), "Year | Cash\n2023 | $1", "Cash:"),
    ],
)
def test_nothing_is_added_to_counts_to_a_scale_of_its_own_or_of_no_scale(above, rows, own):
    assert captions(above, table(rows), Element(role="caption", text=own)) == [own]


def test_the_last_one_that_is_declared_counts():
    later = Element(role="heading", text="Exhibit 2 (In thousands)")
    assert captions(NOTES, later, table("Year | Cash\n2023 | $1,874")) == ["(In thousands)"]


def test_a_document_without_elements_has_none():
    assert list(with_declared_scales([])) == []

"""What the text above says of tables."""

import pytest

from ingest.parsers.base.elements import with_declared_scales, with_introductions
from rag.datamodel import Element, Provenance

TABLE = "Year | Cash\n2023 | $1,874"


def element(text, role="paragraph", page=1):
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(Provenance(page=page, span=(start, start + len(line))))
        start += len(line) + 1
    return Element(role=role, text=text, provenances=tuple(lines))


def told(*elements):
    return [(one.role, one.text) for one in with_introductions(elements)]


@pytest.mark.parametrize(
    "text",
    [
        "Cash flows were as follows ($ in millions):",
        "$ in millions, except per share amounts",
        "(In thousands)",
        "Six Months",
        "Umsatz nach Ländern：",
    ],
)
def test_what_introduces_a_table_is_its_caption(text):
    table = element(TABLE, "table")
    assert told(element(text), table) == [("table", TABLE), ("caption", text)]


@pytest.mark.parametrize(
    "text",
    [
        "Sales grew in all regions.",
        "59",
        "Fair value at January 28,",
        "A line without an end " * 6,
        "So long a sentence that it is none " * 9 + ":",
    ],
)
def test_other_text_above_a_table_stays(text):
    assert told(element(text), element(TABLE, "table"))[0] == ("paragraph", text)


def test_of_a_paragraph_the_last_sentence_introduces_with_its_place():
    text = "We sold more. Sales were as follows:"
    places = [Provenance(page=1, span=span) for span in [(0, 13), (14, 24), (25, 36)]]
    above = Element(role="paragraph", text=text, provenances=tuple(places))
    rest, table, caption = with_introductions([above, element(TABLE, "table")])
    assert (rest.text, table.role) == ("We sold more.", "table")
    assert [rest.text[slice(*place.span)] for place in rest.provenances] == ["We sold more."]
    lines = [caption.text[slice(*place.span)] for place in caption.provenances]
    assert lines == ["Sales were", "as follows:"]


@pytest.mark.parametrize(
    "elements",
    [
        (element("Sales by year:"), element(TABLE, "table", page=2)),
        (element("Sales by year:"), element(TABLE, "table"), element("Table 1", "caption")),
        (element("Sales by year:", "heading"), element(TABLE, "table")),
        (element("Sales by year:"), element("first\nsecond", "list")),
    ],
)
def test_nothing_moves_where_the_table_has_a_caption_or_stands_elsewhere(elements):
    assert list(with_introductions(elements)) == list(elements)


def test_each_of_two_tables_has_its_own():
    first, second = element(TABLE, "table"), element("Year | Debt\n2023 | $2", "table")
    roles = [role for role, _ in told(element("Cash:"), first, element("Debt:"), second)]
    assert roles == ["table", "caption", "table", "caption"]


DECLARED = "(amounts in millions, except per share)"
NOTES = Element(role="paragraph", text=f"Notes to the statements {DECLARED}")


def table(text):
    return Element(role="table", text=text, provenances=(Provenance(page=3),))


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

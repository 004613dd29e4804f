import pytest

from ingest.parsers.base.introductions import with_introductions
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

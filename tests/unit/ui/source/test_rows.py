"""Long tables, leafed through."""

from builders_ui import a_chunk

from rag.datamodel import Document, Element
from service.asking.places import Place
from ui.source.reading import reading_html
from ui.source.rows import rows_html

TEXT = "\n".join(["Order | Amount", *(f"{n} | {n % 7}" for n in range(250))])
ORDERS = Document(
    id="d1",
    sources=("orders.csv",),
    media_type="text/csv",
    elements=(Element(role="table", text=TEXT), Element(role="table", text="a | b\n1 | 2")),
)


def kept(doc_id, text, first, count):
    rows = [[str(n), "<b>"] for n in range(1_000_000)[first : first + count]]
    return (1_000_000, rows) if (doc_id, text) == ("d1", TEXT) else (0, [])


def test_a_page_of_rows_tells_where_it_is_and_leads_on():
    html = rows_html(ORDERS, 0, 734_500, kept)

    assert "Rows 734,501 to 734,600 of 1,000,000" in html
    assert html.count("<tr>") == 101
    assert 'data-rows="d1/0/734400"' in html
    assert 'data-rows="d1/0/734600"' in html
    assert "<td>734500</td><td>&lt;b&gt;</td>" in html


def test_the_first_and_the_last_page_lead_one_way():
    assert rows_html(ORDERS, 0, -5, kept).count("data-rows") == 1
    assert rows_html(ORDERS, 0, 999_950, kept).count("data-rows") == 1
    assert rows_html(ORDERS, 1, 0, kept) == ""


def test_a_long_table_can_be_leafed_through_and_a_short_one_is_whole():
    html = reading_html(ORDERS.elements, None, doc_id=ORDERS.id)

    assert html.count("data-rows") == 1
    assert 'data-rows="d1/0/0"' in html


def test_cited_rows_beyond_the_text_of_the_document_are_shown():
    quote = "734512 | 760.94"
    chunk = a_chunk(f"Order | Amount\n{quote}", id="rows:1", role="table")

    html = reading_html(ORDERS.elements, Place(number=1, chunk=chunk, quote=quote))

    assert "<mark>734512</mark>" in html
    assert html.count("lit-row") == 1

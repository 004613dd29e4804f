"""Long tables, leafed through."""

from builders_ui import a_chunk

from pagelight.services.answering.places import Place
from pagelight.ui.source.reading import reading_html
from pagelight.ui.source.rows import LongTables
from rag.datamodel import Document, Element

TEXT = "\n".join(["Order | Amount", *(f"{n} | {n % 7}" for n in range(250))])
ORDERS = Document(
    id="d1",
    sources=("orders.csv",),
    media_type="text/csv",
    elements=(Element(role="table", text=TEXT), Element(role="table", text="a | b\n1 | 2")),
)


class MillionOrders:
    """Keeps the table of `TEXT`, and more rows of it than that text holds."""

    def kept_rows(self, doc_id, text, first, count):
        rows = [(str(n), "<b>") for n in range(1_000_000)[first : first + count]]
        return (1_000_000, rows) if (doc_id, text) == ("d1", TEXT) else (0, [])

    def row_of(self, doc_id, text, cells):
        is_kept = (doc_id, text) == ("d1", TEXT) and cells[1] == "<b>"
        return int(cells[0]) if is_kept else None


LONG = LongTables(ORDERS, MillionOrders())


def made_place(*lines):
    quote = "\n".join(lines)
    chunk = a_chunk(f"Order | Amount\n{quote}", id="rows:1", role="table")
    return Place(number=1, chunk=chunk, quote=quote)


def test_a_page_of_rows_holds_the_row_and_tells_where_it_is():
    html = LONG.page(0, 734_512, {})

    assert "Rows 734,501 to 734,600 of 1,000,000" in html
    assert html.count("<tr>") == 101
    assert 'data-leaf="734400"' in html
    assert 'data-leaf="734600"' in html
    assert "<td>734500</td><td>&lt;b&gt;</td>" in html


def test_the_page_with_the_cited_row_is_shown_with_its_words_lit():
    html = reading_html(ORDERS.elements, made_place("734512 | <b>"), tables=LONG)

    assert "Rows 734,501 to 734,600" in html
    assert "<mark>734512</mark>" in html
    assert html.count("lit-row") == 1
    assert 'data-seek="734512">Cited row 734,513<' in html


def test_a_cited_row_of_the_text_itself_is_found_by_its_place():
    place = Place(number=1, chunk=a_chunk(TEXT, role="table"), quote="211 | 1")

    assert "Rows 201 to 300" in reading_html(ORDERS.elements, place, tables=LONG)

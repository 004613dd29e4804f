from builders_pdf import piece
from hypothesis import given
from hypothesis import strategies as st

from ingest.parsers.pdf.document_stats import DocumentStats
from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.letters.words import Letters
from ingest.parsers.pdf.pages import RawPage, items_of
from ingest.parsers.pdf.roles import elements_of
from ingest.parsers.pdf.tables.grids import find_grids
from ingest.parsers.pdf.tables.tables import find_ruled, find_tables
from rag.datamodel import CELL_SEPARATOR

FRAME = Frame(left=0, bottom=0, right=600, top=800)
WORDS = ["1,200", "(35)", "$", "Total sales", "2023", "a | b", "•", "net of tax:", "x", "12 %"]

spot = st.integers(0, 40)
pieces = st.builds(
    lambda text, x, y, size, bold: piece(text, 14.0 * x, 19.0 * y, size=size, bold=bold),
    st.sampled_from(WORDS),
    spot,
    spot,
    st.sampled_from([8, 10, 14]),
    st.booleans(),
)
pages = st.lists(pieces, max_size=40)
rects = st.builds(
    lambda x, y, w, h: (14.0 * x, 19.0 * y, 14.0 * x + 14 * w, 19.0 * y + 19 * h),
    spot,
    spot,
    spot,
    spot,
)
rules = st.lists(st.builds(lambda r: (r[0], r[1], r[2], r[1] + 0.5), rects), max_size=8)
posts = st.lists(st.builds(lambda r: (r[0], r[1], r[0] + 0.5, r[3]), rects), max_size=8)
drawings = st.builds(
    lambda h, v, b, s, p: Drawings(horizontal=h, vertical=v, boxes=b, shapes=s, pictures=p),
    rules,
    posts,
    st.lists(rects, max_size=6),
    st.lists(rects, max_size=6),
    st.lists(rects, max_size=3),
)


def tables_of(found, drawn):
    grids = [t for closed in (True, False) for t in find_grids(drawn, found, closed=closed)]
    return [*grids, *find_ruled(drawn, found, width_pt=600), *find_tables(found, drawn.horizontal)]


@given(pages, drawings)
def test_each_span_of_a_table_is_the_text_of_one_cell(found, drawn):
    for table in tables_of(found, drawn):
        element = table.element(page=1, frame=FRAME)
        for place in element.provenances if element else ():
            cell = element.text[slice(*place.span)]
            assert cell
            assert cell.strip() == cell
            assert CELL_SEPARATOR not in cell
            assert "\n" not in cell


@given(pages, drawings)
def test_no_word_of_a_page_is_lost(found, drawn):
    page = RawPage(
        number=1,
        frame=FRAME,
        pieces=tuple(found),
        drawings=Drawings(horizontal=drawn.horizontal, vertical=drawn.vertical),
        letters=Letters(count=99, unmapped=0, text=""),
    )
    items = items_of(page, running=[], is_ornament=lambda _: False)
    said = " ".join(element.text for element in elements_of(items, page, DocumentStats()))

    for one in found:
        assert all(word.text.replace("|", "¦") in said.replace("|", "¦") for word in one.words)

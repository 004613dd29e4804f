"""Whatever the bytes: a Document whose spans point at its lines, or a SourceError."""

import itertools
import re
import tempfile
from pathlib import Path

from builders_office import WORD, parse, write_raw_docx
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.discovery.encoding import decode_text, is_text
from ingest.parsers.base.grid import Slot, table_text, tidy
from ingest.parsers.sheets.sheets import SheetReader
from ingest.parsers.text.plain import divide_text, plain_elements
from rag.datamodel import CELL_SEPARATOR
from rag.errors import SourceError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
names = st.sampled_from(
    "a.txt a.md a.html a.csv a.tsv a.eml a a.docx a.json a.jsonl a.yaml a.xml a.ipynb a.tex a.rst "
    "a.py a.srt a.vtt a.svg a.rtf a.mbox a.zip a.tar a.odt".split()
)
markup = st.lists(
    st.sampled_from(
        "<p> <b> </b> <table> <tr> <td> <th colspan=3> <td rowspan=2> </table> <ul> <li> </ul> "
        "<h1> </h1> <div style='display:none'> </div> <img src=x> <br> <dl> <dt> <dd> <pre> </pre> "
        "<figure> </figure> <figcaption> <style>.a{ } </style> &amp; $ 12 ( ) % word".split(" ")
    ),
    max_size=40,
).map("".join)
cells = st.sampled_from(["", "", "$", "%", "(", ")", "12", "1,204", "2023", "Sales", "a | b", "—"])
word_paragraphs = st.sampled_from(
    [
        "<w:p><w:r><w:t>word</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:outlineLvl w:val='1'/></w:pPr><w:r><w:t>word</w:t></w:r></w:p>",
        "<w:p><w:ins><w:r><w:rPr><w:b/></w:rPr><w:t>word</w:t><w:br/></w:r></w:ins></w:p>",
        "<w:p><w:pPr><w:numPr/></w:pPr><w:hyperlink><w:r><w:t>word</w:t></w:r></w:hyperlink></w:p>",
        "<w:p/>",
    ]
)
spans = st.sampled_from(
    ["", "<w:gridSpan w:val='2'/>", "<w:vMerge w:val='restart'/>", "<w:vMerge/>", "<w:gridSpan/>"]
)
word_blocks = st.recursive(
    word_paragraphs,
    lambda blocks: st.lists(
        st.lists(
            st.tuples(spans, blocks).map(lambda c: f"<w:tc><w:tcPr>{c[0]}</w:tcPr>{c[1]}</w:tc>"),
            max_size=3,
        ).map(lambda cells: f"<w:tr>{''.join(cells)}</w:tr>"),
        max_size=4,
    ).map(lambda rows: f"<w:tbl>{''.join(rows)}</w:tbl>"),
    max_leaves=12,
)
grids = st.lists(st.lists(cells, max_size=6), max_size=8)


def check(name, data):
    """Parse; every line of text must be where its span says, and nothing else may be raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            document = parse(path)
        except SourceError:
            return
    for element in document.elements:
        spans = [element.text[slice(*place.span)] for place in element.provenances if place.span]
        assert spans == [line for line in element.text.split("\n") if line.strip()]


@given(name=names, data=st.binary(max_size=300))
@example(name="a.eml", data=b"Content-Type: multipart/mixed; boundary=\xff\n\n--")
def test_any_bytes_give_a_document_or_a_reason(name, data):
    check(name, data)


@given(name=names, text=texts)
def test_any_text_gives_a_document_or_a_reason(name, text):
    check(name, text.encode())


@given(page=markup)
def test_any_markup_gives_a_document(page):
    check("a.html", page.encode())


@given(blocks=st.lists(word_blocks, max_size=4))
def test_any_word_body_keeps_all_its_words(blocks):
    number = itertools.count()
    inner = re.sub("word", lambda _: f"word{next(number)}.", "".join(blocks))
    with tempfile.TemporaryDirectory() as folder:
        body = f"<w:document {WORD}><w:body>{inner}</w:body></w:document>"
        document = parse(write_raw_docx(Path(folder) / "a.docx", body))

    said = "".join(element.text for element in document.elements)
    assert set(re.findall(r"word\d+\.", said)) == set(re.findall(r"word\d+\.", inner))


@given(text=texts)
def test_text_in_unicode_is_read_back(text):
    marked = text.encode("utf-16")

    assert is_text(marked)
    assert decode_text(marked, declared=None).count("\ufffd") == text.count("\ufffd")


@given(text=texts)
def test_no_word_of_a_text_is_lost(text):
    words = "".join(element.text for element in plain_elements(f"{text}\n\nend"))

    kept = {letter for letter in words if letter.isalnum()}
    assert {letter for letter in text if letter.isalnum() and letter.isascii()} <= kept


@given(text=texts, letters=st.integers(2, 50))
def test_a_divided_text_is_the_text(text, letters):
    parts = list(divide_text(text, letters))

    assert "".join(parts) == text
    assert all(len(part) <= letters for part in parts)


@given(grid=grids)
def test_a_table_has_as_many_cells_in_each_row(grid):
    text = table_text(tidy([[Slot(cell) for cell in row] for row in grid]))

    assert len({line.count(CELL_SEPARATOR) for line in text.split("\n")}) == 1


@given(grid=grids)
def test_no_number_of_a_sheet_is_lost(grid):
    text = " ".join(element.text for element in SheetReader().elements(grid))

    for number in ("1,204", "12"):
        assert text.count(number) >= (1 if any(number in row for row in grid) else 0)


@given(grid=st.lists(st.lists(st.booleans(), max_size=5), max_size=6))
def test_no_cell_of_a_table_is_lost(grid):
    rows = [
        [f"t{r}c{c}." if filled else "" for c, filled in enumerate(row)]
        for r, row in enumerate(grid)
    ]
    slots = [[Slot(text) for text in row] for row in rows]

    for text in (table_text(tidy(slots)), " ".join(e.text for e in SheetReader().elements(rows))):
        assert all(cell in text for row in rows for cell in row)

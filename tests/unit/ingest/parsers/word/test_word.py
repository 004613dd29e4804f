import docx
import pytest
from builders_office import WORD, only, parse, picture_bytes, told, write_raw_docx
from work import growth

from rag.errors import SourceError


@pytest.fixture
def document():
    return docx.Document()


def read(document, tmp_path):
    document.save(tmp_path / "a.docx")
    return parse(tmp_path / "a.docx")


def body(tmp_path, inner):
    xml = f"<w:document {WORD}><w:body>{inner}</w:body></w:document>"
    return parse(write_raw_docx(tmp_path / "a.docx", xml))


def test_headings_lists_and_paragraphs_keep_their_kind_and_order(document, tmp_path):
    document.add_heading("Annual report", 0)
    document.add_heading("Weather", 1)
    document.add_paragraph("It rained.")
    document.add_paragraph("sun", style="List Bullet")
    document.add_paragraph("snow", style="List Bullet")
    document.add_paragraph("first", style="List Number")
    document.add_heading("Details", 2)

    read_back = read(document, tmp_path)

    assert told(read_back) == [
        ("title", "Annual report"),
        ("heading", "Weather"),
        ("paragraph", "It rained."),
        ("list", "- sun\n- snow\n1. first"),
        ("heading", "Details"),
    ]
    assert [e.level for e in read_back.elements] == [None, 1, None, None, 2]
    assert read_back.title == "Annual report"
    assert read_back.page_count == 0


def test_merged_cells_are_resolved_and_header_rows_made_one(document, tmp_path):
    table = document.add_table(rows=4, cols=3)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "2023"
    for number, text in enumerate(["Region", "Sales", "Profit"]):
        table.cell(1, number).text = text
    table.cell(2, 0).merge(table.cell(3, 0)).text = "North | South"
    for row, texts in ((2, ("10", "1")), (3, ("20", "2"))):
        for number, text in enumerate(texts, 1):
            table.cell(row, number).text = text

    assert only(read(document, tmp_path), "table").text == (
        "Region | 2023 Sales | 2023 Profit\nNorth ¦ South | 10 | 1\nNorth ¦ South | 20 | 2"
    )


def test_a_table_that_only_frames_text_is_read_as_text(document, tmp_path):
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "A boxed remark."
    cell.add_paragraph("Its second paragraph.")

    assert told(read(document, tmp_path)) == [
        ("paragraph", "A boxed remark."),
        ("paragraph", "Its second paragraph."),
    ]


def test_a_picture_is_pending_and_its_caption_follows(document, tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    document.add_paragraph("Before.")
    document.add_picture(str(tmp_path / "p.png"))
    document.add_paragraph("Figure 1: The tower", style="Caption")

    read_back = read(document, tmp_path)

    assert [role for role, _ in told(read_back)] == ["paragraph", "figure", "caption"]
    figure = only(read_back, "figure")
    assert figure.pending
    assert (figure.image.width_px, figure.image.height_px) == (120, 80)


def test_insertions_are_read_and_deletions_are_not(tmp_path):
    read_back = body(
        tmp_path,
        "<w:p><w:r><w:t>The fee is </w:t></w:r><w:del><w:r><w:delText>5</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>7 marks</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r></w:p>",
    )

    assert told(read_back) == [("paragraph", "The fee is 7 marks")]


def with_footnotes(path, body, *notes):
    """Write a document whose footnotes have the ids 2, 3, ..."""
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId7" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/footnotes"/></Relationships>'
    )
    words = "".join(
        f'<w:footnote w:id="{n}"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:footnote>'
        for n, note in enumerate(notes, 2)
    )
    return write_raw_docx(
        path,
        f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        **{
            "word/_rels/document.xml.rels": relation,
            "word/footnotes.xml": f"<w:footnotes {WORD}>{words}</w:footnotes>",
        },
    )


def calling(text, note_id):
    call = f'<w:r><w:footnoteReference w:id="{note_id}"/></w:r>'
    return f"<w:p><w:r><w:t>{text}</w:t></w:r>{call}</w:p>"


def test_footnotes_are_read_in_time_that_grows_as_their_number_does(tmp_path):
    def parsed(notes):
        body = "".join(calling(f"Line {n}.", n + 2) for n in range(notes))
        words = [f"Note {n}." for n in range(notes)]
        path = with_footnotes(tmp_path / f"{notes}.docx", body, *words)
        return lambda: parse(path)

    assert [text for _, text in told(parsed(2)())] == ["Line 0.", "Note 0.", "Line 1.", "Note 1."]
    assert growth(parsed, 100) < 2.2


def test_broken_xml_is_refused_with_a_reason(tmp_path):
    path = write_raw_docx(tmp_path / "a.docx", f"<w:document {WORD}><w:body><w:p>")

    with pytest.raises(SourceError, match="damaged"):
        parse(path)


def test_tables_nested_without_end_are_refused(tmp_path):
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + "</w:tc></w:tr></w:tbl>" * 3000

    with pytest.raises(SourceError, match="damaged"):
        body(tmp_path, deep)

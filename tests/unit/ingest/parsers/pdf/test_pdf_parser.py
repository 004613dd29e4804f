import io

import pypdf
import pytest
from builders_pdf import Page, parse_pdf, pdf_bytes

from ingest.parsers.pdf.opening import PdfRenderer, rewritten
from rag.datamodel import FULL_PAGE
from rag.errors import SourceError
from rag.protocols import SHEET_PX

PROSE = (
    "The station stands on a ridge above the lake and has",
    "measured wind and snow since the year it was built, with",
    "a break of two winters when the road was closed.",
)


def roles(doc):
    return [element.role for element in doc.elements]


def said(doc, role):
    return [element.text for element in doc.elements if element.role == role]


def test_a_paragraph_is_joined_and_each_line_keeps_its_box(tmp_path):
    doc = parse_pdf(tmp_path, pdf_bytes(Page().lines(60, 100, *PROSE)))

    (paragraph,) = doc.elements
    assert paragraph.text == " ".join(PROSE)
    assert [paragraph.text[slice(*p.span)] for p in paragraph.provenances] == list(PROSE)
    first = paragraph.provenances[0].bbox
    assert first.x0 == pytest.approx(60 / 600, abs=0.005)
    assert 100 / 800 - 0.005 < first.y0 < first.y1 < 116 / 800


def test_letters_written_with_two_bytes_in_a_font_of_one_byte_are_words(tmp_path):
    page = Page()
    page.drawn.append(r"BT /H 10 Tf 60 700 Td (\0006\0000\0000\0000 \000K\000M) Tj ET")

    assert said(parse_pdf(tmp_path, pdf_bytes(page)), "paragraph") == ["6000 KM"]


def test_the_biggest_line_is_the_title_and_bold_lines_are_headings(tmp_path):
    page = Page().text(60, 50, "The Ridge Station", size=20)
    page.text(60, 90, "Methods", size=12, bold=True).lines(60, 120, *PROSE)
    doc = parse_pdf(tmp_path, pdf_bytes(page))

    assert roles(doc) == ["title", "heading", "paragraph"]
    assert doc.title == "The Ridge Station"


@pytest.mark.parametrize("claimed", ["Microsoft Word - report.doc", "made", "scan_0001", "Ab"])
def test_a_title_that_is_a_files_name_is_not_believed(tmp_path, claimed):
    page = Page().text(60, 50, "The Ridge Station", size=20).lines(60, 120, *PROSE)

    assert parse_pdf(tmp_path, pdf_bytes(page, title=claimed)).title == "The Ridge Station"


def test_running_heads_and_page_numbers_are_left_out(tmp_path):
    pages = [
        Page().text(60, 30, "Annual report").lines(60, 100 + n, *PROSE).text(300, 770, str(n + 7))
        for n in range(5)
    ]
    doc = parse_pdf(tmp_path, pdf_bytes(*pages))

    assert [element.text for element in doc.elements] == [" ".join(PROSE)] * 5


def test_a_text_layer_of_noise_is_read_from_the_page(tmp_path):
    noise = "Xkq vbz tgrf wpl mnqx zzrt kllw prtv" * 2
    doc = parse_pdf(tmp_path, pdf_bytes(Page().lines(60, 100, *[noise] * 6)))

    assert doc.elements[0].provenances[0].bbox == FULL_PAGE
    assert doc.pending


def test_a_statement_becomes_a_table_with_a_place_for_each_cell(tmp_path):
    page = Page().text(300, 80, "2023").text(400, 80, "2022")
    rows = (
        ("Revenue", "$", "1,200", "1,100"),
        ("Costs", "", "(700)", "(650)"),
        ("Net", "", "500", "450"),
    )
    for n, (label, sign, one, other) in enumerate(rows):
        page.text(60, 100 + 14 * n, label).text(280, 100 + 14 * n, sign)
        page.text(300, 100 + 14 * n, one).text(400, 100 + 14 * n, other)
    (table,) = parse_pdf(tmp_path, pdf_bytes(page)).elements

    assert table.role == "table"
    assert table.text.split("\n") == [
        " | 2023 | 2022",
        "Revenue | $1,200 | 1,100",
        "Costs | (700) | (650)",
        "Net | 500 | 450",
    ]
    place = next(p for p in table.provenances if table.text[slice(*p.span)] == "(650)")
    assert place.bbox.x0 == pytest.approx(400 / 600, abs=0.01)


def test_a_file_that_needs_a_password_says_so(tmp_path):
    with pytest.raises(SourceError, match="password protected"):
        parse_pdf(tmp_path, encrypted("secret"))


def encrypted(password):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes(Page().lines(60, 100, *PROSE))))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")  # noqa: S106 - made up
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_without_its_index_is_repaired(tmp_path):
    data = pdf_bytes(Page().lines(60, 100, *PROSE))
    damaged = data[: data.index(b"xref\n0")] + b"trailer << /Root 1 0 R >>\n%%EOF"

    assert said(parse_pdf(tmp_path, damaged), "paragraph") == [" ".join(PROSE)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "is empty"), (b"%PDF-1.7\nno more", "damaged"), (b"GIF89a", "damaged")],
)
def test_what_is_no_pdf_is_refused_with_a_reason(tmp_path, data, reason):
    with pytest.raises(SourceError, match=reason):
        parse_pdf(tmp_path, data)


def test_only_so_many_pages_are_read_and_it_is_said(tmp_path):
    pages = [Page().lines(60, 100 + 9 * n, *PROSE) for n in range(4)]
    doc = parse_pdf(tmp_path, pdf_bytes(*pages), page_limit=2)

    assert doc.page_count == 2
    assert doc.warnings == ("Only the first 2 pages were read; RAG_PAGE_LIMIT sets how many.",)


def test_a_claimed_page_count_is_not_believed(tmp_path):
    data = pdf_bytes(Page().lines(60, 100, *PROSE)).replace(b"/Count 1 ", b"/Count 999999 ")
    doc = parse_pdf(tmp_path, data)

    assert doc.page_count == 1
    assert doc.warnings == ("The file claims 999999 pages, but only 1 can be read.",)


def test_a_page_is_drawn_upright_at_the_width_asked(tmp_path):
    path = tmp_path / "made.pdf"
    path.write_bytes(pdf_bytes(Page(rotate=90).box(0, 0, 300, 100, grey=0)))

    pixels = PdfRenderer().render(path, 1, width_px=400)

    assert pixels.shape == (300, 400, 3)
    assert pixels[50, 380].tolist() == [0, 0, 0]  # the top left corner is now the top right one
    assert pixels[50, 20].tolist() == [255, 255, 255]


def test_a_mended_file_is_mended_once_for_all_its_pages(tmp_path):
    path = tmp_path / "made.pdf"
    path.write_bytes(b"junk " * 500 + pdf_bytes(Page().box(0, 0, 300, 100, grey=0), Page()))
    before = rewritten.cache_info().misses

    first, second = (PdfRenderer().render(path, page, width_px=60) for page in (1, 2))

    assert (first.min(), second.min()) == (0, 255)
    assert rewritten.cache_info().misses == before + 1


def test_a_huge_page_is_drawn_with_a_bounded_number_of_pixels(tmp_path):
    path = tmp_path / "made.pdf"
    path.write_bytes(pdf_bytes(Page()).replace(b"[0 0 600 800]", b"[0 0 90 9000]"))

    height_px, width_px, _ = PdfRenderer().render(path, 1, width_px=4000).shape

    assert height_px <= 16_000
    assert height_px * width_px <= 24_100_000


@pytest.mark.parametrize(
    ("size_pt", "sheets"),
    [
        ((595, 842), 1.0),
        ((842, 1190), 2.0),
        ((1684, 2380), 2.0),
        ((1190, 842), 2.0),
        ((200, 600), 1),
    ],
)
def test_a_page_is_drawn_for_reading_as_sharply_as_a4_whatever_its_size(tmp_path, size_pt, sheets):
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf_bytes(Page(size=size_pt).text(72, 72, "The well is deep.")))

    height_px, width_px, _ = PdfRenderer().scan(path, 1).shape

    assert width_px * height_px == pytest.approx(sheets * SHEET_PX, rel=0.01)
    assert width_px / height_px == pytest.approx(size_pt[0] / size_pt[1], rel=0.01)

import pptx
import pytest
from builders_office import only, parse, picture_bytes, told
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from rag.settings import Settings

TITLE_ONLY = 5


@pytest.fixture
def deck():
    return pptx.Presentation()


def read(deck, tmp_path, **settings):
    deck.save(tmp_path / "a.pptx")
    return parse(tmp_path / "a.pptx", settings=Settings(**settings))


def add_slide(deck, title):
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    slide.shapes.title.text = title
    return slide


def test_a_slide_is_a_page_and_its_title_comes_first(deck, tmp_path):
    add_slide(deck, "Station report")
    add_slide(deck, "Rain")

    read_back = read(deck, tmp_path)

    assert told(read_back) == [("title", "Station report"), ("heading", "Rain")]
    assert [e.page for e in read_back.elements] == [1, 2]
    assert read_back.page_count == 2
    assert read_back.title == "Station report"


def test_shapes_of_a_group_are_placed_by_its_coordinates(deck, tmp_path):
    group = add_slide(deck, "Rain").shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(0), Inches(0), Inches(2), Inches(1))
    box.text_frame.text = "inside"
    group.left, group.top, group.width, group.height = (Inches(n) for n in (5, 3.75, 4, 2))

    found = only(read(deck, tmp_path), "paragraph").provenances[0].bbox

    assert (found.x0, found.y0, found.x1, found.y1) == pytest.approx((0.5, 0.5, 0.9, 0.76666), 1e-3)


def test_a_native_chart_becomes_a_table_with_its_title_as_caption(deck, tmp_path):
    data = CategoryChartData(number_format="0.0")
    data.categories = ["2019", "2020"]
    data.add_series("Rain", (12.345, 20))
    data.add_series("Snow", (3, None))
    frame = add_slide(deck, "Chart").shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(5), Inches(3), data
    )
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "Weather by year"

    read_back = read(deck, tmp_path)

    assert told(read_back)[1:] == [
        ("table", "Category | Rain | Snow\n2019 | 12.3 | 3.0\n2020 | 20.0 | "),
        ("caption", "Weather by year (bar chart)"),
    ]


def test_a_table_knows_where_each_row_stands(deck, tmp_path):
    table = (
        add_slide(deck, "Table")
        .shapes.add_table(2, 2, Inches(0), Inches(3.75), Inches(10), Inches(1.5))
        .table
    )
    for number, text in enumerate(["Hut", "Beds", "Alm", "12"]):
        table.cell(number // 2, number % 2).text = text

    element = only(read(deck, tmp_path), "table")

    assert element.text == "Hut | Beds\nAlm | 12"
    assert [(p.bbox.y0, p.bbox.y1) for p in element.provenances] == [
        pytest.approx((0.5, 0.6)),
        pytest.approx((0.6, 0.7)),
    ]


def test_pictures_are_pending_figures_with_their_box_and_repeated_logos_go(deck, tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    for title in ("one", "two", "three"):
        slide = add_slide(deck, title)
        slide.shapes.add_picture(str(tmp_path / "p.png"), Inches(0), Inches(3.75), Inches(5))

    figures = [e for e in read(deck, tmp_path).elements if e.role == "figure"]

    assert [(f.page, f.pending) for f in figures] == [(1, True), (2, True)]
    assert figures[0].provenances[0].bbox.y0 == pytest.approx(0.5)


def test_notes_follow_their_slide(deck, tmp_path):
    slide = add_slide(deck, "Rain")
    slide.notes_slide.notes_text_frame.text = "Mention the flood."

    read_back = read(deck, tmp_path)

    assert told(read_back)[1:] == [("heading", "Notes"), ("paragraph", "Mention the flood.")]
    assert {e.page for e in read_back.elements} == {1}


def test_slides_over_the_limit_are_cut_with_a_warning(deck, tmp_path):
    for title in ("one", "two"):
        add_slide(deck, title)

    read_back = read(deck, tmp_path, page_limit=1)

    assert told(read_back) == [("title", "one")]
    assert "RAG_PAGE_LIMIT" in read_back.warnings[0]


MODERN = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SINCE_2018 = "http://schemas.microsoft.com/office/2018/10/relationships"
DML = "http://schemas.openxmlformats.org/drawingml/2006/main"
PML = "http://schemas.openxmlformats.org/presentationml/2006/main"


@pytest.mark.parametrize(
    "parts",
    [
        {
            f"{OFFICE}/comments": (
                f"<c:cmLst xmlns:c='{PML}'><c:cm authorId='7'><c:text>Now 480.</c:text></c:cm>"
                "<c:cm authorId='8'><c:text>Why?</c:text></c:cm></c:cmLst>"
            ),
            f"{OFFICE}/commentAuthors": (
                f"<c:cmAuthorLst xmlns:c='{PML}'><c:cmAuthor id='7' name='Ed'/></c:cmAuthorLst>"
            ),
        },
        {
            f"{SINCE_2018}/comments": (
                f"<c:cmLst xmlns:c='{MODERN}' xmlns:a='{DML}'><c:cm authorId='{{7}}'><c:replyLst>"
                "<c:reply authorId='8'><c:txBody><a:p><a:r><a:t>Why?</a:t></a:r></a:p></c:txBody>"
                "</c:reply></c:replyLst><c:txBody><a:p><a:r><a:t>Now 480.</a:t></a:r></a:p>"
                "</c:txBody></c:cm></c:cmLst>"
            ),
            f"{SINCE_2018}/authors": (
                f"<c:authorLst xmlns:c='{MODERN}'><c:author id='{{7}}' name='Ed'/></c:authorLst>"
            ),
        },
    ],
)
def test_comments_on_a_slide_are_read(deck, tmp_path, parts):
    slide = add_slide(deck, "The rent is 410")
    for part, (kind, content) in zip((slide.part, deck.part), parts.items(), strict=True):
        name = PackURI(f"/ppt/{kind.rpartition('/')[2]}1.xml")
        made = Part(name, "application/xml", part.package, content.encode())
        part.relate_to(made, kind)

    assert [text for _, text in told(read(deck, tmp_path))] == [
        "The rent is 410",
        "Note by Ed: Now 480.",
        "Note: Why?",
    ]


def test_signs_on_a_slide_are_read_as_they_are_shown(deck, tmp_path):
    slide = add_slide(deck, "Boat check")
    box = slide.shapes.add_textbox(*map(Inches, (1, 1, 5, 1)))
    for text, font in (
        ("Ready ", "Arial"),
        ("\u00fc", "Wingdings"),
        (" at 5 ", "Arial"),
        ("m", "Symbol"),
    ):
        run = box.text_frame.paragraphs[0].add_run()
        run.text, run.font.name = text, font

    assert only(read(deck, tmp_path), "paragraph").text == "Ready ✓ at 5 µ"

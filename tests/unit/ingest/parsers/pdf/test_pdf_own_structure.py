"""What a PDF says of itself: headings and descriptions of its tags, bookmarks, attached files."""

import io
import zipfile

import pytest
from builders_archives import Shelf
from builders_pdf import Page, parse_pdf, pdf_bytes, with_bookmarks, with_files

PROSE = ("The well was dug in the summer of 1903 by the men of the", "village, by hand.") * 4


def roles(document):
    return [(element.role, element.text) for element in document.elements]


def plain_page(y=100):
    return Page().text(72, y, "The well of the mill").lines(72, y + 40, *PROSE)


def test_what_the_file_calls_a_heading_is_one(tmp_path):
    page = Page().text(72, 100, "The well of the mill").tagged("H2").lines(72, 140, *PROSE)

    document = parse_pdf(tmp_path, pdf_bytes(page))

    heading = document.elements[0]
    assert (heading.role, heading.level, heading.text) == ("title", None, "The well of the mill")
    assert roles(parse_pdf(tmp_path, pdf_bytes(plain_page())))[0][0] == "paragraph"


SAID = "A water wheel beside a well, and two men with spades"


def test_what_is_said_of_a_figure_is_its_caption(tmp_path):
    page = Page().lines(72, 60, *PROSE).picture(100, 300, 300, 200).tagged("Figure", said=SAID)

    document = parse_pdf(tmp_path, pdf_bytes(page))

    figure, caption = document.elements[-2:]
    assert (figure.role, caption.role, caption.text) == ("figure", "caption", SAID)
    assert caption.bbox == figure.bbox


def test_what_is_said_of_a_figure_stands_below_the_caption_that_is_printed(tmp_path):
    page = Page().lines(72, 60, *PROSE).picture(100, 300, 300, 200).tagged("Figure", said=SAID)
    page.text(100, 506, "Figure 1: The well of 1903")

    caption = parse_pdf(tmp_path, pdf_bytes(page)).elements[-1]

    assert caption.text == f"Figure 1: The well of 1903\n{SAID}"
    assert [caption.text[slice(*p.span)] for p in caption.provenances][-1] == SAID


def test_a_bookmark_to_a_scanned_page_is_its_heading(tmp_path):
    data = with_bookmarks(pdf_bytes(Page().scan(), Page().scan()), ("The well", 2, 0))

    assert roles(parse_pdf(tmp_path, data)) == [
        ("figure", ""),
        ("heading", "The well"),
        ("figure", ""),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "The well of the mill",
        "2.1 The well of the mill",
        "Page 1",
        "iv",
        "scan_0001",
        "Figure 3: a well",
    ],
)
def test_a_bookmark_that_the_page_prints_or_that_names_no_section_is_left_out(tmp_path, title):
    data = pdf_bytes(plain_page())

    made = roles(parse_pdf(tmp_path, with_bookmarks(data, (title, 1, 0))))

    texts = [text for _, text in made]
    assert texts.count("The well of the mill") == 1
    assert title in texts or len(made) == len(roles(parse_pdf(tmp_path, data)))
    assert title not in texts or title == "The well of the mill"


def test_files_attached_to_a_pdf_are_documents_of_their_own(tmp_path):
    shelf = Shelf(tmp_path)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("mill.txt", "The mill is old.")
    data = pdf_bytes(plain_page())
    files = {"depth.csv": b"year,metres\n1903,63\n", "more.zip": inner.getvalue()}
    shelf.write("well.pdf", with_files(data, **files))
    shelf.write("plain.pdf", data)

    assert shelf.states() == {
        "plain.pdf": "ready",
        "well.pdf": "ready",
        "well.pdf/depth.csv": "ready",
        "well.pdf/more.zip": "ready",
        "well.pdf/more.zip/mill.txt": "ready",
    }
    assert set(shelf.states().values()) == {"unchanged"}
    assert shelf.unpacked == []


def test_attached_files_keep_to_the_limits_of_archives(tmp_path):
    shelf = Shelf(tmp_path, archive_members=1)
    files = {"a.txt": b"One well.", "b.txt": b"Two wells."}
    shelf.write("well.pdf", with_files(pdf_bytes(plain_page()), **files))

    assert "holds more than 1 files" in shelf.ingest()["well.pdf"][1]

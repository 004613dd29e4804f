"""What a PDF says of itself: bookmarks, attached files."""

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

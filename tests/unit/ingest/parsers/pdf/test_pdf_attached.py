"""The files that are attached to a PDF."""

import io
import zipfile

from builders_archives import Shelf
from builders_pdf import Page, pdf_bytes, with_files

PROSE = ("The well was dug in the summer of 1903 by the men of the", "village, by hand.") * 4


def plain_page(y=100):
    return Page().text(72, y, "The well of the mill").lines(72, y + 40, *PROSE)


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

import pytest
from builders_office import parse, picture_bytes, told, write_zip

from rag.errors import SourceError

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Winter</dc:title>
 <dc:creator>A. Author</dc:creator></metadata><manifest>
 <item id="two" href="text/2.xhtml" media-type="application/xhtml+xml"/>
 <item id="one" href="text/1.xhtml" media-type="application/xhtml+xml"/>
 <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
 </manifest><spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine>
 </package>"""


def write_book(path, **more):
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/text/1.xhtml": "<h1>Ice</h1><p>It is cold.</p><img src='../img/a.png'/>",
        "OEBPS/text/2.xhtml": "<h1>Snow</h1><img src='../../../../etc/hostname'/>",
        "OEBPS/img/a.png": picture_bytes(),
    }
    return write_zip(path, members | more)


def test_pages_and_sounds_that_are_no_chapter_are_told(tmp_path):
    apart = (
        '<item id="x" href="text/notes.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="y" href="a/read%20aloud.mp3" media-type="audio/mpeg"/></manifest>'
    )
    package = {"OEBPS/book.opf": PACKAGE.replace("</manifest>", apart)}

    document = parse(write_book(tmp_path / "a.epub", **package))

    assert document.warnings[-1] == "also holds notes.xhtml, read aloud.mp3, not read"


def test_chapters_come_in_the_order_of_the_spine_without_navigation(tmp_path):
    document = parse(write_book(tmp_path / "a.epub"))

    assert told(document) == [
        ("title", "Winter"),
        ("paragraph", "Author: A. Author"),
        ("heading", "Ice"),
        ("paragraph", "It is cold."),
        ("figure", ""),
        ("heading", "Snow"),
    ]
    assert (document.title, document.page_count) == ("Winter", 0)


def test_a_protected_book_is_refused(tmp_path):
    lock = '<encryption><CipherReference URI="OEBPS/text/1.xhtml"/></encryption>'

    with pytest.raises(SourceError, match="copy protected"):
        parse(write_book(tmp_path / "a.epub", **{"META-INF/encryption.xml": lock}))

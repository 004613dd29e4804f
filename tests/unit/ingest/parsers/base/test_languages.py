"""The language that a file declares."""

import docx
import pytest
from builders_office import parse, parse_text, write_zip
from builders_pdf import Page, parse_pdf, pdf_bytes
from docx.oxml.ns import qn

PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:language>fr-CA</dc:language></metadata>
 <manifest><item id="one" href="1.xhtml" media-type="application/xhtml+xml"/></manifest>
 <spine><itemref idref="one"/></spine></package>"""
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book.opf"/></rootfiles></container>'
)
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('<!doctype html><html class="a" lang="de-AT"><body>Schnee', "de"),
        ('<html xmlns="http://www.w3.org/1999/xhtml" xml:lang=fr><body>Neige', "fr"),
        ('<html><body lang="de">Snow', None),
    ],
)
def test_a_web_page_declares_it_in_its_first_tag(tmp_path, html, language):
    assert parse_text(tmp_path, "a.html", html).language == language


def test_word_declares_it_in_its_styles(tmp_path):
    made = docx.Document()
    made.add_paragraph("Schnee.")
    (tag,) = made.styles.element.iter(qn("w:lang"))
    tag.set(qn("w:val"), "de-CH")
    made.save(tmp_path / "a.docx")

    assert parse(tmp_path / "a.docx").language == "de"


@pytest.mark.parametrize(
    ("meta", "styles", "language"),
    [("<dc:language>nl-BE</dc:language>", "de", "nl"), ("", "de", "de"), ("", "", None)],
)
def test_an_open_document_declares_it_in_its_data_else_in_its_styles(
    tmp_path, meta, styles, language
):
    default = f'<style:default-style><style:text-properties fo:language="{styles}"/>'
    path = write_zip(
        tmp_path / "a.odt",
        {
            "mimetype": OPEN_DOCUMENT,
            "content.xml": f"<office:document-content {NAMES}><office:body><office:text>"
            "<text:p>Schnee.</text:p></office:text></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {NAMES}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
            "styles.xml": f"<office:document-styles {NAMES}><office:styles>{default}"
            "</style:default-style></office:styles></office:document-styles>",
        },
    )

    assert parse(path).language == language


def test_a_book_declares_it_in_its_package(tmp_path):
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "book.opf": PACKAGE,
        "1.xhtml": "<p>Il neige.</p>",
    }

    assert parse(write_zip(tmp_path / "a.epub", members)).language == "fr"


@pytest.mark.parametrize(
    ("entry", "language"),
    [(b"/Lang (de-DE)", "de"), (b"/Lang ()", None), (b"/Lang 7", None), (b"", None)],
)
def test_a_pdf_declares_it_in_its_catalog(tmp_path, entry, language):
    page = Page()
    page.text(50, 700, "Schnee.")
    data = pdf_bytes(page).replace(b"/Type /Catalog", b"/Type /Catalog " + entry)

    assert parse_pdf(tmp_path, data).language == language

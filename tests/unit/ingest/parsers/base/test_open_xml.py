"""Office packages that Office opens and libraries do not."""

import re
import zipfile

import docx
import openpyxl
import pptx
import pytest
from builders_office import parse, picture_bytes, told, write_zip


def rewritten(path, change):
    """Write a package anew, each part as `change(name, data)` gives it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return write_zip(path, dict(change(name, data) for name, data in parts.items()))


def strict(name, data):
    if not name.endswith((".xml", ".rels")):
        return name, data
    usual = rb"http://schemas\.openxmlformats\.org/(?!package/)(\w+)/2006/"
    data = data.replace(b"extended-prop", b"extendedProp")
    return name, re.sub(usual, rb"http://purl.oclc.org/ooxml/\1/", data)


def write_docx(path):
    document = docx.Document()
    document.add_heading("Mooring", 1)
    document.add_paragraph("The ferry pays 412 kroner.")
    document.save(path)


def write_xlsx(path):
    book = openpyxl.Workbook()
    book.active.append(["Crane", "Tonnes"])
    book.active.append(["Ulrike", 57])
    book.save(path)


def write_pptx(path):
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Crane Ulrike lifts 57 tonnes"
    deck.save(path)


WRITERS = {"docx": write_docx, "xlsx": write_xlsx, "pptx": write_pptx}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_strict_file_is_read_as_the_same_file_saved_as_usual(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    WRITERS[kind](path)
    usual = told(parse(path))

    rewritten(path, strict)

    assert b"purl.oclc.org" in zipfile.ZipFile(path).read("_rels/.rels")
    assert told(parse(path)) == usual != []


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("target", ["NULL", "../NULL", "#_bookmark", "media/gone.png", ""])
def test_relationships_that_lead_nowhere_do_no_harm(tmp_path, kind, target):
    path = tmp_path / f"a.{kind}"
    WRITERS[kind](path)
    usual = told(parse(path))
    image = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    more = f'<Relationship Id="rId99" Type="{image}" Target="{target}"/></Relationships>'

    rewritten(path, lambda n, d: (n, d.replace(b"</Relationships>", more.encode())))

    assert told(parse(path)) == usual


def test_a_missing_picture_leaves_the_words(tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())
    document = docx.Document()
    document.add_picture(str(tmp_path / "p.png"))
    document.add_paragraph("The tower is red.")
    document.save(tmp_path / "a.docx")

    rewritten(tmp_path / "a.docx", lambda n, d: (n.replace("image1.png", "other.png"), d))

    assert told(parse(tmp_path / "a.docx")) == [("paragraph", "The tower is red.")]


def test_names_of_parts_are_the_same_in_large_and_small_letters(tmp_path):
    path = tmp_path / "a.docx"
    write_docx(path)

    rewritten(path, lambda n, d: (n.replace("word/styles", "word/Styles"), d))

    assert told(parse(path)) == [
        ("heading", "Mooring"),
        ("paragraph", "The ferry pays 412 kroner."),
    ]

"""A page's words: by its number, by words on it, and in stretches where there are no pages."""

import pytest
from builders_ui import BOX, a_document
from fake_library import FakeLibrary

from pagelight.services.answering.asking import STRETCH_LETTERS, read_page
from rag.datamodel import Element, Provenance
from rag.errors import SourceError


def on_page(text, page):
    return Element(role="paragraph", text=text, provenances=(Provenance(page=page, bbox=BOX),))


PAGES = a_document(on_page("Snow fell.", 1), on_page("Rain fell | 3 mm.", 2), page_count=3)


def test_a_page_has_its_own_parts_with_their_places(tmp_path):
    page = read_page(FakeLibrary(PAGES, folder=tmp_path), "report.pdf", 2)

    assert [part.text for part in page.parts] == ["Rain fell | 3 mm."]
    assert page.parts[0].provenances[0].bbox == BOX
    assert (page.page, page.page_count, page.is_stretch) == (2, 3, False)


def test_a_document_without_pages_is_read_in_stretches_of_whole_parts(tmp_path):
    long = Element(role="paragraph", text="a" * STRETCH_LETTERS)
    doc = a_document(long, Element(role="paragraph", text="The end."))

    library = FakeLibrary(doc, folder=tmp_path)
    first, second = (read_page(library, "report.pdf", page) for page in (1, 2))

    assert (first.text, second.text) == (long.text, "The end.")
    assert second.is_stretch
    with pytest.raises(SourceError, match="no page 3"):
        read_page(library, "report.pdf", 3)


def test_a_page_is_found_by_words_on_it_whatever_marks_divide_them(tmp_path):
    library = FakeLibrary(PAGES, folder=tmp_path)

    assert read_page(library, "report.pdf", quote="rain fell 3 mm").page == 2
    with pytest.raises(SourceError, match="does not hold"):
        read_page(library, "report.pdf", quote="rain fe")


def test_a_wrong_name_page_or_quote_is_told_with_what_there_is(tmp_path):
    library = FakeLibrary(PAGES, folder=tmp_path)

    assert read_page(library, "report.pdf").page == 1
    assert read_page(library, "report.pdf", quote="Rain fell").page == 2
    with pytest.raises(SourceError, match=r"no page 9.* 1 to 3"):
        read_page(library, "report.pdf", 9)
    with pytest.raises(SourceError, match=r"no document other\.pdf"):
        read_page(library, "other.pdf")
    with pytest.raises(SourceError, match="does not hold the words “hail”"):
        read_page(library, "report.pdf", quote="hail")

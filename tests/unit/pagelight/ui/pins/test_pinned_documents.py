"""Pinned answers as Word, PDF and Markdown: with notes, pictures, and footnotes counted through."""

import io
import zipfile

import pytest
from builders_ui import a_chunk, a_document, a_worked_out_answer, an_answer
from docx import Document
from fake_library import FakeLibrary, FakeRenderer
from fastapi import FastAPI
from fastapi.testclient import TestClient
from lxml import etree
from pypdf import PdfReader

from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.pins.page_docx import as_docx
from pagelight.ui.pins.page_markdown import as_markdown_zip
from pagelight.ui.pins.page_pdf import as_pdf
from pagelight.ui.pins.pin_routes import pin_routes
from pagelight.ui.pins.pinned_page import pinned_page
from rag.storage.conversations.conversations import Exchange
from rag.storage.conversations.pins import PinnedAnswer
from rag.storage.database.source_folders import Roots

TALK = "a" * 16
SNOW = a_chunk("Snow lay 19 weeks.")
RAIN = a_chunk("Łódź: дождь & <b>rain</b>.", source="b_c.txt", provenances=())


def pinned(answer, *, question="How *much* <snow>?", note="", exchange_id="e1"):
    exchange = Exchange(id=exchange_id, question=question, answer=answer)
    return PinnedAnswer(conversation_id=TALK, exchange=exchange, note=note)


@pytest.fixture(scope="module")
def page():
    return pinned_page(
        [
            pinned(
                an_answer("**312 cm** fell [1].\n\n- Rain \x07too [2].\n- Snow [1].", SNOW, RAIN),
                note="For the\nreport.",
            ),
            pinned(a_worked_out_answer(), question=""),
            pinned(an_answer("Month | cm\nJan | 214 [1]", SNOW)),
        ],
        lambda _answer, _figure: None,
    )


def test_footnotes_are_counted_through_the_page_as_its_words_come_to_them(page):
    assert page.footnotes[0].startswith("b_c.txt “Łódź")
    assert [list(entry.numbers.values()) for entry in page.entries] == [[1, 2], [3], [4]]


def test_a_word_document_has_real_footnotes(page):
    data = as_docx(page)
    document = Document(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        notes = etree.fromstring(archive.read("word/footnotes.xml"))
        body = archive.read("word/document.xml").decode()

    told = ["".join(note.itertext()).strip() for note in notes]
    assert next(filter(None, told)) == "b_c.txt “Łódź: дождь & <b>rain</b>.”"
    assert body.count("<w:footnoteReference") == len(page.footnotes)
    assert len(document.tables) == 1
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "How *much* <snow>?" in text
    assert "For the\nreport." in text
    assert "312 cm fell" in text


def test_a_pdf_holds_words_of_every_script_of_europe_and_the_footnotes(page):
    told = "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(as_pdf(page))).pages)

    assert "How *much* <snow>?" in told
    assert "312 cm fell" in told
    assert "b_c.txt “Łódź: дождь & <b>rain</b>.”" in told


def test_markdown_has_footnotes_that_lead_to_their_sources(page):
    with zipfile.ZipFile(io.BytesIO(as_markdown_zip(page))) as archive:
        text = archive.read("pinned-answers.md").decode()

    assert "## How \\*much\\* \\<snow\\>?" in text
    assert "> For the\n> report." in text
    assert "- Rain \ufffdtoo [^1]." in text
    assert "[^1]: b\\_c.txt" in text


@pytest.fixture
def client(tmp_path):
    library = FakeLibrary(a_document(), folder=tmp_path)
    answer = an_answer("Snow <fell> [1].", SNOW)
    library.conversations.put(TALK, Exchange(id="e1", question="Snow?", answer=answer))
    library.conversations.put(TALK, Exchange(id="e2", question="Rain?"))
    pages = Pages(
        library,
        renderer=FakeRenderer(),
        roots=lambda: Roots(own=tmp_path),
        renders=tmp_path / "renders",
    )
    app = FastAPI()
    app.include_router(pin_routes(library, pages))
    return TestClient(app)


def test_an_answer_is_pinned_noted_gathered_and_unpinned(client):
    assert "Nothing is pinned yet" in client.get("/pins").text
    assert client.post(f"/pins/{TALK}/e1").status_code == 204
    assert client.put(f"/pins/{TALK}/e1", json={"note": "<b>Mine"}).status_code == 204
    html = client.get("/pins").text

    assert client.get(f"/pins/{TALK}").json() == ["e1"]
    assert "Snow &lt;fell&gt;" in html
    assert "&lt;b&gt;Mine</textarea>" in html
    assert f'value="{TALK}_e1/0"' in html
    for kind in ("docx", "pdf", "zip"):
        saved = client.get(f"/pins/page.{kind}")
        assert f'filename="pinned-answers.{kind}"' in saved.headers["content-disposition"]
    assert client.delete(f"/pins/{TALK}/e1").status_code == 204
    assert client.get(f"/pins/{TALK}").json() == []


def test_what_is_no_answer_is_not_pinned(client):
    for path in (f"{TALK}/e2", f"{TALK}/e9", "beef/e1"):
        assert client.post(f"/pins/{path}").status_code == 404
    assert client.put(f"/pins/{TALK}/e1", json={"note": "x"}).status_code == 404
    assert client.get("/pins/page.exe").status_code == 422

"""Pinned answers: gathered with notes, and saved as a Word document."""

import io
import json
from dataclasses import replace

import pytest
from builders_ui import a_chunk, a_document, a_worked_out_answer, an_answer, client_of
from docx import Document
from fake_library import FakeLibrary, FakeRenderer
from PIL import Image
from pypdf import PdfReader

from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.answers.saved import saved_as
from pagelight.ui.chat.routes import pin_routes
from pagelight.ui.source.crops import figure_reader
from rag.datamodel import Figure
from rag.storage.conversations.exchange import Exchange, KeptAttachment
from rag.storage.conversations.personal import PinnedAnswer

TALK = "a" * 16
SNOW = a_chunk("Snow lay 19 weeks.")
RAIN = a_chunk("Łódź: дождь & <b>rain</b>.", source="b_c.txt", provenances=())


def pinned(answer, *, question="How *much* <snow>?", note="", exchange_id="e1"):
    exchange = Exchange(id=exchange_id, question=question, answer=answer)
    return PinnedAnswer(conversation_id=TALK, exchange=exchange, note=note)


PINS = [
    pinned(
        an_answer("**312 cm** fell [1].\n\n- Rain \x07too [2].\n- Snow [1].", SNOW, RAIN),
        note="For the\nreport.",
    ),
    pinned(a_worked_out_answer(), question=""),
    pinned(an_answer("Month | cm\nJan | 214 [1]", SNOW)),
]


def saved(form):
    parts = [(pin.exchange, pin.note) for pin in PINS]
    data = saved_as(form, "Pinned", parts, lambda _answer, _figure: None)
    return io.BytesIO(data)


def test_a_word_document_has_words_notes_tables_and_numbered_sources():
    document = Document(saved("docx"))

    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["Jan", "214[1]"]
    told = [paragraph.text for paragraph in document.paragraphs]
    for words in (
        "How *much* <snow>?",
        "For the\nreport.",
        "Rain \ufffdtoo[2].",
        "[2] b_c.txt “Łódź: дождь & <b>rain</b>.”",
    ):
        assert words in told
    assert [run.text for p in document.paragraphs for run in p.runs if run.bold] == ["312 cm"]


def test_a_mark_amid_strong_words_is_a_mark_still():
    exchange = Exchange(id="e1", question="Snow?", answer=an_answer("**Snow fell [1]**.", SNOW))
    data = saved_as("docx", "One", [(exchange, "")], lambda *_: None)

    runs = Document(io.BytesIO(data)).paragraphs[2].runs
    assert [(r.text, r.bold, r.font.superscript) for r in runs] == [
        ("Snow fell", True, None),
        ("[1]", True, True),
        (".", None, None),
    ]


def test_a_pdf_has_them_too():
    told = " ".join(" ".join(page.extract_text() for page in PdfReader(saved("pdf")).pages).split())

    for words in ("How *much* <snow>?", "For the report.", "312 cm fell", "Jan 214", "дождь & <b>"):
        assert words in told


def test_a_picture_of_an_answer_stands_in_the_pdf():
    answer = replace(
        an_answer("Snow [1].", SNOW), figures=(Figure(citation=0, caption="", alt="A *chart*"),)
    )
    exchange = Exchange(id="e1", question="Snow?", answer=answer)
    picture = io.BytesIO()
    Image.new("RGBA", (3000, 40)).save(picture, "webp")
    data = saved_as("pdf", "One", [(exchange, "")], lambda *_: (picture.getvalue(), "webp"))

    (page,) = PdfReader(io.BytesIO(data)).pages
    assert [image.image.width for image in page.images] == [1600]
    assert "A *chart*" in page.extract_text()


def test_what_came_and_was_searched_stands_below_the_question_remarks_below_the_answer():
    answer = replace(PINS[2].exchange.answer, notes=("Stopped.",))
    came = (KeptAttachment(doc_id="", name="a_1.jpg"), KeptAttachment(doc_id="", name="b.pdf"))
    exchange = Exchange(
        id="e1", question="Snow?", answer=answer, scope=("in:a/",), attachments=came
    )
    data, told, rows = (
        saved_as(form, "One", [(exchange, "")], lambda *_: None) for form in ("docx", "md", "json")
    )

    lines = [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]
    about = ["With the question: a_1.jpg, b.pdf", "Searched in: a/"]
    assert lines[1:5] == ["Snow?", *about, "Stopped."]
    assert "## Snow?\n\nWith the question: a\\_1.jpg, b.pdf\n\nSearched in: a/\n" in told.decode()
    assert json.loads(rows)["exchanges"][0]["files"] == ["a_1.jpg", "b.pdf"]


@pytest.fixture
def client(tmp_path):
    library = FakeLibrary(a_document(), folder=tmp_path)
    answer = an_answer("Snow <fell> [1].", SNOW)
    library.conversations.put(TALK, Exchange(id="e1", question="Snow?", answer=answer))
    library.conversations.put(TALK, Exchange(id="e2", question="Rain?"))
    pages = Pages(library, renderer=FakeRenderer())
    return client_of(pin_routes(library, figure_reader(library, pages)))


def test_an_answer_is_pinned_noted_gathered_and_unpinned(client):
    assert "Nothing is pinned yet" in client.get("/pins").text
    assert client.post(f"/pins/{TALK}/e1").status_code == 204
    assert client.put(f"/pins/{TALK}/e1", json={"note": "<b>Mine"}).status_code == 204
    html = client.get("/pins").text

    assert client.get(f"/pins/{TALK}").json() == ["e1"]
    assert "Snow &lt;fell&gt;" in html
    assert "&lt;b&gt;Mine</textarea>" in html
    assert f'value="{TALK}_e1/0"' in html
    saved = client.get("/pins/page.docx")
    assert 'filename="pinned-answers.docx"' in saved.headers["content-disposition"]
    assert client.delete(f"/pins/{TALK}/e1").status_code == 204
    assert client.get(f"/pins/{TALK}").json() == []


def test_what_is_no_answer_is_not_pinned(client):
    for path in (f"{TALK}/e2", f"{TALK}/e9", "beef/e1"):
        assert client.post(f"/pins/{path}").status_code == 404
    assert client.put(f"/pins/{TALK}/e1", json={"note": "x"}).status_code == 404

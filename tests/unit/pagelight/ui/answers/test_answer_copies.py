import io
from dataclasses import replace

import pytest
from builders_ui import a_chunk, an_answer, client_of
from docx import Document
from fake_library import FakeLibrary
from pypdf import PdfReader

from pagelight.ui.answers.markdown import copied
from pagelight.ui.answers.render import answer_html
from pagelight.ui.answers.saved import saved_as
from pagelight.ui.chat.routes import conversation_routes
from rag.datamodel import Figure
from rag.storage.conversations.exchange import Exchange

SNOW = a_chunk("Snow *fell*.")
RAIN = a_chunk("Rain fell.", source="b_c.txt", provenances=())
TEXT = "**312 cm** of snow [1]. Rain <b>too</b> [2]."


def test_sources_are_footnotes_of_the_words_that_cite_them():
    told = copied(an_answer(TEXT, SNOW, RAIN))

    assert told == (
        "**312 cm** of snow [^1]. Rain \\<b\\>too\\</b\\> [^2].\n\n"
        "[^1]: report.pdf, page 2 “Snow \\*fell\\*.”\n[^2]: b\\_c.txt “Rain fell.”"
    )


def test_words_of_a_document_make_no_footnote():
    answer = an_answer("See [^9] and \ue0009\ue001 [1].", SNOW)

    assert "[^9]" not in copied(answer)
    assert copied(answer).count("[^") == 2


def test_where_nothing_was_found_the_nearest_places_are_no_footnotes():
    nothing = replace(an_answer("Nothing was found. [1]", SNOW), answered=False)

    assert nothing.state == "not_found"
    assert "[^1]:" not in copied(nothing)


@pytest.fixture
def client(tmp_path):
    store = FakeLibrary(folder=tmp_path).conversations
    answer = an_answer("Snow fell [1].", SNOW)
    store.put("c0ffee", Exchange(id="e1", question="Snow?", answer=answer))
    store.put("c0ffee", Exchange(id="e2", question="Rain?"))
    return client_of(
        conversation_routes(store, None, None, delete=store.delete, restore=store.restore)
    )


def test_an_answer_is_fetched_as_text_that_no_browser_takes_for_a_page(client):
    answer = client.get("/answers/c0ffee/e1.md")

    assert answer.text.startswith("Snow fell [^1].")
    assert answer.headers["content-type"].startswith("text/plain")
    for path in ("c0ffee/e2.md", "c0ffee/e9.md", "beef/e1.md"):
        assert client.get(f"/answers/{path}").status_code == 404


def test_a_page_of_a_presentation_is_called_a_slide_in_marks_rows_and_files():
    rows = a_chunk("Month | Snow\nMay | 2", source="deck.PPTX", role="table")
    table = Figure(citation=0, caption="Depths", alt="Depths", page=2)
    answer = an_answer("Snow fell [1].", rows, figures=(table,))
    parts = [(Exchange(id="e1", question="Snow?", answer=answer), "")]
    html = answer_html(answer, key="k")
    word, pdf, markdown = (
        saved_as(form, "One", parts, lambda *_: None) for form in ("docx", "pdf", "md")
    )

    assert '>1<span class="unseen">, deck.PPTX, slide 2</span></button>' in html
    assert '<span class="page">slide 2</span>' in html
    assert "Depths · slide 2" in html
    assert "[^1]: deck.PPTX, slide 2 “Month" in copied(answer)
    assert "deck.PPTX, slide 2" in markdown.decode()
    assert Document(io.BytesIO(word)).paragraphs[-1].text.startswith("[1] deck.PPTX, slide 2 “")
    assert "deck.PPTX, slide 2" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "page 2" not in html + markdown.decode()

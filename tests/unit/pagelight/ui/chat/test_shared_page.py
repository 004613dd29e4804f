from dataclasses import replace

import pytest
from builders_ui import a_chunk, an_answer, client_of

from pagelight.ui.chat.routes import conversation_routes
from rag.datamodel import Figure
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange, KeptAttachment
from rag.storage.conversations.personal import Shares
from rag.storage.database.user_database import UserFile

TALK = "0123456789abcdef"
OPEN = an_answer("**312 cm** <i>fell</i> [1].", a_chunk("Snow & ice."))
SECRET = an_answer("Rain fell [1].", a_chunk("Rain.", source="secret/b.pdf"))


@pytest.fixture
def ledger(tmp_path):
    ledger = UserFile(tmp_path / "ledger.sqlite")
    store = Conversations(ledger, owner="bob")
    store.put(TALK, Exchange(id="e1", question="How <b>deep</b>?", answer=OPEN))
    store.put(TALK, Exchange(id="e2", question="And the secret?", answer=SECRET))
    yield ledger
    ledger.close()


def sees_open(grounds):
    return not any(source.startswith("secret/") for _, source in grounds)


def read(_answer, figure):
    return (b"as drawn", "png") if figure.alt else None


def served(own, shares):
    return client_of(conversation_routes(own, shares, read, delete=None, restore=None))


@pytest.fixture
def bob(ledger):
    own = Conversations(ledger, owner="bob")
    return served(own, Shares(ledger, owner="bob"))


@pytest.fixture
def ann(ledger):
    return served(None, Shares(ledger, owner="ann", may_show=sees_open))


def test_a_link_shows_question_answer_and_the_places_of_its_marks(bob):
    page = bob.get(bob.post(f"/shares/{TALK}").json()["path"]).text

    assert '<h1 dir="auto">How &lt;b&gt;deep&lt;/b&gt;?</h1>' in page
    assert "<strong>312 cm</strong> &lt;i&gt;fell&lt;/i&gt;" in page
    assert '<a href="#s1-1">[1]</a>' in page
    assert (
        '<li id="s1-1">[1] <bdi>report.pdf</bdi>, page 2<q dir="auto">Snow &amp; ice.</q>' in page
    )
    assert "<script" not in page
    assert "312 cm" in bob.get(f"/conversations/{TALK}.html").text  # to be printed
    assert bob.get("/conversations/none.html").status_code == 404


def test_who_may_not_see_a_document_sees_neither_its_answer_nor_its_question(bob, ann):
    page = ann.get(bob.post(f"/shares/{TALK}").json()["path"]).text

    assert "312 cm" in page
    assert "1 question left out: It stands on documents that you may not see." in page
    assert "secret" not in page
    assert "Rain" not in page


def test_what_somebody_brought_is_not_shared(ledger, bob, ann):
    brought = (KeptAttachment(doc_id="d9", name="mine.pdf"),)
    exchange = Exchange(id="e3", question="What is mine?", attachments=brought, answer=OPEN)
    Conversations(ledger, owner="bob").put(TALK, exchange)
    path = bob.post(f"/shares/{TALK}").json()["path"]

    assert "mine" not in ann.get(path).text
    assert "What is mine?" in bob.get(path).text


def test_a_link_leads_as_far_as_was_shown_and_no_further(ledger, bob, ann):
    path = bob.post(f"/shares/{TALK}").json()["path"]
    Conversations(ledger, owner="bob").put(TALK, Exchange(id="e4", question="Later?", answer=OPEN))
    assert "Later?" not in ann.get(path).text

    assert bob.post(f"/shares/{TALK}").json()["path"] == path
    assert "Later?" in ann.get(path).text


def test_a_link_that_was_taken_back_or_deleted_leads_nowhere(ledger, bob, ann):
    path = bob.post(f"/shares/{TALK}").json()["path"]
    ann.delete(f"/shares/{TALK}")
    assert ann.get(path).status_code == 200
    bob.delete(f"/shares/{TALK}")
    assert ann.get(path).status_code == 404

    path = bob.post(f"/shares/{TALK}").json()["path"]
    Conversations(ledger, owner="bob").delete(TALK)
    told = ann.get(path)
    assert (told.status_code, "This link leads nowhere" in told.text) == (404, True)


def test_nobody_shares_what_is_another_persons(ann):
    assert ann.post(f"/shares/{TALK}").status_code == 404
    assert ann.get("/shared/guessed").status_code == 404


def test_a_printed_page_has_the_pictures_and_tables_of_answers_and_what_was_searched(ledger, bob):
    chunk = a_chunk("Month | cm\nJan | 214")
    figures = (
        Figure(citation=0, caption="Depths", alt="A <chart>"),
        Figure(citation=0, caption="", alt=""),
    )
    answer = replace(an_answer("Snow fell [1].", chunk), figures=figures)
    came = (KeptAttachment(doc_id="d9", name="mine.pdf"),)
    exchange = Exchange(
        id="e3", question="Snow?", answer=answer, scope=("in:trips/",), attachments=came
    )
    Conversations(ledger, owner="bob").put(TALK, exchange)

    page = bob.get(f"/conversations/{TALK}.html").text

    assert '<img src="data:image/png;base64,YXMgZHJhd24=" alt="A &lt;chart&gt;"' in page
    assert 'Depths <a href="#s3-1">[1]</a>' in page
    assert "<td>214</td>" in page
    assert "With the question: mine.pdf" in page
    assert "Searched in: trips/" in page


def test_a_printed_page_has_the_name_of_its_conversation_and_tables(ledger, bob):
    store = Conversations(ledger, owner="bob")
    rows = an_answer("Bar | Value\nQ4 | 2440 [1]", a_chunk("Q4 | 2440"))
    store.put(TALK, Exchange(id="e3", question="Which bar?", answer=rows))
    store.rename(TALK, "Snow")

    page = bob.get(f"/conversations/{TALK}.html").text

    assert '<h1 dir="auto">Snow</h1>' in page
    assert '<td>2440 <a href="#s3-1">[1]</a></td>' in page

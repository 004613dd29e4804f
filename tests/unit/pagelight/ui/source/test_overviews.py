"""What a file is about, and what may be asked: shown only where the file answers it."""

import pytest
from builders_ui import a_chunk, a_document, a_hit, an_answer, client_of
from fake_engine import FakeEngine
from fake_library import FakeLibrary

from pagelight.services.answering.question_queue import QuestionQueue, QueuedEngine
from pagelight.ui.language import speaking
from pagelight.ui.source.overviews import Overviews, overview_routes
from rag.datamodel import Element
from rag.storage.conversations.exchange import Exchange

HEADINGS = ("A station", "1. Introduction", "2.1 Snow on the pass", "Costs of the <winch>")
BELOW = Element(
    role="paragraph", text="Of this the report tells a good deal more than is said here."
)


class Reading(FakeEngine):
    """Finds the report for what speaks of snow, nothing for the rest; counts what it is asked."""

    def ranked(self, query, k):
        self.asked.append((query, ()))
        return [a_hit(a_chunk())][:k] if "Snow" in query.text else []

    def overview(self, source):
        return an_answer("Snow fell. [1]", a_chunk("Snow <fell>.", source=source))


@pytest.fixture
def engine(tmp_path):
    first, *headings = (Element(role="heading", text=text) for text in HEADINGS)
    elements = [first, *(part for heading in headings for part in (heading, BELOW))]
    return Reading(index=FakeLibrary(a_document(*elements, page_count=2), folder=tmp_path))


@pytest.fixture
def turns():
    return QuestionQueue(1)


@pytest.fixture
def client(engine, turns, tmp_path):
    overviews = Overviews(QueuedEngine(engine, turns), tmp_path / "overviews")
    return client_of(overview_routes(engine.index, overviews))


def test_a_file_is_told_by_its_own_words_and_asked_what_it_answers_once(client, engine):
    (doc_id,) = engine.index.docs
    told = client.get(f"/overview/{doc_id}").text
    asked = client.get(f"/overview/{doc_id}/questions").text

    assert "Snow &lt;fell&gt;." in told
    assert 'data-page="2"' in told
    assert "2 pages" in told
    assert asked.count("<button") == 1
    assert "What does “report.pdf” say about “Snow on the pass”?" in asked
    tried = len(engine.asked)
    assert client.get(f"/overview/{doc_id}/questions").text == asked
    assert len(engine.asked) == tried
    assert client.get(f"/overview/{'0' * 64}").status_code == 404


def test_who_asks_comes_first_and_nothing_half_done_is_kept(client, engine, turns):
    (doc_id,) = engine.index.docs
    list(turns.take())
    assert "<button" not in client.get(f"/overview/{doc_id}/questions").text
    assert engine.asked == []

    turns.give_back()
    assert "<button" in client.get(f"/overview/{doc_id}/questions").text


def test_what_could_be_asked_next_is_in_the_language_of_the_question(client, engine):
    answer = an_answer("Es schneite. [1]", a_chunk(headings=("Costs of the <winch>",)))
    question = "Wie hoch lag der Schnee im Winter auf dem Pass?"
    engine.index.conversations.put("c", Exchange(id="e", question=question, answer=answer))

    with speaking("fr"):
        asked = client.get("/follow-ups/c/e").text
    assert "report.pdf" in asked
    assert "Snow on the pass" in asked
    assert "winch" not in asked
    assert "What does" not in asked
    assert client.get("/follow-ups/c/none").status_code == 404


def test_after_what_was_stopped_without_an_answer_nothing_is_asked(client, engine):
    engine.index.conversations.put("c", Exchange(id="e", question="How deep was the snow?"))
    told = client.get("/follow-ups/c/e")

    assert (told.status_code, "<button" in told.text) == (200, False)

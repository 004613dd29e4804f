"""Once a question is answered, the model of languages reads what is due, in the background."""

import threading

import pytest
from builders_meaning import Stronger, engine_over, opened, put
from fakes import FakeEmbedder

from rag.datamodel import Query
from rag.models.embedders import minilm
from rag.models.reader.reader import Reader
from rag.retrieval.across import AWAITED_PASSAGES, LanguageSearch
from rag.storage.search.spaces import LanguageSpace

POLISH = "Jak głęboki był śnieg na przełęczy w marcu?"


class Noticed(Stronger):
    """Tells by `read` that it was given passages; goes on once `may_read` is set."""

    def __init__(self):
        super().__init__()
        self.read = threading.Event()
        self.may_read = threading.Event()
        self.may_read.set()

    def embed_documents(self, texts):
        self.read.set()
        self.may_read.wait(timeout=60)
        return FakeEmbedder.embed_documents(self, texts)


@pytest.fixture
def model():
    return Noticed()


@pytest.fixture
def index(tmp_path):
    with opened(tmp_path / "ws") as made:
        put(made, "The snow on the Passeck was 290 cm deep.", language="en")
        yield made


@pytest.fixture
def languages(index, model):
    made = LanguageSearch(
        model,
        lambda m: index.space(LanguageSpace, model_id=m.model_id, dim=m.dim),
        is_here=lambda: True,
    )
    yield made
    made.close()


@pytest.fixture
def engine(index, languages):
    return engine_over(index, minilm(), Reader(), languages=languages)


def ask(engine, text="How deep was the snow on the Passeck?"):
    return list(engine.ask(Query(text=text)))


def test_what_is_not_in_english_is_read_after_an_answer(engine, index, model):
    put(index, "Der Schnee lag tief.", source="b.txt", language="de")
    ask(engine)

    assert model.read.wait(timeout=60)


def test_behind_an_ingest_english_passages_are_left_for_later(engine, index, languages):
    put(index, "Der Schnee lag tief.", source="b.txt", language="de")
    engine.read_new()

    found = languages.find(Query(text="How deep was the snow on the Passeck?"), k=5)
    assert [hit.chunk.source for hit in found] == ["b.txt"]
    assert languages.is_due()


def test_while_documents_are_read_in_it_waits(engine, index, model):
    put(index, "Der Schnee lag tief.", source="b.txt", language="de")
    with engine.reading_in():
        ask(engine)
        assert not model.read.wait(timeout=1)

    assert model.read.wait(timeout=60)


def test_a_question_in_another_language_waits_while_few_passages_are_read(engine, languages):
    first, *_, last = ask(engine, POLISH)

    assert "passages left: 1)" in first.notes[0]
    assert not first.text
    assert not languages.is_due()
    assert last.complete


def test_one_in_english_waits_for_nothing(engine, index):
    put(index, "Der Schnee lag tief.", source="b.txt", language="de")

    assert not any("passages" in "".join(answer.notes) for answer in ask(engine))


def test_while_many_are_read_it_is_told_to_ask_again_in_its_language(engine, index, model):
    put(index, *(f"Snow of {n} cm." for n in range(AWAITED_PASSAGES)), source="b.txt")
    model.may_read.clear()
    ask(engine, POLISH)
    assert model.read.wait(timeout=60)
    first, *_ = answers = ask(engine, POLISH)
    model.may_read.set()

    assert not any("Preparing" in "".join(answer.notes) for answer in (first, answers[-1]))
    assert "Dokumenty są jeszcze przygotowywane" in "".join(answers[-1].notes)


def test_what_is_not_read_yet_is_told_to_who_asks_in_another_language(engine, index, languages):
    put(index, "Der Schnee lag tief.", source="b.txt", language="de")
    question = "Wie tief lag der Schnee auf dem Passeck?"
    with engine.reading_in():
        languages.find(Query(text=question), k=1)
        *_, german = ask(engine, question)
        *_, english = ask(engine)

    assert "passages" in "".join(german.notes)
    assert "passages" not in "".join(english.notes)

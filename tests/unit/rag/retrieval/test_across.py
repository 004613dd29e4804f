"""The list across languages: when it is due, what it waits for, what it finds."""

import threading
import time

import pytest
from builders_meaning import OLD, Stronger, opened, put

from rag.datamodel import Hit, Query
from rag.retrieval.across import LanguageSearch
from rag.retrieval.retriever import Retriever
from rag.storage.search.spaces import LanguageSpace

ENGLISH = Query(text="How deep was the snow on the pass?")
POLISH = Query(text="Jak głęboki był śnieg na przełęczy w marcu?")


class Noting(Stronger):
    """Notes what it embeds."""

    def __init__(self, read):
        super().__init__()
        self._read = read

    def embed_documents(self, texts):
        self._read += texts
        return super().embed_documents(texts)


def languages_of(index, model, *, is_here=True):
    return LanguageSearch(
        model,
        lambda m: index.space(LanguageSpace, model_id=m.model_id, dim=m.dim),
        is_here=lambda: is_here,
    )


@pytest.fixture
def index(tmp_path):
    with opened(tmp_path / "ws") as made:
        put(made, "snow on the pass", "a road that was closed")
        yield made


@pytest.fixture
def model():
    return Stronger()


@pytest.fixture
def languages(index, model):
    made = languages_of(index, model)
    yield made
    made.close()


def test_who_has_english_alone_pays_nothing(languages, model, tmp_path):
    assert languages.find(ENGLISH, k=5) is None
    assert languages.read_on() == 0
    assert not model.ready
    assert not (tmp_path / "ws" / "language-vectors").exists()


def test_a_question_in_another_language_begins_it(languages):
    assert languages.find(POLISH, k=5) is None
    assert languages.is_due()
    assert languages.read_on() == 2
    assert not languages.is_due()
    assert len(languages.find(POLISH, k=5)) == 2


def test_a_document_in_another_language_begins_it(index, languages):
    put(index, "Der Schnee lag tief auf dem Pass.", source="b.txt", language="de")

    assert languages.read_on() == 3
    assert languages.find(ENGLISH, k=5)


def test_with_an_ingest_what_is_not_in_english_is_read_and_serves_english_questions(
    index, languages
):
    put(index, "Der Schnee lag tief auf dem Pass.", source="b.txt", language="de")
    assert languages.find(ENGLISH, k=5) is None

    languages.read_foreign(threading.Event())

    assert [hit.chunk.source for hit in languages.find(ENGLISH, k=5)] == ["b.txt"]
    assert languages.find(POLISH, k=5) is None
    assert languages.is_due()


def test_an_ingest_of_english_alone_reads_nothing_though_other_languages_were_asked(
    languages, model
):
    languages.find(POLISH, k=5)

    languages.read_foreign(threading.Event())

    assert not model.ready
    assert languages.is_due()


def test_what_is_not_in_english_is_read_first(index):
    put(index, "Der Schnee lag tief auf dem Pass.", source="b.txt", language="de")
    read = []
    languages = languages_of(index, Noting(read))

    assert languages.read_on() == 3
    assert "Schnee" in read[0]
    languages.close()


def test_what_comes_while_it_reads_in_the_background_is_read_too(index):
    def come():
        if index.file("b.txt") is None:
            put(index, "the barometer fell", source="b.txt")

    languages = languages_of(index, Stronger(after=come))
    languages.find(POLISH, k=5)
    languages.read_in_background(busy=lambda: False)
    until = time.monotonic() + 20
    while languages.is_due() and time.monotonic() < until:
        time.sleep(0.01)

    assert len(languages.find(POLISH, k=5)) == 3
    languages.close()


def test_sentences_are_compared_once_the_model_is_there(languages):
    said = ["snow on the pass", "the price of a horse"]
    assert languages.similarities("snow pass", said) is None

    languages.find(POLISH, k=5)
    languages.read_on()
    near, far = languages.similarities("snow pass", said)
    assert near > far
    assert languages.similarities("snow pass", []) is None


def test_a_sentence_is_embedded_once_for_all_that_compares_it(index):
    read = []
    languages = languages_of(index, Noting(read))
    languages.find(POLISH, k=5)
    languages.read_on()
    read.clear()

    first = languages.similarities("snow pass", ["a horse", "snow on the pass"])
    again = languages.similarities("snow pass", ["snow on the pass", "a horse", "snow on the pass"])

    assert sorted(read) == ["a horse", "snow on the pass"]
    assert again == [first[1], first[0], first[1]]
    languages.close()


def test_what_comes_later_is_read_too_and_what_goes_is_forgotten(index, languages, model):
    languages.find(POLISH, k=5)
    languages.read_on()
    put(index, "the barometer fell", source="b.txt")
    again = languages_of(index, model)

    assert again.is_due()
    assert again.read_on() == 1
    index.remove_sources(["b.txt"])
    put(index, "a letter from the station", source="c.txt")
    again.read_on()
    found = again.find(POLISH, k=5)
    assert sorted(hit.chunk.source for hit in found) == ["c.txt", "notes/a.txt", "notes/a.txt"]
    again.close()


def test_a_model_that_can_not_be_loaded_is_told(index):
    languages = languages_of(index, Stronger(broken=True))
    languages.find(POLISH, k=5)
    languages.read_on()

    assert languages.status == "The folder is empty. Other languages are found less well."


@pytest.fixture
def mixed(index):
    put(index, "Der Schnee lag tief.", source="b.txt", language="de")
    put(index, "the snow was deep", source="c.txt", language="en")
    return index


def across(index, **cosines):
    """Return what finds each source with a cosine, best first."""
    by_source = {record.sources[0]: record.id for record in index.documents()}

    def find(_query, *, k):
        found = [
            Hit(chunk=chunk, score=cosine, rank=1, channel="dense")
            for name, cosine in cosines.items()
            for chunk in index.chunks_of(by_source[f"{name}.txt"])
        ]
        return sorted(found, key=lambda hit: -hit.score)[:k]

    return find


def sources(retriever, query):
    return [hit.chunk.source for hit in retriever.retrieve(query, k=4)]


def test_for_a_question_in_another_language_what_it_finds_counts(mixed):
    retriever = Retriever(mixed, OLD, across=across(mixed, b=0.9, c=0.8))

    assert sources(retriever, POLISH)[:2] == ["b.txt", "c.txt"]


def test_for_an_english_question_english_passages_stay_as_they_were(mixed):
    put(mixed, "Снег лежал глубоко.", source="d.txt", language="ru")
    plain = {h.chunk.id: h.score for h in Retriever(mixed, OLD).retrieve(ENGLISH, k=9)}
    finds = across(mixed, b=0.9, c=0.99, d=0.92)
    beside = Retriever(mixed, OLD, across=finds).retrieve(ENGLISH, k=9)

    assert {h.chunk.source for h in beside} == {"b.txt", "c.txt", "d.txt", "notes/a.txt"}
    for one in beside:
        if one.chunk.language in (None, "en"):
            assert one.score == pytest.approx(plain[one.chunk.id])
        else:
            assert one.score > plain[one.chunk.id]


def test_what_looks_at_the_hits_again_has_the_last_word(mixed):
    plain = Retriever(mixed, OLD).retrieve(POLISH, k=4)
    looked = Retriever(mixed, OLD, look_again=lambda _, hits: hits[::-1]).retrieve(POLISH, k=4)

    assert [hit.chunk.id for hit in looked] == [hit.chunk.id for hit in plain][::-1]
    assert [hit.rank for hit in looked] == [1, 2, 3, 4]

"""Another text model beside the built-in one: its space is built, takes over, and falls back."""

import threading

import pytest
from builders_meaning import Stronger, meaning_of, opened, put

from rag.datamodel import Query
from rag.retrieval.model_search import EMBEDDED_AT_ONCE


def texts_of(hits):
    return [hit.chunk.text for hit in hits]


@pytest.fixture
def index(tmp_path):
    with opened(tmp_path / "ws") as made:
        put(made, "snow on the pass", "a road that was closed")
        yield made


@pytest.fixture
def meaning(index):
    made = meaning_of(index, Stronger())
    yield made
    made.close()


def test_once_it_has_read_everything_it_answers_best_first(meaning):
    assert meaning.catch_up() == 2

    found = meaning.find(Query(text="snow on the pass"), k=5)
    assert texts_of(found) == ["snow on the pass", "a road that was closed"]
    assert {hit.channel for hit in found} == {"dense"}
    assert [hit.rank for hit in found] == [1, 2]
    assert meaning.status == ""


def test_a_new_document_is_found_by_the_old_space_until_it_is_read(index, meaning):
    meaning.catch_up()
    put(index, "a barometer fell", source="notes/b.txt")
    assert meaning.find(Query(text="barometer"), k=5) is None
    assert meaning.catch_up() == 1

    assert texts_of(meaning.find(Query(text="barometer"), k=1)) == ["a barometer fell"]


def test_a_stopped_run_goes_on_where_it_was(index):
    put(index, *(f"passage number {n}" for n in range(3 * EMBEDDED_AT_ONCE)), source="long.txt")
    stop = threading.Event()
    first = meaning_of(index, Stronger(after=stop.set))
    done = first.catch_up(stop)
    assert done == EMBEDDED_AT_ONCE
    assert first.find(Query(text="passage"), k=5) is None
    first.close()
    second = meaning_of(index, Stronger())

    assert second.catch_up() == 3 * EMBEDDED_AT_ONCE + 2 - done
    assert second.find(Query(text="passage"), k=5)
    second.close()


def test_a_model_that_can_not_be_loaded_is_told_and_the_old_space_answers(index):
    meaning = meaning_of(index, Stronger(broken=True))
    meaning.catch_up()

    assert meaning.status == "The folder is empty. The built-in model finds instead."
    assert meaning.find(Query(text="snow"), k=5) is None


def test_a_question_that_waits_for_the_load_does_not_wait_for_what_is_embedded_after_it(index):
    loading, load, embed = threading.Event(), threading.Event(), threading.Event()

    class Slow(Stronger):
        def warm(self):
            loading.set()
            load.wait(10)
            super().warm()

    meaning = meaning_of(index, Slow(after=lambda: embed.wait(10)))
    reading = threading.Thread(target=meaning.catch_up)
    reading.start()
    loading.wait(10)
    asking = threading.Thread(target=meaning.warm)
    asking.start()
    load.set()
    asking.join(5)
    is_waiting = asking.is_alive()
    embed.set()
    reading.join(10)
    assert not is_waiting

"""Of many passages those with the rarest words are scored, by all words, as if all had been."""

from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from builders_index import make_chunks, make_document, make_file

from rag.datamodel import Filters
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.search import dense, lexical
from rag.storage.search.kept import Admissions, WordCounts, among
from rag.storage.search.lexical import Match
from rag.storage.vectors.vectors import VectorStore

TEXTS = (
    "the glacier melts near the hut",
    "the hut has a roof and a stove",
    "a stove in the hut near the lake",
    "the lake is near the road, the road is near the hut",
    "glacier, glacier and lake",
    "roofs of the town",
)
MANY = 1_000_000
"""So many that not each that is admitted is looked at."""


@pytest.fixture
def ledger(tmp_path):
    opened = Database(tmp_path / "ledger.sqlite")
    for n, text in enumerate(TEXTS):
        put(opened, f"{'ab'[n % 2]}/{n}.txt", text)
    yield opened
    opened.close()


@pytest.fixture
def counts():
    with closing(WordCounts()) as counted:
        yield counted


def put(ledger, source, *texts, language=""):
    document = replace(make_document(*texts, source=source, name=source), language=language)
    with ledger.write() as db:
        catalog.put_document(db, document, make_chunks(document), chunker_version="1")
        catalog.put_file(db, make_file(source, document.id))
    return document


def found(ledger, counts, text, **options):
    with ledger.read() as db:
        hits = lexical.search_words(db, counts, text, **{"k": 9, "admitted": None, **options})
        named = catalog.chunks(db, [key for key, _ in hits])
    return {named[key].text: score for key, score in hits}


def documents_of(ledger, *texts, count):
    with ledger.read() as db:
        rows = [row for (row,) in db.execute("SELECT row FROM documents ORDER BY row")]
        admitted = among(db, [rows[TEXTS.index(text)] for text in texts])
    return replace(admitted, count=count)


def test_a_passage_with_a_rare_word_scores_as_if_all_passages_had_been_looked_at(ledger, counts):
    everything = found(ledger, counts, "glacier stove lake hut")
    some = found(ledger, counts, "glacier stove lake hut", k=2, least=2)

    assert len(everything) == 5
    assert list(some) == list(everything)[:2]
    assert some == pytest.approx({text: everything[text] for text in some})


def test_only_passages_with_a_leading_word_are_scored_and_all_words_count_in_them(ledger):
    match = Match(phrases=("glacier", "stove", "hut"), stems=((), (), ()), scale=1.0)
    with ledger.read() as db:
        everything = match.badness(db, "words", leading=3)
        led = match.badness(db, "words", leading=1)

    assert len(everything) == 5
    assert set(led) == {1, 5}
    assert led == pytest.approx({row: everything[row] for row in led})


def test_more_is_looked_at_where_filters_leave_too_few(ledger, counts):
    admitted = documents_of(ledger, TEXTS[3], TEXTS[5], count=MANY)

    hits = found(ledger, counts, "glacier hut town", k=2, least=1, admitted=admitted)

    assert set(hits) == {TEXTS[3], TEXTS[5]}


def test_a_word_is_counted_anew_once_passages_with_it_come_or_get_another_name(ledger, counts):
    def held():
        with ledger.read() as db:
            return lexical.document_frequencies(db, counts, ["glacier", "harbour"])[0]

    assert held() == {"glacier": 2, "harbour": 0}
    document = put(ledger, "a/new.txt", "glacier ice")
    assert held() == {"glacier": 3, "harbour": 0}
    with ledger.write() as db:
        catalog.put_contexts(db, document.id, lambda _: "harbour")
    assert held() == {"glacier": 3, "harbour": 1}


def test_what_filters_admit_is_worked_out_again_once_documents_come(ledger):
    admissions, of_a = Admissions(), Filters(within=("a/",))

    def count():
        with ledger.read() as db:
            return admissions.of(db, of_a).count

    with ledger.read() as db:
        assert admissions.of(db, of_a) is admissions.of(db, of_a)
        assert admissions.of(db, Filters()) is None
    assert count() == 3
    put(ledger, "a/new.txt", "one", "two")
    assert count() == 5


def test_the_nearest_that_are_admitted_are_found_among_many_that_are_not(ledger, tmp_path):
    with ledger.read() as db:
        ids = catalog.all_chunk_ids(db)
    vectors = VectorStore(tmp_path / "vectors", model_id="m", dim=2)
    angles = np.linspace(0, 1, len(ids))
    vectors.upsert(
        {
            key: np.array([np.cos(a), np.sin(a)], dtype=np.float32)
            for key, a in zip(ids, angles, strict=True)
        }
    )
    asked = np.array([[1, 0]], dtype=np.float32)
    admitted = documents_of(ledger, TEXTS[1], TEXTS[5], count=MANY)

    near, cosines = partial(vectors.search, asked), partial(vectors.cosines, asked)
    hits = dense.search_chunks(
        ledger, near, cosines, k=2, filters=Filters(within=("b/",)), admitted=admitted
    )
    vectors.close()

    assert [hit.chunk.text for hit in hits] == [TEXTS[1], TEXTS[5]]

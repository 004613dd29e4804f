"""The second look by the likeliest sentence: when it is taken, and what it changes."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit

from rag.datamodel import Query
from rag.retrieval.rerank.likeness import by_sentences

ENGLISH = Query(text="How deep was the snow on the pass in March?")
GERMAN = Query(text="Wie tief lag der Schnee im März auf dem Pass?")
POLISH = Query(text="Jak głęboki był śnieg na przełęczy w marcu?")
SNOW = "The hut was painted in the autumn. In March the snow on the pass was two metres deep."
SCHNEE = (
    "Die Hütte wurde im Herbst gestrichen. Im März lag der Schnee auf dem Pass zwei Meter tief."
)


def found(*texts, language="en"):
    chunks = [chunk(f"c{n}", text, language=language) for n, text in enumerate(texts, 1)]
    return [hit(one, rank=n, score=3 - 0.1 * n) for n, one in enumerate(chunks, 1)]


def never(_question, _texts):
    raise AssertionError


def similar(_question, texts):
    return [0.9 if "two metres" in text or "zwei Meter" in text else 0.8 for text in texts]


def order(hits):
    return [one.chunk.id for one in hits]


FIRST = "A letter about a horse came in the summer."


@pytest.mark.parametrize("question", [GERMAN, POLISH])
def test_a_hit_with_the_likeliest_sentence_comes_first(question):
    hits = found(FIRST, SNOW, FIRST)

    assert order(by_sentences(similar, question, hits)) == ["c2", "c1", "c3"]


def test_english_questions_look_so_at_passages_in_other_languages():
    hits = found("Im Sommer kam ein Brief.", SCHNEE, language="de")

    assert order(by_sentences(similar, ENGLISH, hits)) == ["c2", "c1"]


@pytest.mark.parametrize(("question", "language"), [(ENGLISH, "en"), (GERMAN, "de")])
def test_within_one_language_nothing_is_compared(question, language):
    hits = found("Im Sommer kam ein Brief.", SCHNEE, language=language)

    assert by_sentences(never, question, hits) == hits


def test_what_is_found_far_better_than_all_others_is_not_compared():
    first, second = found(FIRST, SNOW)
    hits = [replace(first, score=5.0), second]

    assert by_sentences(never, GERMAN, hits) == hits


def test_one_hit_is_not_compared_with_itself():
    assert by_sentences(never, GERMAN, found(SNOW)) == found(SNOW)
    assert by_sentences(never, GERMAN, []) == []


def test_without_what_compares_all_stays():
    hits = found(FIRST, SNOW)

    assert by_sentences(lambda _question, _texts: None, GERMAN, hits) == hits


def test_those_found_further_down_stay_there():
    hits = found(FIRST, FIRST, FIRST, SNOW)

    looked = by_sentences(similar, GERMAN, hits)

    assert order(looked) == order(hits)
    assert [one.score for one in looked] == [one.score for one in hits]

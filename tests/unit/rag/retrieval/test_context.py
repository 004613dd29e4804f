from dataclasses import replace

import pytest
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit

from rag.datamodel import Hit
from rag.generation.explain import asked_words, why
from rag.retrieval.context import build_context, with_ends, with_neighbours
from rag.text import content_stems


def count_words(text):
    return len(text.split())


def context_of(*hits, budget=100):
    return build_context(hits, budget_tokens=budget, count_tokens=count_words)


def test_hits_are_numbered_in_their_order():
    context = context_of(hit(chunk("w", WINTER), 4), hit(chunk("m", MARMOTS), 9))

    assert [(h.rank, h.chunk.id) for h in context.hits] == [(1, "w"), (2, "m")]
    assert context.source(2).chunk.id == "m"
    assert context.source(0) is None
    assert context.source(3) is None


def test_what_does_not_fit_is_told_and_a_smaller_hit_still_fits():
    context = context_of(hit(chunk("w", WINTER)), hit(chunk("m", "Marmots sleep."), 2), budget=5)

    assert [h.chunk.id for h in context.hits] == ["m"]
    assert [h.chunk.id for h in context.dropped] == ["w"]
    assert context.token_count <= 5


def test_the_same_words_again_are_dropped():
    context = context_of(hit(chunk("w", WINTER)), hit(chunk("copy", WINTER), 2))

    assert [h.chunk.id for h in context.dropped] == ["copy"]


def test_the_best_hits_bring_what_stands_on_their_page_and_shares_words_with_the_question():
    table = replace(chunk("t", DEPTHS, role="table"), neighbours=("far",))
    text = replace(chunk("w", WINTER), neighbours=("t", "m"))
    stored = {"t": table, "m": chunk("m", MARMOTS), "far": chunk("far", "Greatest depths.")}
    hits = [hit(text), hit(stored["m"], 2)]

    brought = with_neighbours(
        hits,
        lambda ids: [stored[i] for i in ids],
        asked=content_stems("The greatest depth in days of snow?"),
    )

    assert [(h.rank, h.chunk.id) for h in brought] == [(1, "w"), (2, "m"), (3, "t"), (4, "far")]


def stored(*texts):
    """Return chunks that stand behind each other, and what fetches them."""
    ids = [f"c{n}" for n in range(len(texts))]
    chunks = [
        replace(chunk(ids[n], text), ordinal=n, neighbours=tuple(ids[n + 1 : n + 2]))
        for n, text in enumerate(texts)
    ]
    return chunks, lambda wanted: [one for one in chunks if one.id in wanted]


def test_a_sentence_that_a_page_cuts_off_has_its_end_behind_the_figures():
    chunks, fetch = stored("Rime is old. It was reli-", "Figure 2. Rime.", "ably warm. It burned.")

    (whole,) = with_ends([hit(chunks[0])], fetch)

    assert whole.chunk.text == "Rime is old. It was reliably warm."
    assert whole.chunk.locate(0, 5) == chunks[0].locate(0, 5)


@pytest.mark.parametrize("text", ["The hut was warm.", "The hut"])
def test_what_ends_or_is_followed_by_another_sentence_stays(text):
    chunks, fetch = stored(text, "It burned down.")

    assert with_ends([hit(chunks[0])], fetch) == [hit(chunks[0])]


def found(*ways, relevance=None):
    return Hit(
        chunk=chunk("a", "Snow."),
        score=1.0,
        rank=1,
        channel="reranked",
        found_by=ways,
        relevance=relevance,
    )


def test_a_hit_says_how_it_was_found_and_what_the_reader_thinks():
    told = why(found(("lexical", 2), ("dense", 5), relevance=0.834))

    assert told == (
        "Found by its words (2nd) and by meaning (5th); the reader is 83 % sure it answers."
    )


def test_the_questions_words_are_found_in_any_form():
    text = "The snows of 1999 were deep."
    spans = asked_words("How deep was the snow?", text)

    assert [text[a:b] for a, b in spans] == ["snows", "deep"]

from dataclasses import replace

from builders_answer import chunk
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.base.refusal import PARTLY, UNSURE
from rag.answer.question.question import understand
from rag.datamodel import Context, Hit
from rag.generation.composition import (
    added,
    compose,
    in_language_of,
    in_order_of_use,
    in_own_words,
    lead_of,
    quotations_start,
)
from rag.generation.draft import Sentence
from rag.generation.verification import CheckedDraft
from rag.text import MARK


def hit(number):
    found = chunk(str(number), f"text {number}")
    return Hit(chunk=found, score=1, rank=number, channel="reranked")


def context(count):
    return Context(hits=tuple(map(hit, range(1, count + 1))))


def test_sources_are_numbered_as_the_text_uses_them():
    text, found = in_order_of_use("A [4]. B [2, 4].", context(4))
    assert text == "A [1]. B [2, 1]."
    assert [hit.chunk.text for hit in found.hits] == ["text 4", "text 2", "text 1", "text 3"]


@given(st.lists(st.integers(1, 6), max_size=8))
def test_each_mark_still_stands_for_its_text(numbers):
    before = context(6)
    text, after = in_order_of_use(" ".join(f"[{n}]" for n in numbers), before)
    new = [int(mark) for mark in MARK.findall(text)]
    assert [after.source(n).chunk for n in new] == [before.source(n).chunk for n in numbers]
    assert new[:1] in ([], [1])


def test_what_is_said_comes_first_and_an_unsure_answer_says_so():
    assert (
        compose(lead_of("answered", is_written=True), "Said [1].", ["“Quoted” [1]"])
        == "Said [1].\n\n“Quoted” [1]"
    )
    assert compose(lead_of("partial", is_written=True), "Said [1].", []).startswith(UNSURE)
    assert lead_of("partial", is_written=False) == PARTLY


POLISH = understand("Jak głęboki był śnieg na przełęczy w marcu?")
ENGLISH_TEXT = "The snow on the pass was three metres deep in March."


def written(text):
    return CheckedDraft(sentences=(Sentence(text=text, numbers=(1,)),))


def test_what_is_written_in_another_language_than_the_question_is_left_out():
    own = written("Śnieg na przełęczy miał w marcu **trzy metry** głębokości.")

    assert in_language_of(POLISH, own) == own
    assert not in_language_of(POLISH, written(ENGLISH_TEXT)).sentences
    assert in_language_of(POLISH, written("**300 cm**")).sentences


def test_a_quotation_in_another_language_has_a_line_in_that_of_the_question_above_it():
    assert in_own_words(POLISH, ENGLISH_TEXT) == "Słowami dokumentów:"
    assert in_own_words(understand("How deep was the snow?"), ENGLISH_TEXT) == ""


@given(st.sampled_from(["", "Said [1].", "Two:\n- a [1]\n- b [2]"]), st.integers(0, 2))
def test_where_the_quotations_begin_is_known(said, count):
    quotations = ["“Quoted” [1]", "- Mar — 3 [2]\n- Apr — 4 [2]"][:count]
    text = compose(lead_of("partial", is_written=True), said, quotations)
    assert text[quotations_start(text, count) :] == "\n\n".join(quotations)


def test_pages_are_numbered_with_the_rest_and_a_picture_that_did_not_fit_is_no_more():
    read = Context(hits=(hit(1), hit(2)), pages=(hit(3),), pictures=(3, 1, 7))
    text, moved = in_order_of_use("It was so [3]. Then thus [2].", read)
    assert text == "It was so [1]. Then thus [2]."
    assert [one.chunk.id for one in (moved.source(1), moved.source(2), moved.source(3))] == [
        "3",
        "2",
        "1",
    ]
    assert moved.pictures == (1, 3)


def test_quotations_of_another_context_get_its_numbers_and_it_what_it_lacked():
    read = Context(hits=(hit(1), replace(hit(3), rank=2)))
    quoted = Context(hits=(replace(hit(3), rank=1), replace(hit(4), rank=2)))
    (told,), both = added(["“Thus.” [1] [2]"], quoted, read)
    assert told == "“Thus.” [2] [3]"
    assert [both.source(n).chunk.id for n in (1, 2, 3)] == ["1", "3", "4"]

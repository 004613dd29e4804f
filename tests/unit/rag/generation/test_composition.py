from dataclasses import replace

from builders_answer import chunk
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import Context, Hit
from rag.generation.composition import (
    added,
    compose,
    in_language_of,
    in_order_of_use,
    in_own_words,
    judge,
    lead_of,
    quotations_start,
)
from rag.generation.draft import Draft, Sentence
from rag.generation.verification.check import CheckedDraft
from rag.generation.verification.confidence import Verdict
from rag.refusal import NOT_ANSWERED, PARTLY, UNSURE
from rag.text import MARK
from rag.understanding.question.question import understand


def hit(number):
    found = chunk(str(number), f"text {number}")
    return Hit(chunk=found, score=1, rank=number, channel="reranked")


def context(count):
    return Context(hits=tuple(map(hit, range(1, count + 1))))


@given(st.lists(st.integers(1, 6), max_size=8))
def test_each_mark_still_stands_for_its_text(numbers):
    before = context(6)
    text, after = in_order_of_use(" ".join(f"[{n}]" for n in numbers), before)
    new = [int(mark) for mark in MARK.findall(text)]
    assert [after.source(n).chunk for n in new] == [before.source(n).chunk for n in numbers]
    assert new[:1] in ([], [1])


def test_what_is_said_comes_first_and_an_unsure_answer_says_so():
    said = written("Said.")

    assert compose(lead_of("answered", said), "Said [1].", ["“Quoted” [1]"]) == (
        "Said [1].\n\n“Quoted” [1]"
    )
    assert compose(lead_of("partial", said), "Said [1].", []).startswith(UNSURE)
    assert lead_of("partial", CheckedDraft()) == PARTLY
    assert lead_of("partial", CheckedDraft(draft=Draft(refused=True))) == NOT_ANSWERED


POLISH = understand("Jak głęboki był śnieg na przełęczy w marcu?")
ENGLISH_TEXT = "The snow on the pass was three metres deep in March."


def written(text):
    return CheckedDraft(sentences=(Sentence(text=text, numbers=(1,)),))


def test_what_is_written_in_another_language_than_the_question_is_left_out():
    own = written("Śnieg na przełęczy miał w marcu **trzy metry** głębokości.")

    assert in_language_of(POLISH, own) == own
    assert not in_language_of(POLISH, written(ENGLISH_TEXT)).sentences
    assert in_language_of(POLISH, written("**300 cm**")).sentences
    mixed = replace(own, sentences=(*own.sentences, *written(ENGLISH_TEXT).sentences))
    assert in_language_of(POLISH, mixed) == own


def test_a_quotation_in_another_language_has_a_line_in_that_of_the_question_above_it():
    assert in_own_words(POLISH, ENGLISH_TEXT) == "Słowami dokumentów:"
    assert in_own_words(understand("How deep was the snow?"), ENGLISH_TEXT) == ""


@given(st.sampled_from(["", "Said [1].", "Two:\n- a [1]\n- b [2]"]), st.integers(0, 2))
def test_where_the_quotations_begin_is_known(said, count):
    quotations = ["“Quoted” [1]", "- Mar — 3 [2]\n- Apr — 4 [2]"][:count]
    text = compose(UNSURE, said, quotations)
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


chances = st.floats(0, 1)
SAID = (Sentence(text="So it is."),)


def judged(held, right, *, said=SAID, **draft):
    checked = CheckedDraft(sentences=said, draft=Draft(**draft))
    return judge(Verdict(held=held, right=right), checked)


@given(chances, chances)
def test_what_speaks_for_an_answer_never_speaks_against_it(held, right):
    before = judged(held, right).confidence
    assert 0 <= before <= 1
    assert judged(held, min(1, right + 0.1)).confidence >= before
    assert judged(held, right, said=(), refused=True, refusals=1).confidence < before


@given(chances, chances)
def test_what_other_drafts_say_too_is_likelier(right, agreement):
    def confidence(agreement, refusals):
        return judged(0.5, right, agreement=agreement, refusals=refusals).confidence

    assert confidence(min(1, agreement + 0.1), 0.2) >= confidence(agreement, 0.2)
    assert confidence(agreement, 0.2) > confidence(agreement, 0.4)


def test_where_no_sentence_stands_the_quotation_speaks_alone():
    assert judged(0.99, 0.2, said=()).state == "partial"
    assert judged(0.2, 0.99, said=()).state == "answered"

"""What speaks for a short answer by itself."""

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import understand
from rag.answer.trust.short_chance import SHORT, short_signs
from rag.protocols import Reading, Span

TEXT = "The greatest depth of the snow was 612 cm on 14 March 1999."


def signs(*, other="snow", read="612 cm", right=0.7, role="text"):
    evidence = Evidence(hit=hit(chunk("x", TEXT, role=role)), start=0, end=len(TEXT))
    at = TEXT.index("612 cm")
    short = Short(evidence=evidence, start=at, end=at + 6, form="number")
    span = Span(start=TEXT.index(read), end=TEXT.index(read) + len(read), score=0.8)
    return short_signs(
        FoundAnswer(evidence=evidence, short=short, chance=0.9),
        understand(f"Greatest depth of {other}?"),
        right,
        Reading(relevance=0.9, spans=(span,)),
        {"greatest": 0.4, "depth": 0.3, other: 0.3},
    )


def test_what_the_reader_reads_elsewhere_is_less_likely():
    assert SHORT.chance_of(signs()) > SHORT.chance_of(signs(read="14 March 1999"))
    assert signs(read="14 March 1999").read == 0


def test_in_a_table_the_words_of_the_reader_tell_nothing():
    assert (signs(role="table").read, signs(role="table").cell) == (0, 1)


def test_words_of_the_question_that_stand_nowhere_beside_it_speak_against_it():
    assert signs().missing == pytest.approx(0)
    assert signs(other="lake").missing > 0
    assert SHORT.chance_of(signs(other="lake")) < SHORT.chance_of(signs())


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_a_chance_without_a_logit_is_bounded(right):
    assert 0 < SHORT.chance_of(signs(right=right)) < 1

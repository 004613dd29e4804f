from dataclasses import replace

import pytest
from builders_answer import WINTER, chunk, hit, snow_index

from rag.datamodel import Context
from rag.generation.quotation.passages import Passages
from rag.generation.verification.confidence import Confidence, Verdict, names_missing_year
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.understanding.question.question import understand

HITS = (hit(chunk("winter", WINTER, source="winter.txt")),)


def estimate(question, hits=HITS):
    index, embedder = snow_index()
    scorer = EvidenceScorer(index, embedder, Readings(None))
    return Confidence(Passages(scorer)).estimate(understand(question), Context(hits=hits)).held


def test_a_question_that_the_evidence_answers_is_likelier_than_one_about_a_missing_thing():
    held = estimate("How deep was the snow in March 1999?")
    missing_word = estimate("How deep was the glacier in March 1999?")
    missing_year = estimate("How deep was the snow in March 2007?")

    assert 0 < missing_word < held < 1
    assert missing_year < held


@pytest.mark.parametrize(("score", "near"), [(0.3, True), (0.1, False)])
def test_a_place_that_was_found_across_languages_is_near(score, near):
    found = replace(HITS[0], chunk=replace(HITS[0].chunk, language="en"), score=score)
    index, embedder = snow_index()
    passages = Passages(EvidenceScorer(index, embedder, Readings(None)))
    asked = understand("铁路什么时候建成的？")

    assert Confidence(passages).estimate(asked, Context(hits=(found,))).is_near is near


def test_without_evidence_there_is_no_confidence():
    assert estimate("How deep was the snow?", ()) == 0


def test_a_year_counts_as_missing_only_if_the_question_names_it():
    found = HITS[0].chunk

    assert names_missing_year(understand("How deep in 2007?"), [found])
    assert not names_missing_year(understand("How deep in 1999?"), [found])
    assert not names_missing_year(understand("How deep?"), [found])


def test_the_year_of_a_day_must_stand_in_the_text():
    found = replace(chunk("a", "It was 612 cm on 14 March 1999."), context="report 2025")

    assert not names_missing_year(understand("How deep in 2025?"), [found])
    assert names_missing_year(understand("How deep was it on 14 March 2025?"), [found])
    assert names_missing_year(understand("How deep was it on March 14, 2025?"), [found])
    assert not names_missing_year(understand("How deep was it in March 1999?"), [found])


@pytest.mark.parametrize(
    ("held", "right", "threshold", "states"),
    [
        (0.6, 0.1, 0.5, True),
        (0.4, 0.5, 0.5, False),
        (0.4, 0.8, 0.5, True),
        (0.4, 0.8, 0.9, False),  # who wants less told as sure gets it
    ],
)
def test_what_is_surely_right_is_stated_though_little_speaks_for_the_documents(
    held, right, threshold, states
):
    assert Verdict(held=held, right=right).states(threshold) is states

"""Each rule of answering can be switched off; what is answered, or how surely, is then other."""

from dataclasses import replace

import pytest
from builders_answer import DEPTHS, WINTER, chunk, hit, snow_index, snow_scorer
from fakes import FakeEmbedder

from rag.answer.base.rules import RULES, Rules
from rag.answer.compose.extractive import ExtractiveGenerator
from rag.answer.computed.computed_answers import work_out
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.quoting import short_answer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.answer.rerank.named_documents import with_names
from rag.answer.rerank.page_scope import on_named_pages
from rag.answer.rerank.reranking import EvidenceReranker, asks_for
from rag.answer.trust.confidence import Confidence
from rag.datamodel import Context, Prompt, Provenance
from rag.errors import SettingsError
from rag.neural.embed.embedders import minilm

TABLE = hit(chunk("t", DEPTHS, role="table"))
HUTS = hit(chunk("t", "Hut | Beds\nUpper hut | 40\nLower hut | 62\nLake hut | 18", role="table"))
SNOW = hit(chunk("w", WINTER))
SALES = hit(chunk("s", "Sales (in millions)\nItem | 2021\nNet sales | 192,052", role="table"))
STEPS = hit(chunk("p", "Steps\n4. Close the hut of the pass when the snow is deep."))
WIDE = hit(chunk("h", "Hut | Beds | Hut | Beds\nUpper | 31 | Lower | 14", role="table"))
REPORT = hit(chunk("r", "Snow lay 317 cm deep in March 1999.", source="report.pdf"))
LETTER = hit(chunk("l", "Snow lay 290 cm deep in March 1999.", source="letter.docx"), rank=2)
KEEPER = hit(chunk("k", "Ada Frey keeps the log of the pass."))
PAGED = hit(replace(chunk("w", WINTER), provenances=(Provenance(page=2),)))
THANKS = [hit(chunk(f"n{n}", f"For page {n} we thank Ada.", headings=(str(n),))) for n in range(3)]
STAFF = hit(chunk("st", "Ada Frey, keeper of the hut, and Ben Ott, cook, live there all winter."))
DAYS = hit(chunk("d", "February was the coldest month; its coldest day was 9 February."))
PHYSICIST = hit(chunk("f", "Ada Frey is a physicist by training."), rank=2)


def ranker():
    return AnswerRanker(snow_scorer())


def answer(question, *hits):
    def told(rules):
        asked = understand(question, rules=rules)
        prompt = Prompt(query=asked, context=Context(hits=hits), confidence=1.0)
        return "".join(ExtractiveGenerator(ranker(), FakeEmbedder()).stream(prompt))

    return told


def worked_out(question, *hits):
    """Return what is worked out: plans over tables need the embedder that is shipped."""

    def told(rules):
        index, _ = snow_index()
        planner = AnswerRanker(EvidenceScorer(index, minilm(), Readings(None)))
        return work_out(understand(question, rules=rules), Context(hits=hits), planner).text

    return told


def shorts(question, *hits):
    """Return the short answers with their strengths: a rule may weigh what it does not decide."""

    def ranked(rules):
        found = ranker().find(understand(question, rules=rules), hits)
        return [(one.short and one.short.text, one.strength) for one in found]

    return ranked


def bold(question, *hits):
    def first(rules):
        asked = understand(question, rules=rules)
        return short_answer(ranker().find(asked, hits)[0], asked)

    return first


def reranked(question, *hits):
    def scores(rules):
        reranker = EvidenceReranker(Readings(None), snow_scorer())
        return [hit.score for hit in reranker.rerank(understand(question, rules=rules), hits)]

    return scores


def verdict(question, *hits):
    def judged(rules):
        asked = understand(question, rules=rules)
        return Confidence(ranker()).estimate(asked, Context(hits=hits))

    return judged


CASES = {
    "calculations": answer("How many more days of snow were there in 1999 than in 1998?", TABLE),
    "scales": bold("What were net sales in 2021?", SALES),
    "plans": worked_out("Which hut has the most beds?", HUTS),
    "compound": answer(
        "Who keeps the log of the pass, and what is her training?", KEEPER, PHYSICIST
    ),
    "agreement": answer("How deep was the snow in March 1999?", REPORT, LETTER),
    "openings": answer("According to the list of years, how deep was the snow?", SNOW),
    "crossing": shorts("How many days of snow were there in 1998?", TABLE),
    "cells": shorts("How many days of snow were there in 1998?", TABLE),
    "left-labels": shorts("How many beds has the Lower hut?", WIDE),
    "points": shorts("How many huts of the pass close when the snow is deep?", STEPS),
    "asked-form": shorts("Which day was the coldest?", DAYS),
    "kinds": shorts("When did snow lie deep?", SNOW),
    "gloss": lambda rules: understand("Wie tief war der Schnee?", rules=rules).standalone,
    "missing-years": verdict("How deep was the snow in March 2007?", SNOW),
    "answering-page": verdict("How deep was the snow in March 1999?", SNOW),
    "forms": lambda rules: asks_for(understand("How deep, by the table?", rules=rules), HUTS.chunk),
    "feedback": reranked("How deep was the snow in March 1999?", REPORT, LETTER, STEPS),
    "named-documents": lambda rules: with_names(
        understand("Did Ada ski?", rules=rules), [*THANKS, SNOW]
    ),
    "named-pages": lambda rules: on_named_pages(
        understand("How deep was the snow on page 2?", rules=rules), [PAGED]
    ),
    "sides": lambda rules: understand("Compare January and July", rules=rules).parts,
    "library": lambda rules: understand("Who wrote the LIR paper?", rules=rules).library,
    "pictures": lambda rules: understand("Show me the chart of snow", rules=rules).picture,
    "people": answer("List the staff of the hut", STAFF),
    "columns": worked_out("List all the huts", HUTS),
}


def test_every_rule_has_a_case():
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_without_the_rule_the_outcome_is_another(rule):
    outcome = CASES[rule]

    assert outcome(Rules()) != outcome(Rules(off=(rule,)))


def test_a_rule_that_there_is_not_is_told():
    with pytest.raises(SettingsError, match="There is no rule counting"):
        Rules(off=("counting",))

"""The benchmark of rules: which spoke on a question, and what the answer is without it."""

import importlib
from pathlib import Path

from builders_answer import chunk, hit, snow_scorer

from rag.answer.computed import computed_answers as worked
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question import operations
from rag.answer.question.question import understand
from rag.datamodel import Answer, Context, Query
from rag.evaluate.records.questions import parse_question

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
DEPTHS = "Depths at the pass\nYear | Days of snow\n1998 | 140\n1999 | 171\n2000 | 150"
HITS = (hit(chunk("depths", DEPTHS, role="table")),)


def question(text, answer):
    line = f'{{"question": "{text}", "answers": ["{answer}"], "answerable": true}}'
    return parse_question(line.encode(), line=1)


def ask(asked):
    ranker = AnswerRanker(snow_scorer())
    text = worked.work_out(understand(asked.text), Context(hits=HITS), ranker)
    return Answer(query=Query(text=asked.text), text=text, answered=bool(text))


def test_a_rule_is_asked_without_only_where_it_spoke(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    rules = importlib.import_module("rules")
    questions = [
        question("How many more days of snow were there in 1999 than in 1998?", "31"),
        question("Which year had the most days of snow?", "1999"),
        question("Who keeps the hut?", "Ada"),
    ]
    known = operations.operation

    found = rules.gains(questions, ask, rules.RULES)

    calculated = found["calculations"]
    assert (calculated.spoke, calculated.changed) == (1, 1)
    assert (calculated.right_with, calculated.right_without) == (1, 0)
    assert "plans over tables" not in found  # they need the built-in embedder
    assert "two questions in one" not in found
    assert operations.operation is known
    assert "| calculations | 1 | 1 | 1.0 | 0.0 |" in rules.told(found, 3)

"""The benchmark of rules: whose answers change without each, and which are right."""

from builders_answer import chunk, hit, snow_scorer

from benchmarks.answers import rules
from rag.answer.base.rules import RULES
from rag.answer.computed import computed_answers
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import understand
from rag.datamodel import Answer, Context
from rag.evaluate.records.questions import parse_question

DEPTHS = "Depths at the pass\nYear | Days of snow\n1998 | 140\n1999 | 171\n2000 | 150"
HITS = (hit(chunk("depths", DEPTHS, role="table")),)


def question(text, answer):
    line = f'{{"question": "{text}", "answers": ["{answer}"], "answerable": true}}'
    return parse_question(line.encode(), line=1)


def ask(question, rules):
    ranker = AnswerRanker(snow_scorer())
    asked = understand(question.text, rules=rules)
    text = computed_answers.work_out(asked, Context(hits=HITS), ranker).text
    return Answer(query=asked.said, text=text, answered=bool(text))


def test_what_a_rule_gains_is_told_where_it_changes_an_answer():
    questions = [
        question("How many more days of snow were there in 1999 than in 1998?", "31"),
        question("Which year had the most days of snow?", "1999"),
        question("Who keeps the hut?", "Ada"),
    ]

    found = rules.gains(questions, ask, list(RULES))

    calculated = found["calculations"]
    assert calculated.changed == 1
    assert (calculated.right_with, calculated.right_without) == (1, 0)
    assert "plans" not in found  # they need the built-in embedder
    assert "compound" not in found
    assert "| calculations | 1 | 1.0 | 0.0 |" in rules.told(found, 3)


def test_no_question_is_asked_without_a_rule_that_nobody_asked_for():
    asked = []

    def told(question, rules):
        asked.append(rules.off)
        return Answer(query=understand(question.text).said, text="", answered=rules.on("sides"))

    rules.gains([question("Who keeps the hut?", "Ada")], told, list(RULES))

    assert asked == [(), ("sides",)]

"""The questions of benchmarks: what each holds that a scorer needs."""

import json
from pathlib import Path

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def rows(name):
    return [json.loads(line) for line in (BENCHMARKS / name).read_text("utf-8").splitlines()]


QUESTIONS = rows("unseen.jsonl")


def test_each_question_has_a_name_of_its_own():
    assert len({q["id"] for q in QUESTIONS}) == len(QUESTIONS)
    assert len({q["question"] for q in QUESTIONS}) == len(QUESTIONS)


def test_what_can_be_answered_names_its_facts_and_pages():
    for q in QUESTIONS:
        told = [form for forms in q["nuggets"] for form in forms]
        pages = [page for source in q["sources"] for page in source["pages"]]
        assert bool(told) == bool(pages) == q["answerable"], q["id"]


def test_each_question_that_drills_down_has_an_opening_and_answers():
    for row in rows("drilldown.jsonl"):
        assert row.keys() == {"opening", "question", "answers", "source"}
        assert row["opening"]
        assert all(row["answers"])

"""Rows of gaps: a fact is taken out of a sentence, and stands where it is marked."""

import random

import pytest

from training.reader.cloze import cloze_rows, declared, open_cloze_rows

CONTEXT = "The mill at Vardo was built by Anna Berg in 1898. It burnt down in 1911."
TABLE = "Plant | 2019 GWh\nHarrow | 395\nWest Bay | 188"


def row(question, answer, context=CONTEXT, name="squad2"):
    answers = [{"text": answer, "start": context.index(answer)}] if answer else []
    return {"id": "a", "set": name, "question": question, "context": context, "answers": answers}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("question", "answer", "context", "gap"),
    [
        ("Who built the mill?", "Anna Berg", CONTEXT, "who or what"),
        ("When was the mill built?", "1898", CONTEXT, "what number"),
        ("What did Harrow produce in 2019?", "395", TABLE, "what number"),
    ],
)
def test_the_fact_of_a_gap_is_marked(question, answer, context, gap, seed):
    made = list(cloze_rows(iter([row(question, answer, context)]), random.Random(seed)))
    assert len(made) >= 2  # each row of this set is taken twice
    first = made[0]
    (marked,) = first["answers"]
    assert gap in first["question"]
    assert context[marked["start"] :].startswith(marked["text"])
    assert marked["text"] == answer


def test_a_question_without_an_answer_gives_a_gap_that_nothing_fills():
    rows = [row("Who sold the mill?", "")] * 8
    made = list(cloze_rows(iter(rows), random.Random(1)))
    assert made
    assert not any(one["answers"] for one in made)


def test_sets_without_a_licence_are_left_out():
    assert list(cloze_rows(iter([row("Who?", "Anna Berg", name="other")]), random.Random(1))) == []


def test_facts_of_whole_answers_are_taken_where_they_stand_once():
    passages = [{"relevant": True, "text": CONTEXT}]
    whole = row("What of the mill?", "") | {
        "set": "fetaqa",
        "answer": "It was built by Anna Berg in 1898 and burnt in 1911.",
        "passages": passages,
    }
    made = list(open_cloze_rows(iter([whole]), random.Random(1)))
    assert {one["answers"][0]["text"] for one in made} <= {"Anna Berg", "1898", "1911"}
    assert len(made) == 3


@pytest.mark.parametrize("seed", range(8))
def test_a_statement_holds_the_answer(seed):
    assert "1898" in declared("When was the mill built?", "1898", random.Random(seed))

"""Rows for training: labels stay on the answer, whatever is done to the row."""

import gzip
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.models.base.computing import load_tokenizer
from rag.models.base.weights import MINILM
from training.reader.data import ReaderRow, augment, make_example
from training.reader.open_rows import rows_of

KEYED = "Club: Al Ain | Won: 13\nClub: Sharjah | Won: 6\nBoth play in the league."


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(MINILM.locate() / "tokenizer.json")


def row_of(context, *answers, name="squad2"):
    spans = tuple((context.index(text), context.index(text) + len(text)) for text in answers)
    return ReaderRow(id="1", set=name, question="Who won?", context=context, answers=spans)


def words(row):
    return [row.context[start:end] for start, end in row.answers]


@given(seed=st.integers())
def test_an_augmented_row_keeps_its_answers_but_for_confused_letters(seed):
    row = augment(row_of(KEYED, "Sharjah"), random.Random(seed))

    assert [len(text) for text in words(row)] == [len("Sharjah")]


@pytest.mark.parametrize("seed", range(5))
def test_the_label_of_a_window_is_the_answer(tokenizer, seed):
    filler = "The crowd sang all day long. " * 30
    row = row_of(f"{filler}The cup went to Ajax Amsterdam. {filler}", "Ajax Amsterdam")

    example = make_example(row, tokenizer, random.Random(seed), max_tokens=96)

    ids = example.window.ids
    assert len(ids) <= 96
    assert tokenizer.decode(ids[example.start : example.end + 1]) == "ajax amsterdam"


def test_open_questions_become_rows_of_relevance_with_hard_negatives(tmp_path):
    def passage(text, title, *, relevant):
        return {"text": text, "title": title, "relevant": relevant, "sentences": None}

    far = passage("Boats are built of oak.", "Boats", relevant=False)
    asked = [
        ("nq_complex", "why does ice float", "Ice floats since it is light.", "Ice"),
        ("nq_complex", "why does glass float", "Glass may float on tin.", "Glass"),
        ("obliqa", "why does tin float", "Tin floats on nothing.", "Tin"),
    ]
    with gzip.open(tmp_path / "open.jsonl.gz", "wt", encoding="utf-8") as file:
        for name, question, text, title in asked:
            passages = [passage(text, title, relevant=True), far]
            file.write(
                json.dumps(
                    {"id": title, "set": name, "question": question} | {"passages": passages}
                )
                + "\n"
            )

    rows = list(rows_of(tmp_path / "open.jsonl.gz", random.Random(1)))

    assert {row["set"] for row in rows} == {"open_nq_complex"}  # the last states no licence
    told = [(row["question"], row["context"], row["relevant"]) for row in rows]
    assert ("why does ice float", "Ice floats since it is light.", True) in told
    assert ("why does ice float", "Glass may float on tin.", False) in told

"""Rows for training: labels stay on the answer, whatever is done to the row."""

import gzip
import itertools
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.neural.base.weights import MINILM
from rag.neural.reader.inputs import load_tokenizer
from training.reader.augment import as_typed, augment, with_header_row, with_noise
from training.reader.data import UNMARKED, batches, by_set, is_held_back, make_example, sample
from training.reader.open_rows import rows_of
from training.reader.rows import ReaderRow

KEYED = "Club: Al Ain | Won: 13\nClub: Sharjah | Won: 6\nBoth play in the league."


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(MINILM.locate() / "tokenizer.json")


def row_of(context, *answers, name="squad2"):
    spans = tuple((context.index(text), context.index(text) + len(text)) for text in answers)
    return ReaderRow(id="1", set=name, question="Who won?", context=context, answers=spans)


def words(row):
    return [row.context[start:end] for start, end in row.answers]


def test_keyed_rows_become_a_header_and_rows():
    row = with_header_row(row_of(KEYED, "Sharjah", "league"))

    assert row.context == "Club | Won\nAl Ain | 13\nSharjah | 6\nBoth play in the league."
    assert words(row) == ["Sharjah", "league"]


def test_an_answer_across_a_key_keeps_the_row_as_it_was():
    row = row_of(KEYED, "Al Ain | Won")

    assert with_header_row(row) == row


def test_text_without_tables_is_left_alone():
    row = row_of("A plain: sentence.\nAnother | one.", "plain")

    assert with_header_row(row) == row


@given(text=st.text(), seed=st.integers())
def test_noise_keeps_every_place(text, seed):
    assert len(with_noise(text, random.Random(seed))) == len(text)


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


def test_a_row_without_answer_is_labelled_with_the_null(tokenizer):
    example = make_example(row_of("No one."), tokenizer, random.Random(1), max_tokens=96)

    assert (example.start, example.end) == (0, 0)


def test_a_relevant_row_without_marked_words_is_passed_over_by_the_loss_of_spans(tokenizer):
    row = replace(row_of("Ajax won the cup."), relevant=True)
    example = make_example(row, tokenizer, random.Random(1), max_tokens=96)

    assert (example.start, example.end) == (UNMARKED, UNMARKED)
    assert example.answerable


def test_a_row_keeps_the_context_line_that_it_came_with():
    row = replace(row_of("Ajax won the cup."), lead="Cup finals")

    assert {augment(row, random.Random(seed)).lead for seed in range(20)} == {"Cup finals"}


def test_an_answer_that_no_window_holds_is_left_out(tokenizer):
    text = "word " * 300

    row = row_of(text, text)

    assert make_example(row, tokenizer, random.Random(1), max_tokens=96) is None


def test_batches_stay_under_both_limits(tokenizer):
    rng = random.Random(1)
    groups = by_set([row_of("so " * n) for n in range(1, 90, 7)])
    made = (make_example(row, tokenizer, rng, max_tokens=64) for row in sample(groups, rng))

    found = list(itertools.islice(batches(made, rng, pool=50, tokens=256, rows=6), 40))

    assert max(len(batch) for batch in found) == 6
    assert all(len(b) * max(len(e.window.ids) for e in b) <= 256 for b in found)


def test_all_questions_of_a_context_are_held_back_together():
    row = row_of("One context.", "One")
    other = row_of("One context.", "context")

    assert is_held_back(row) == is_held_back(other)


def test_some_questions_are_written_as_people_type_them():
    typed = {as_typed("Who won the Cup?", random.Random(seed)) for seed in range(60)}

    assert typed == {"Who won the Cup?", "who won the cup?", "won cup"}


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

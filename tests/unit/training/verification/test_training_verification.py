import random

import numpy as np
import pytest
from scipy.optimize import check_grad

from training.reader.rows import ReaderRow
from training.verification.verification import bound, fit, loss
from training.verification.verification_rows import declarative, statements

TEXT = "Ada Lovelace was born in London in 1815. Charles Babbage was born in 1791."


def row(question, answer):
    start = TEXT.index(answer)
    return ReaderRow(
        id="r",
        set="s",
        question=question,
        context=TEXT,
        answers=((start, start + len(answer)),),
    )


ROWS = [
    row("When was Ada Lovelace born?", "1815"),
    row("When was Charles Babbage born?", "1791"),
]


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("Who invented the lamp?", "Edison", "Edison invented the lamp."),
        ("What is the height of the pass?", "2,284 m", "The height of the pass is 2,284 m."),
        ("How many people came?", "12", "12 people came."),
        ("Why did it rain?", "clouds", None),
    ],
)
def test_question_and_answer_become_a_sentence(question, answer, told):
    assert declarative(question, answer) == told


def test_true_statements_have_false_ones_beside_them():
    made = list(statements(ROWS, random.Random(1)))

    assert {one.supported for one in made} == {True, False}
    assert all(one.text not in TEXT for one in made if not one.supported)
    assert all("1815" in one.text or "1791" in one.text for one in made if one.supported)


def test_the_same_seed_makes_the_same_statements():
    assert list(statements(ROWS, random.Random(3))) == list(statements(ROWS, random.Random(3)))


def test_the_gradient_is_that_of_the_loss():
    rng = np.random.default_rng(1)
    signs, supported = rng.random((20, 3)), (rng.random(20) > 0.5).astype(float)

    error = check_grad(
        lambda w: loss(w, signs, supported)[0],
        lambda w: loss(w, signs, supported)[1],
        rng.normal(size=4),
    )

    assert error < 1e-4


def test_what_speaks_against_a_sentence_never_speaks_for_it():
    signs = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    weights = fit(signs, np.array([True, True, False, False]), ["no_name", "order"])

    assert weights[0] <= 0 <= weights[1]
    assert bound("has_number") == (None, None)

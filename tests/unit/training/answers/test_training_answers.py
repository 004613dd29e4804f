import numpy as np
import pytest
from builders_answer import WINTER
from fakes import FakeEmbedder
from scipy.optimize import check_grad

from training.answers.answer_rows import AnswerExample, from_rows
from training.answers.answers import bound, fit, loss, numbers
from training.reader.rows import ReaderRow

NAMES = ["no_kind", "read"]
EXAMPLES = [
    AnswerExample(
        group=str(n),
        features=({"read": 0.9}, {"read": 0.2, "no_kind": 1.0}, {"read": 0.1}),
        right=(True, False, False),
        held=(True, True, False),
    )
    for n in range(4)
]


def test_the_fit_prefers_what_is_right_and_keeps_the_signs_of_weights():
    weights = dict(zip(NAMES, fit(numbers(EXAMPLES, NAMES, 1.0), NAMES), strict=True))

    assert weights["read"] > 0 >= weights["no_kind"]


def test_the_gradient_is_that_of_the_loss():
    examples = numbers(EXAMPLES, NAMES, 0.5)
    error = check_grad(
        lambda w: loss(w, examples)[0], lambda w: loss(w, examples)[1], np.array([-0.3, 0.7])
    )

    assert error < 1e-5


@pytest.mark.parametrize(
    ("name", "expected"),
    [("read", (0.0, None)), ("echo", (None, 0.0)), ("form_cell", (None, None))],
)
def test_signs_that_speak_one_way_are_bounded(name, expected):
    assert bound(name) == expected


def test_questions_without_a_right_answer_teach_nothing():
    nothing = AnswerExample(group="x", features=({"read": 0.5},), right=(False,), held=(False,))

    assert numbers([nothing], NAMES, 1.0) == []


def test_no_rows_are_asked_for_give_no_examples():
    row = ReaderRow(id="1", set="snow", question="How deep?", context=WINTER, answers=((35, 41),))

    assert list(from_rows([row], {"snow": 0}, embedder=FakeEmbedder())) == []

"""Groups of passages for training: near ones hold no answer, and their scores are compared."""

import itertools
import random
from dataclasses import replace

import pytest
import torch
from torch import nn

from rag.neural.base.weights import MINILM
from rag.neural.embed.embedders import minilm
from rag.neural.reader.inputs import load_tokenizer
from training.reader.data import make_example
from training.reader.group_batches import group_batches, group_examples, group_loss
from training.reader.groups import NEGATIVES, span_groups
from training.reader.rows import ReaderRow

CONTEXTS = (
    "The cup of 1995 went to Ajax Amsterdam.",
    "The cup of 1996 went to Juventus.",
    "Ajax Amsterdam was founded in 1900.",
    "Snow fell on the pass in October.",
)


def row_of(context, answer="", *, question="Who won the cup of 1995?"):
    start = context.index(answer)
    spans = ((start, start + len(answer)),) if answer else ()
    return ReaderRow(id=context, set="squad2", question=question, context=context, answers=spans)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(MINILM.locate() / "tokenizer.json")


@pytest.fixture
def group():
    return (row_of(CONTEXTS[0], "Ajax Amsterdam"), row_of(CONTEXTS[1]), row_of(CONTEXTS[3]))


def windows(group, tokenizer):
    rng = random.Random(1)
    return tuple(make_example(row, tokenizer, rng, max_tokens=64) for row in group)


class FixedScores(nn.Module):
    """Gives windows the answer logits it is told, and every span the same logit."""

    def __init__(self, *answers):
        super().__init__()
        self._answers = answers

    def forward(self, ids, *_):
        spans = torch.zeros(*ids.shape, ids.shape[1])
        return spans, torch.tensor(self._answers)


def test_what_stands_against_an_answer_is_near_and_does_not_hold_it():
    rows = [row_of(CONTEXTS[0], "Ajax Amsterdam"), *map(row_of, CONTEXTS[1:])]

    (found,) = span_groups(rows, minilm(), random.Random(1))

    assert found[0] == rows[0]
    assert {row.context for row in found[1:]} == {CONTEXTS[1], CONTEXTS[3]}
    assert len(found) <= 1 + NEGATIVES
    assert not any(row.answers for row in found[1:])


def test_a_question_is_written_the_same_way_for_all_of_its_windows(group, tokenizer):
    groups = {"squad2": [tuple(replace(row, id="1") for row in group)]}
    made = group_examples(groups, tokenizer, random.Random(3), widths=(64,))

    for found in itertools.islice(made, 20):
        heads = {tuple(e.window.ids[: e.window.types.index(1)]) for e in found}
        assert len(heads) == 1
        assert [example.answerable for example in found] == [True, False, False]


def test_batches_of_groups_stay_under_both_limits_and_divide_none(group, tokenizer):
    made = itertools.repeat(windows(group, tokenizer))

    found = list(
        itertools.islice(group_batches(made, random.Random(1), pool=9, tokens=250, rows=8), 9)
    )

    assert {len(one) for batch in found for one in batch} == {3}
    for batch in found:
        held = [example for one in batch for example in one]
        assert len(held) <= 8
        assert len(held) * max(len(e.window.ids) for e in held) <= 250


def test_a_group_loses_less_where_the_window_that_answers_leads(group, tokenizer):
    batch = [windows(group, tokenizer)]

    right, wrong = (float(group_loss(FixedScores(*s), batch)) for s in ((2.0, 0, 0), (0, 2.0, 0)))
    lower, higher = (
        float(group_loss(FixedScores(*s), batch)) for s in ((1.0, -1, -1), (1.0, 0.9, 0.9))
    )

    assert right < wrong
    assert lower < higher


def test_a_window_alone_is_compared_with_nothing(group, tokenizer):
    (first, *_) = windows(group, tokenizer)

    assert float(group_loss(FixedScores(9.0), [(first,)])) < float(
        group_loss(FixedScores(0.0), [(first,)])
    )

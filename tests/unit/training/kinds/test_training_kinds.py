"""The head for kinds of questions: which rows it learns from, and that it learns."""

import json

import numpy as np
import pytest

from rag.answer.question.question_kind import KINDS, Head, head_of
from training.kinds.kinds import head_json, train
from training.kinds.kinds_head import logits_of


def toy_rows(count):
    """Kinds that the first word tells for two; the vector tells all."""
    rng = np.random.default_rng(5)
    rows, vectors = [], []
    for n in range(count):
        kind = ("why", "how", "list", "open")[n % 4]
        first = kind if kind in {"why", "how"} else "so"
        rows.append({"question": f"{first} word{n}", "kind": kind, "set": "toy"})
        vector = rng.normal(scale=0.2, size=6)
        vector[n % 4] += 1
        vectors.append(vector / np.linalg.norm(vector))
    return rows, np.array(vectors, dtype=np.float32)


def test_a_head_learns_to_tell_by_words_alone():
    rows, vectors = toy_rows(400)

    head = train(rows, vectors, passes=40, seed=1)

    told = [KINDS[n] for n in logits_of(head, ["why not", "how so"]).argmax(axis=1)]
    assert told == ["why", "how"]


def test_a_head_is_the_same_after_it_was_written_as_json():
    rng = np.random.default_rng(3)

    def drawn(*size):
        return rng.normal(size=size).astype(np.float16).astype(np.float32)

    head = Head(
        signs={"~b": 0, "~a": 1},
        wide=drawn(2, len(KINDS)),
        bias=drawn(len(KINDS)),
    )

    again = head_of(json.loads(json.dumps(head_json(head))))

    assert again.signs == head.signs
    assert again.logits(["~a", "~c"]) == pytest.approx(head.logits(["~a"]), abs=1e-5)

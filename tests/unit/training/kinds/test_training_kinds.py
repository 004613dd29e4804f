"""The head for kinds of questions: which rows it learns from, and that it learns."""

import json
import random

import numpy as np
import pytest

from rag.answer.question.question_kind import KINDS, Head, head_of
from training.kinds.kind_templates import kinds_with_templates, questions
from training.kinds.kinds import head_json, is_own, key_words, macro_f1, made_rows, train
from training.kinds.kinds_head import cooled, logits_of, temperature, vocabulary


def test_every_kind_has_templates_and_all_their_slots_are_filled():
    assert set(kinds_with_templates()) == set(KINDS)
    for kind in KINDS:
        made = list(questions(kind, 60, random.Random(2)))
        assert len(set(made)) == 60
        assert not any("{" in question for question in made)


def test_labels_of_the_sets_are_told_from_those_of_the_wording():
    assert is_own({"label": "NUM:date"})
    assert not is_own({"label": "rule"})
    assert not is_own({"label": "factoid", "by_rule": True})


def test_key_words_are_what_carries_a_question():
    assert key_words("Who was the first chairman of Leith’s rowing club?") == [
        "first",
        "chairman",
        "Leith’s",
        "rowing",
        "club",
    ]


def test_key_words_are_made_of_questions_and_titles():
    asked = [{"question": "Who founded the rowing club?", "kind": "lookup"}]

    made = list(made_rows(asked, ["Peat Bogs"], random.Random(1)))

    words = {row["question"].lower() for row in made if row["kind"] == "keywords"}
    assert {"founded rowing club", "peat bogs"} <= words


def test_only_the_beginnings_of_made_questions_are_looked_at():
    signs = vocabulary(["why so", "why not"], ["can it"] * 2, least=2)

    assert "~why" in signs
    assert {"^can", "^can it"} <= set(signs)
    assert "~can" not in signs


def test_the_mean_f1_is_over_the_kinds_that_are_expected():
    mean, each = macro_f1(["why", "why", "how", "list"], ["why", "how", "how", "open"])

    assert each == {"why": pytest.approx(2 / 3), "how": pytest.approx(2 / 3), "list": 0}
    assert mean == pytest.approx(4 / 9)


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


def test_chances_too_sure_are_cooled():
    rows, vectors = toy_rows(40)
    head = train(rows, vectors, passes=1, seed=1)
    texts = [row["question"] for row in rows]
    sure = np.eye(len(KINDS), dtype=np.float32)[[0, 0, 0, 0]] * 9

    assert temperature(sure, ["lookup", "lookup", "open", "lookup"]) > 1.5
    halved = logits_of(cooled(head, 2.0), texts)
    assert halved == pytest.approx(logits_of(head, texts) / 2, abs=1e-5)


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

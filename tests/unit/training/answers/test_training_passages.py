import gzip
import json

import numpy as np
import pytest

from rag.answer.passages.passages import PassageSigns
from training.answers.asked_questions import share_held
from training.answers.passage_rows import PassageRow, open_questions
from training.answers.passages import fit, told

NAMES = ["evidence", "read"]


def row(*, reads=0.9, tells=(False, True)):
    signs = (PassageSigns(evidence=0.3, read=0.1), PassageSigns(evidence=0.3, read=reads))
    return PassageRow(
        set="open",
        signs=signs,
        tells=tells,
        passage=(0, 1),
        similarity=(0.8, 0.4),
        relevant=(False, True),
    )


def test_the_sign_of_what_answers_gains_weight():
    weights = dict(zip(NAMES, fit([row()] * 30, NAMES), strict=True))

    assert weights["read"] > 1
    assert weights["evidence"] == pytest.approx(0, abs=1e-6)


def test_a_passage_whose_sentences_no_one_judged_counts_by_all_of_them():
    weights = dict(zip(NAMES, fit([row(tells=(False, None))] * 30, NAMES), strict=True))

    assert weights["read"] > 1


def test_first_passages_are_told_beside_those_of_the_embedder():
    assert "relevant passage first 100.0 % (embedder alone 0.0 %); sentences F1 1.000" in told(
        [row()], np.array([0.0, 9.0]), NAMES
    )


def test_sentences_that_answer_become_ranges_of_their_passage(tmp_path):
    text = "Rain fell. Snow lay deep."
    line = {
        "question": "How deep?",
        "set": "open",
        "passages": [
            {"text": text, "relevant": True, "sentences": [1], "starts": [0, 11]},
            {"text": "Marmots sleep.", "relevant": False},
        ],
    }
    path = tmp_path / "open.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(line).encode()))
    (question,) = open_questions(path, {"open": 3})

    assert question.passages[0].told == ((11, len(text)),)
    assert question.passages[1].told == ()


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("It was **1,780** hours. [1]", 0.5),
        ("Sunshine: 1780 h; August was the sunniest.", 1.0),
        ("word " * 120 + "1780 August", 0.0),
    ],
)
def test_facts_count_within_the_first_words_alone(text, share):
    assert share_held(text, [["1,780"], ["august", "aug"]], words=120) == share

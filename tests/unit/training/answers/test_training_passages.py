import gzip
import json

import numpy as np
import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.evidence import candidates
from rag.answer.passages.passages import PassageSigns
from rag.datamodel import Context
from training.answers.asked_questions import Known, share_held
from training.answers.passage_rows import PassageRow, asked_rows, open_questions
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


def known(*texts, facts, source="report.pdf"):
    """Return a question that was asked, and whose hits are of these texts."""
    hits = tuple(hit(chunk(text, text), rank) for rank, text in enumerate(texts, start=1))
    evidence = tuple(piece for one in hits for piece in candidates(one))
    return Known(
        row={"id": "q", "nuggets": facts, "sources": [{"source": source}]},
        asked="How deep was the snow?",
        context=Context(hits=hits),
        hits=hits,
        evidence=evidence,
        found=(),
        readings={},
        importance={"deep": 0.5, "snow": 0.5},
        signs=None,
        worked="",
        text="",
    )


def test_of_a_question_that_was_asked_what_tells_a_fact_answers():
    (found,) = asked_rows([known("Rain fell all day.", "Snow lay 317 cm deep.", facts=[["317"]])])

    assert found.tells == (False, True)
    assert len(found.signs) == 2


def test_what_no_unit_of_its_documents_tells_teaches_nothing():
    text = "Snow lay 317 cm deep."

    assert list(asked_rows([known(text, facts=[["12"]])])) == []
    assert list(asked_rows([known(text, facts=[["317"]], source="other.pdf")])) == []


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

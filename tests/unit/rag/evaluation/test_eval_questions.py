import json

import pytest

from rag.errors import PagelightError
from rag.evaluation.questions import Gold, parse_question, read_questions


def a_question(**fields):
    return parse_question(json.dumps({"question": "How high?", **fields}).encode(), line=4)


def test_every_field_is_read():
    question = a_question(
        id="q7",
        answers=["4,478 m", 4478, " "],
        match="all",
        nuggets=[["20:30", "8:30 pm"], [""]],
        source="a/peaks.PDF",
        page=2,
        pages=[2, 3],
        bbox=[0.1, 0.2, 0.3, 1],
        evidence="is 4,478 m high",
        kinds=["list", "sum"],
        history=[{"role": "user", "content": "Which peak?"}],
        image=None,
    )

    assert (question.id, question.answers, question.match) == ("q7", ("4,478 m", "4478"), "all")
    assert question.nuggets == (("20:30", "8:30 pm"),)
    assert question.gold == Gold(
        pages={"a/peaks.PDF": (2, 3)}, bbox=(0.1, 0.2, 0.3, 1), evidence="is 4,478 m high"
    )
    assert question.labels == {"kinds": ("list", "sum")}
    assert question.history == ({"role": "user", "content": "Which peak?"},)
    assert (question.file_type, question.answerable) == ("pdf", True)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"question": " "}, "no question"),
        ({"answers": "4478"}, "array.*answers"),
        ({"nuggets": ["20:30"]}, "array.*nuggets"),
        ({"answerable": "yes"}, "bool.*answerable"),
        ({"sources": [{"pages": [1]}]}, "source"),
        ({"bbox": [0, 0, 1]}, "bbox"),
        ({"bbox": [10, 20, 30, 40]}, "bbox must be fractions of the page"),
    ],
)
def test_a_field_of_another_kind_is_told(fields, told):
    with pytest.raises(ValueError, match=told):
        a_question(**fields)


def test_bad_lines_are_told_by_number_and_stop_no_other(tmp_path):
    path = tmp_path / "questions.jsonl"
    lines = [
        b'\xef\xbb\xbf{"question": "one"}',
        b"",
        b'{"question": ',
        b"[1]",
        b'"\xff"',
        b"[" * 100_000,
        b'{"question": "half of \\ud83d"}',
        b'{"question": "of no page", "page": 0, "pages": [0]}',
        b'{"question": "two"}\r',
    ]
    path.write_bytes(b"\n".join(lines))

    questions, errors = read_questions(path)

    assert [(q.line, q.text) for q in questions] == [(1, "one"), (9, "two")]
    assert [error.line for error in errors] == [3, 4, 5, 6, 7, 8]
    assert all(error.reason for error in errors)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{}\n"])
def test_a_file_without_a_question_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)

    with pytest.raises(PagelightError, match="holds no question"):
        read_questions(path)

import json

import pytest

from rag.errors import PagelightError
from rag.evaluation.records.questions import parse_question, read_questions
from rag.evaluation.records.report import Gold


def a_question(**fields):
    return parse_question(json.dumps({"question": "How high?", **fields}).encode(), line=4)


def test_every_field_is_read():
    question = a_question(
        id="q7",
        answers=["4,478 m", 4478],
        match="all",
        source="a/peaks.PDF",
        page=2,
        pages=[2, 3],
        bbox=[0.1, 0.2, 0.3, 1],
        evidence="is 4,478 m high",
        modality="table",
        history=[{"role": "user", "content": "Which peak?"}],
        image=None,
    )

    assert (question.id, question.answers, question.match) == ("q7", ("4,478 m", "4478"), "all")
    assert question.gold == Gold(
        sources=("a/peaks.PDF",), pages=(2, 3), bbox=(0.1, 0.2, 0.3, 1), evidence="is 4,478 m high"
    )
    assert question.history == ({"role": "user", "content": "Which peak?"},)
    assert question.file_type == "pdf"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("nuggets", ["20:30"], "nuggets must be a list"),
        ("kind", 4, "kind must be a list"),
        ("sources", [{"pages": [1]}], "sources must be names of files"),
        ("sources", [{"source": "a.pdf", "pages": [0]}], "sources must be pages must be a page"),
    ],
)
def test_facts_and_places_of_another_shape_are_told(field, value, told):
    with pytest.raises(ValueError, match=told):
        a_question(**{field: value})


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"question": " "}, "no question"),
        ({"question": 7}, "question must be text"),
        ({"answers": "4478"}, "answers must be a list"),
        ({"answers": [None]}, "answers must be text or a number"),
        ({"match": "some"}, "match must be"),
        ({"match": []}, "match must be"),
        ({"answerable": "yes"}, "answerable must be true or false"),
        ({"page": 0}, "page must be a page number from 1"),
        ({"page": True}, "page must be a page number from 1"),
        ({"pages": [1.5]}, "pages must be a page number from 1"),
        ({"bbox": [0, 0, 1]}, "bbox must be four numbers"),
        ({"bbox": [0, 0, True, 1]}, "bbox must be four numbers"),
        ({"bbox": [0.5, 0, 0.5, 1]}, "bbox must be .* fractions of the page"),
        ({"bbox": [10, 20, 30, 40]}, "bbox must be .* fractions of the page"),
        ({"history": [{"role": "user"}]}, "history must be messages"),
        ({"source": ["a.pdf"]}, "source must be text"),
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
    assert errors[0].reason.startswith("not JSON")
    assert [error.reason for error in errors[1:3]] == ["not a JSON object", "not UTF-8"]
    assert errors[-1].reason == "page must be a page number from 1"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{}\n"])
def test_a_file_without_a_question_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)

    with pytest.raises(PagelightError, match="holds no question"):
        read_questions(path)

import json
import re
from dataclasses import replace

import pytest
from builders_evaluation import a_record, a_report, a_right_record
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from app import cli
from rag.evaluation.html.compare import comparison_html
from rag.evaluation.measures.compare import compare
from rag.evaluation.records.report import write_report


def asked(number, *, right):
    make = a_right_record if right else a_record
    return make(id=f"q{number}", line=number, question=f"Question {number}?")


def reports(before, after):
    return (
        a_report(*(asked(n, right=right) for n, right in enumerate(before))),
        a_report(*(asked(n, right=right) for n, right in enumerate(after))),
    )


def test_questions_that_changed_sides_are_listed():
    found = compare(*reports([True, False, False], [False, True, False]), seed=0)

    assert [change.id for change in found.fixed] == ["q1"]
    assert [change.id for change in found.broken] == ["q0"]


def test_questions_are_paired_by_what_was_asked_not_by_place_or_id():
    a = a_report(asked(1, right=True), asked(2, right=False))
    b = a_report(*(replace(record, id="x", line=9) for record in reversed(a.records)))
    found = compare(a, b, seed=0)

    assert found.paired == 2
    assert found.fixed == found.broken == ()


def test_a_question_asked_twice_is_paired_in_order():
    a = a_report(asked(1, right=True), asked(1, right=False))
    found = compare(a, a, seed=0)

    assert found.paired == 2
    assert found.fixed == found.broken == ()


@settings(max_examples=10)
@given(before=st.lists(st.booleans(), min_size=1, max_size=12), data=st.data())
def test_exchanging_the_reports_turns_every_difference_around(before, data):
    size = len(before)
    after = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    a, b = reports(before, after)
    one, other = compare(a, b, seed=1), compare(b, a, seed=1)

    assert [change.id for change in one.fixed] == [change.id for change in other.broken]
    for name, found in one.metrics.items():
        assert found.difference.value == pytest.approx(-other.metrics[name].difference.value)
        assert found.difference.value == pytest.approx(found.b.value - found.a.value)


def test_the_page_of_a_comparison_escapes_what_it_shows():
    hostile = replace(asked(1, right=True), question="<script>alert(1)</script>")
    wrong = replace(hostile, right=False, answer="<img src=x onerror=a>")
    html = comparison_html(compare(a_report(hostile), a_report(wrong), seed=0))

    assert html.count("<script>") == 1
    assert "<img" not in html
    assert "From right to wrong: 1" in html


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, report in zip(paths, reports([True, False], [True, True]), strict=True):
        write_report(report, path)
    return paths


def test_the_command_compares_two_reports_and_writes_json_and_html(files, tmp_path):
    shown, page = tmp_path / "c.json", tmp_path / "c.html"
    result = CliRunner().invoke(
        cli, ["eval", "--compare", *map(str, files), "--json", str(shown), "--html", str(page)]
    )

    assert result.exit_code == 0, result.output
    assert re.search(r"From wrong to right: 1\s+q1\s+Question 1\?", result.output)
    assert json.loads(shown.read_text("utf-8"))["fixed"][0]["id"] == "q1"
    assert "From wrong to right: 1" in page.read_text("utf-8")


def test_the_command_refuses_what_is_no_report(files, tmp_path):
    (tmp_path / "no.json").write_text("[]", "utf-8")
    result = CliRunner().invoke(
        cli, ["eval", "--compare", str(files[0]), str(tmp_path / "no.json")]
    )

    assert result.exit_code == 2
    assert "is no report" in result.output

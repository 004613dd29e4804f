import json
import re
from dataclasses import replace

import pytest
from builders_evaluation import a_record, a_report, a_right_record
from typer.testing import CliRunner

from app import cli
from rag.evaluation.report import write_json
from rag.evaluation.summary import compare


def reports(before, after):
    """Return two reports of the same questions, with who was right in each."""
    return tuple(
        a_report(
            *(
                (a_right_record if right else a_record)(f"Question {n}?", name=f"q{n}")
                for n, right in enumerate(side)
            )
        )
        for side in (before, after)
    )


def test_questions_are_paired_by_what_was_asked_not_by_place_or_id():
    a, b = reports([True, False, False], [True, False, True])
    b = a_report(
        *reversed([replace(r, question=replace(r.question, id="x")) for r in b.records[:2]])
    )
    found = compare(a, b, seed=0)

    assert (found.paired, found.alone) == (2, 1)
    assert found.fixed == found.broken == ()


@pytest.mark.parametrize(
    ("fixed", "same", "verdict"),
    [(8, 0, "better"), (1, 0, "unclear")],
)
def test_a_difference_is_real_where_chance_would_seldom_make_it(fixed, same, verdict):
    a, b = reports([False] * (fixed + same), [True] * fixed + [False] * same)
    one, other = compare(a, b, seed=1), compare(b, a, seed=1)
    there, back = one.metrics["right"], other.metrics["right"]

    assert there.verdict(lower_is_better=False) == verdict
    assert there.difference.value == pytest.approx(there.b - there.a)
    assert there.difference.value == pytest.approx(-back.difference.value)
    if verdict == "better":
        assert back.verdict(lower_is_better=False) == "worse"


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, report in zip(paths, reports([True, False], [True, True]), strict=True):
        write_json(report, path)
    return [*map(str, paths)]


def test_the_command_compares_two_reports_and_writes_json(files, tmp_path):
    shown = tmp_path / "c.json"
    result = CliRunner().invoke(cli, ["eval", "--compare", *files, "--json", str(shown)])

    assert result.exit_code == 0, result.output
    assert re.search(r"From wrong to right: 1\s+q1\s+Question 1\?", result.output)
    assert json.loads(shown.read_text("utf-8"))["fixed"][0]["id"] == "q1"

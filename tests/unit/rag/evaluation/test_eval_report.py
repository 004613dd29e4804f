import json

import pytest
from builders_evaluation import a_record, a_report

from rag.errors import PagelightError
from rag.evaluation.questions import LineError
from rag.evaluation.report import Estimate, read_report, write_json

HALF = Estimate(value=0.5, low=0.25, high=0.75, n=4)


def test_a_report_comes_back_from_its_file_as_it_was(tmp_path):
    path = tmp_path / "report.json"
    report = a_report(
        a_record(),
        errors=(LineError(line=7, reason="no question"),),
        settings={"words": 40},
        sets={"scifact": {"ndcg@10": {"fused": HALF}}},
    )

    write_json(report, path)

    assert read_report(path) == report


@pytest.mark.parametrize(
    ("change", "told"), [({"n": "four"}, "`int`, got `str`"), ({"low": None}, "low")]
)
def test_a_report_with_a_value_of_another_type_is_refused_by_its_place(tmp_path, change, told):
    path = tmp_path / "report.json"
    write_json(a_report(a_record()), path)
    data = json.loads(path.read_text())
    data["metrics"]["all"]["page_hit@1"] |= change
    path.write_text(json.dumps(data))

    with pytest.raises(PagelightError, match=f"{told}.*metrics|metrics.*{told}"):
        read_report(path)

from builders_evaluation import a_record, a_report, a_right_record

from pagelight.cli.evaluate_terminal import report_html
from rag.evaluation.questions import LineError
from rag.evaluation.report import Estimate

HALF = Estimate(value=0.5, low=0.25, high=0.75, n=4)


def test_the_page_shows_figures_and_each_wrong_answer_with_its_places():
    html = report_html(
        a_report(a_record(), a_right_record(), sets={"scifact": {"ndcg@10": {"fused": HALF}}})
    )

    for shown in ("Right page in top 5", "1 wrong", "“312 cm”", "scifact", "right place", "0.500"):
        assert shown in html
    assert "Who measured it?" not in html


def test_the_page_escapes_what_it_shows_and_may_load_nothing():
    hostile = "<script>alert(1)</script>"
    html = report_html(
        a_report(
            a_record(hostile, answer=hostile, why=hostile),
            errors=(LineError(line=1, reason=hostile),),
            models={hostile: hostile},
        )
    )

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 6
    assert "default-src 'none'" in html

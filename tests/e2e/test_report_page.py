"""An evaluation's report in a real browser: it stands alone, and its filter works."""

import pytest
from builders_evaluation import a_record, a_report
from playwright.sync_api import expect

from rag.evaluation.html.album import Picture
from rag.evaluation.html.report_html import report_html

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63600000000200016a5b2f210000000049454e44ae426082"
)


def paint(source, page, marks):
    del source, page, marks
    return Picture(data=PIXEL, media_type="image/png", width_px=1, height_px=1)


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a report of three wrong answers 400 pixels wide; return page, complaints, requests."""
    records = (
        a_record(question="About a table?", modality="table", confidence=0.5),
        a_record(question="About a figure?", modality="figure", confidence=0.9),
        a_record(question="<script>document.title = 'owned'</script>", modality="text"),
    )
    path = tmp_path / "report.html"
    path.write_text(report_html(a_report(*records), paint=paint), "utf-8")
    page = chromium.new_page(viewport={"width": 400, "height": 900})
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    yield page, complaints, requests
    page.close()


def test_the_report_fetches_nothing_and_the_browser_does_not_complain(opened):
    page, complaints, requests = opened

    assert page.title() == "Evaluation of questions.jsonl"
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 400


def test_wrong_answers_are_filtered_by_kind_and_by_words_and_sorted(opened):
    page, _, _ = opened
    cards = page.locator("article.wrong:visible")
    page.get_by_label("Every kind").select_option("figure")

    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("About a figure?")

    page.get_by_label("Every kind").select_option("")
    page.get_by_label("Words of the card").fill("about a")
    page.get_by_label("In the order of the file").select_option("sure")

    expect(page.locator("#filter output")).to_have_text("2 shown")
    expect(cards.first).to_contain_text("About a figure?")

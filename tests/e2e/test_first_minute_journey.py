"""A person's first minute: nothing there yet, a question all the same, the first file."""

import pytest
from journey_corpus import make_corpus
from playwright.sync_api import expect

from e2e.asking import SNOW, ask, assert_nothing_grave
from e2e.conftest import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def empty(tmp_path):
    """A chat over a folder without files."""
    (tmp_path / "documents").mkdir()
    with running(tmp_path / "documents", {}) as chat:
        yield chat


@pytest.fixture
def report(tmp_path):
    return make_corpus(tmp_path / "mine") / "station-report.pdf"


def test_without_documents_one_is_told_so_and_the_first_is_shown_with_what_it_is_about(
    empty, chromium, report
):
    page = chromium.new_page()
    page.goto(empty.address)
    expect(page.locator("#start")).to_contain_text("Drop files")
    assert_nothing_grave(page)
    is_legible = "t => getComputedStyle(t, '::placeholder').color === 'rgb(91, 102, 117)'"
    assert page.locator("#ask textarea").evaluate(is_legible)
    expect(ask(page, SNOW)).to_contain_text("There are no documents yet")
    page.locator("#new").click()

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(report)
    expect(page.locator("#source .doc-file")).to_have_text(report.name)
    expect(page.locator("#source .overview li").first).to_be_visible()
    told = page.locator("#coming .batch")
    expect(told).to_contain_text(f"{report.name} is added and ready")
    expect(told).to_contain_text("Ask only this")
    expect(ask(page, SNOW)).to_contain_text("312 cm")
    expect(told).to_have_count(0)

    page.locator("#ask textarea").press("Escape")
    expect(page.locator("#library")).to_be_visible()
    page.locator("#library .document").click()
    expect(page.locator("#source .doc-file")).to_be_visible()
    page.locator("#source .doc-file").click()
    page.keyboard.press("f")
    expect(page.get_by_label("Filter documents")).to_be_focused()
    page.close()

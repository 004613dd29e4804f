"""What axe-core finds in the chat: nothing serious, in light and dark, on wide and narrow screens.

axe-core (Deque Systems, MPL 2.0) comes in the package axe-playwright-python; nothing is fetched.
"""

from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from e2e.asking import DONE, SNOW, ask

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WIDTHS = (1280, 400)
GRAVE = frozenset({"serious", "critical"})
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast"]}
"""All that a theme changes."""


def grave_findings(page, options, *, within=None):
    """Return "rule: selector" of each element with a serious or critical finding."""
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def assert_nothing_grave(page, state, *, within=None):
    for theme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found = grave_findings(page, options, within=within)
            assert found == [], f"{state}, {theme}, {width} px wide"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_no_part_of_the_chat_has_a_grave_fault_of_accessibility(page):
    page.emulate_media(reduced_motion="reduce")  # what fades in has its colours at once
    expect(page.locator("#library .document").first).to_be_visible()
    assert_nothing_grave(page, "the empty screen")

    row = page.locator(".doc-row", has_text="station-report.pdf")
    row.locator("summary").click()
    page.evaluate("document.body.classList.add('panel-open')")
    assert_nothing_grave(page, "the list of documents")

    row.get_by_role("button", name="Short").click()
    summary = page.locator(DONE).first
    expect(summary.locator(".chip").first).to_be_visible()
    expect(summary).to_contain_text("Word for word")
    expect(page.locator(".question").last).to_have_text("Summarise station-report.pdf in short")
    expect(summary.locator(".source-row").first).to_contain_text("station-report.pdf")
    assert_nothing_grave(page, "a summary")

    ask(page, SNOW).locator(".chip").first.click()
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    assert_nothing_grave(page, "an answer with its source")
    page.keyboard.press("Escape")

    page.locator("#past-open").click()
    page.locator(".talk-more summary").first.click()
    assert_nothing_grave(page, "the conversations")
    page.locator("#past-close").click()

    page.locator("#chat .pin").last.click()
    expect(page.locator("#chat .pin").last).to_have_text("Pinned")
    page.locator("#mode-pins").click()
    expect(page.locator("#pins article")).to_have_count(1)
    assert_nothing_grave(page, "what is pinned")
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator("#pins article")).to_have_count(0)

    page.locator("#mode-chat").click()
    page.get_by_role("button", name="Settings").click()
    expect(page.locator("#models")).to_contain_text("Now: embedded.")
    assert_nothing_grave(page, "the settings")
    page.locator("#source-close").click()

    page.locator("#mode-table").click()
    page.get_by_label("Ask every document, one question a line").fill(SNOW)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#table-state")).to_contain_text("documents asked")
    assert_nothing_grave(page, "the table")

    page.goto(urljoin(page.url, "/collections"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_nothing_grave(page, "the collections")


def test_a_summary_of_all_is_asked_for_by_keyboard_and_made_longer(page):
    page.locator("#scope-summary").focus()
    page.keyboard.press("Enter")
    short = page.locator(DONE).first
    expect(short).to_contain_text("documents")
    short.locator(".chip").first.press("Enter")
    expect(page.locator("#source .quote, #source .lit").first).to_be_visible()
    short.locator(".resize[value=long]").click()
    expect(page.locator(DONE)).to_have_count(2)

    expect(page.locator(".question").last).to_have_text("Summarise the documents at length")
    assert page.locator(DONE).nth(1).locator(".chip").count() >= short.locator(".chip").count()

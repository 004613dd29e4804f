"""A recording is asked, and played from the cited moment, in a real browser."""

import pytest
from builders_recordings import Said, record, slide
from playwright.sync_api import expect

from e2e.asking import ask, assert_nothing_grave

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

COST = "The new anemometer mast costs 48 thousand francs."
SAID = (
    Said(text="Welcome to the talk about the mast.", start_s=0.5, end_s=2.5),
    Said(text=COST, start_s=6.0, end_s=8.0),
    Said(text="Half of it is paid by the village.", start_s=8.0, end_s=9.5),
)
AT_S = "document.querySelector('#source video')?.currentTime"
NEAR_S = 0.5
SIZE = (640, 360)
LAST = ("Thanks to everybody", "Village and canton helped", "Come and see it turn")


def test_a_recording_is_played_from_the_cited_moment_and_led_by_its_transcript(page, chat):
    record(
        chat.corpus / "mast-talk.webm",
        shown=[(slide("The mast", size=SIZE), 5), (slide(*LAST, size=SIZE), 5)],
        said=SAID,
        chapters=[("Opening", 0, 5), ("Costs", 5, 10)],
        video="libvpx",
        track="webvtt",
        options={"deadline": "realtime"},
    )
    page.locator("#status").get_by_role("button", name="Look for changes").click()
    expect(page.locator("#library")).to_contain_text("mast-talk.webm")
    chat.wait(lambda: not chat.state()["busy"], seconds=300, what="the lettering of its slides")
    answer = ask(page, "How much does the new anemometer mast cost?")
    expect(answer.locator(".source-row").first).to_contain_text("at 0:06")
    answer.locator(".chip").first.click()
    lines = page.locator("#source .line")
    expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    expect(lines.nth(1).locator("mark")).to_have_text(COST)
    expect(lines.nth(1)).to_be_in_viewport()
    page.wait_for_function("() => document.querySelector('#source video').readyState >= 2")
    assert page.evaluate(AT_S) == pytest.approx(6.0, abs=NEAR_S)
    captions = "document.querySelector('#source track').src"
    assert COST in page.evaluate(f"fetch({captions}).then(answer => answer.text())")
    assert_nothing_grave(page, within="#source")

    lines.nth(2).click()
    expect(lines.nth(2)).to_have_attribute("aria-current", "true")
    assert page.evaluate(AT_S) == pytest.approx(8.0, abs=NEAR_S)
    page.locator("#source .stop").first.click()
    assert page.evaluate(AT_S) == pytest.approx(0.0, abs=NEAR_S)
    page.locator("#source video").press("Space")
    expect(lines.nth(0)).to_have_attribute("aria-current", "true")  # it plays on
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('#source video').paused")

    doc_id = page.locator("#source .player").get_attribute("data-doc")
    page.evaluate("address => { location.hash = address; }", f"#document/{doc_id}/1?at=8.2")
    expect(lines.nth(2)).to_have_attribute("aria-current", "true")
    page.wait_for_function(f"() => Math.abs({AT_S} - 8.2) < {NEAR_S}")

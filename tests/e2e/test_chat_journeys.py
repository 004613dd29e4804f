"""What a person does in the chat, in a real browser against the real program."""

import re

import gradio
import pytest
from journey_corpus import FACT, FACT_AT_PT, FACT_SIZE_PT, PAGE_PT, PROBE_NAME
from playwright.sync_api import expect

from e2e.asking import (
    DONE,
    NARROW,
    SNOW,
    WEEKS,
    WIDE,
    ask,
    assert_nothing_grave,
    opens,
    reload,
    set_width,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def fractions(page, box, outer):
    """Return a box in fractions of that of `outer`: x0, y0, x1, y1."""
    around = page.locator(outer).bounding_box()
    x0 = (box["x"] - around["x"]) / around["width"]
    y0 = (box["y"] - around["y"]) / around["height"]
    return x0, y0, x0 + box["width"] / around["width"], y0 + box["height"] / around["height"]


def fact_box(page):
    """Return the box of the lit line, of those quoted, that is nearest to its words."""
    sheet = page.locator("#source .sheet:has(.lit)").bounding_box()
    baseline = sheet["y"] + sheet["height"] * (1 - FACT_AT_PT[1] / PAGE_PT[1])
    boxes = [line.bounding_box() for line in page.locator("#source .lit").all()]
    return min(boxes, key=lambda box: abs(box["y"] + box["height"] - baseline))


def test_a_mark_opens_the_page_with_the_very_words_lit_and_a_part_of_it_is_asked_about(page):
    chip = ask(page, SNOW).locator(".chip").first
    chip.hover()
    expect(page.get_by_role("tooltip"), f"with Gradio {gradio.__version__}").to_contain_text(FACT)
    chip.click()
    expect(page.get_by_role("tooltip")).to_have_count(0)
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    x0, y0, x1, y1 = fractions(page, fact_box(page), "#source .sheet:has(.lit)")
    left, baseline = FACT_AT_PT[0] / PAGE_PT[0], 1 - FACT_AT_PT[1] / PAGE_PT[1]

    expect(page.locator("#source .page-steps")).to_contain_text("Page 2 of 2")
    expect(page.locator("#source .quote")).to_contain_text(FACT)
    assert x0 == pytest.approx(left, abs=0.02)
    assert x1 - x0 > 0.5
    assert y0 < baseline - 0.5 * FACT_SIZE_PT / PAGE_PT[1]
    assert y0 > baseline - 2 * FACT_SIZE_PT / PAGE_PT[1]
    assert baseline - 0.005 < y1 < baseline + FACT_SIZE_PT / PAGE_PT[1]

    # A part, by the pointer.
    page.locator("#source [data-pick=start]").click()
    lit = fact_box(page)
    page.mouse.move(lit["x"] - 5, lit["y"] - 3)
    page.mouse.down()
    page.mouse.move(lit["x"] + 60, lit["y"] + 6)
    page.mouse.move(lit["x"] + lit["width"] + 4, lit["y"] + lit["height"] + 3)
    page.mouse.up()
    expect(page.locator("#region-chip")).to_contain_text("312 cm")
    expect(ask(page, "What is this?")).to_contain_text(FACT)
    expect(page.locator(".question .region img")).to_be_visible()
    expect(page.locator("#region-chip")).to_be_hidden()

    # By keys.
    page.locator("#source [data-pick=start]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".part:focus")).to_have_attribute(
        "aria-label", re.compile("209|two hundred")
    )
    page.keyboard.press("Enter")
    expect(page.locator("#region-chip")).to_contain_text("two hundred")
    page.locator("#region-chip button").click()
    expect(page.locator("#region-chip")).to_be_hidden()
    assert_nothing_grave(page)

    # On a narrow screen.
    page.locator("#source-close").click()
    set_width(page, NARROW)
    opens(page, page.locator(DONE).first)
    find = page.get_by_label("Find in document")
    assert find.evaluate(
        "f => ((f.type = 'text'), (f.value = f.placeholder), f.scrollWidth <= f.clientWidth)"
    )
    assert page.locator("#source .source-tools").evaluate("tools => tools.offsetHeight") <= 30
    page.get_by_label("More tools").and_(page.locator("button")).click()
    page.get_by_label("Zoom in").click()
    expect(page.locator("#source .sheet").first).to_have_css("--zoom", "1.25")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Zoom in")).to_be_hidden()
    page.locator("#source-close").click()
    expect(page.locator("#panel")).to_be_hidden()


def test_a_document_is_searched_by_its_words_and_no_markup_in_it_is_obeyed(page):
    offered = page.locator(".suggested button").first
    expect(offered).to_be_visible(timeout=120_000)
    question = offered.inner_text()
    assert_nothing_grave(page)
    page.set_viewport_size({"width": 640, "height": 400})  # as at 200 %
    status = page.locator("#status").bounding_box()
    assert page.locator(".welcome h2").bounding_box()["y"] >= status["y"] + status["height"]
    buttons = page.locator("#status").get_by_role("button").filter(visible=True).all()
    assert len({button.bounding_box()["y"] for button in buttons}) == 1  # beside each other
    set_width(page, WIDE)
    offered.click()
    expect(page.locator(".question").last).to_have_text(question)
    expect(page.locator(f"{DONE} .chip").first).to_be_visible()

    page.locator("#library .document", has_text="station-report.pdf").click()
    find = page.get_by_label("Find in document")
    find.fill("312 CM")
    page.keyboard.press("Enter")
    expect(page.locator("#source .page-steps")).to_contain_text("Page 2 of 2")
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    expect(find).to_be_focused()
    page.locator("#source .text-layer text", has_text=FACT).dblclick()
    assert page.evaluate("getSelection().toString()").strip() in FACT.split()
    find.fill("no such words")
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_contain_text("These words do not stand")
    doc_id = page.locator("#source .find").get_attribute("data-found")
    page.evaluate("address => { location.hash = address; }", f"#document/{doc_id}/1")
    expect(page.locator("#source .page-steps")).to_contain_text("Page 1 of 2")
    page.locator("#source-close").click()

    page.locator("#library .document", has_text=PROBE_NAME).click()
    expect(page.locator("#source")).to_contain_text("<script>window.pwned=1</script>")
    answer = ask(page, "What does the zebrawood password policy say?")
    expect(answer).to_contain_text("zebrawood")
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#source img, .answer img").count() == 0


def go_to(page, selector, *, key="Tab"):
    """Press Tab until the focus stands on such an element."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{key} does not lead to {selector}")


def test_a_conversation_is_held_left_and_found_again_by_keyboard_alone(page):
    page.locator("#scope-summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(DONE)).to_contain_text("Word for word")
    expect(page.locator("#told")).to_contain_text("Answer: ")
    page.locator("#ask textarea").focus()
    go_to(page, "#chat .chip[value$='/0']", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#source .steps")).to_contain_text("1 of")
    page.keyboard.press("j")
    expect(page.locator("#source .steps")).to_contain_text("2 of")
    page.keyboard.press("Escape")
    expect(page.locator("#library")).to_be_visible()
    expect(page.locator("#chat .chip[value$='/0']")).to_be_focused()

    page.keyboard.press("n")
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.locator("#ask textarea")).to_be_focused()
    go_to(page, "#past-open", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#past-words")).to_be_focused()
    expect(page.locator("#past-list .talk")).not_to_have_count(0)
    go_to(page, "#past-list .talk")
    page.keyboard.press("Enter")
    expect(page.locator(DONE)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#past-open")).to_be_focused()
    page.locator(".resize[value=long]").press("Enter")
    expect(page.locator(DONE)).to_have_count(2)
    expect(page.locator(".question").last).to_have_text("Summarise the documents at length")

    _press_single_keys(page)


def _press_single_keys(page):
    """A page is made larger, the list of keys opened, the last question brought back."""
    chip = ask(page, SNOW).locator(".chip").first
    expect(page.locator("#told")).to_contain_text(FACT[:-1])
    chip.press("Enter")
    sheet = page.locator("#source .sheet:has(.lit)")
    expect(sheet).to_be_visible()
    before = sheet.bounding_box()["width"]
    page.keyboard.press("+")
    assert sheet.bounding_box()["width"] > before * 1.1
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Write a question")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#ask textarea")).to_be_focused()
    page.keyboard.type("n?s")
    expect(page.locator("#ask textarea")).to_have_value("n?s")
    page.keyboard.press("Control+/")
    expect(page.locator("#keys-title")).to_be_focused()  # its end is below a low screen
    page.keyboard.press("Escape")
    page.locator("#ask textarea").fill("")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Your question").last).to_have_value(SNOW)


def _press_escape_in_a_sheet(page):
    """On a narrow screen settings are left from a choice, and the list of files from a tick."""
    page.locator("#source [type=radio]").first.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    documents = page.locator("#status").get_by_role("button", name="Documents")
    documents.click()
    page.locator("#library .tick").first.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(documents).to_be_focused()


def held_back(page):
    """Let nothing that the page tells its server by PUT go off until `letGo`."""
    page.evaluate(
        """() => { const at_once = window.fetch;
        const held = new Promise((go) => (window.letGo = go));
        window.fetch = async (url, more) => {
            if (more?.method === "PUT") await held;
            return at_once(url, more);
        }; }"""
    )


def test_escape_closes_what_lies_above_before_it_stops_a_question(page):
    """On a narrow screen: first the conversations, then the sheet; the question goes on."""
    held_back(page)
    page.get_by_label("Ask only this: station-report.pdf").check()
    set_width(page, NARROW)
    page.locator("#ask textarea").fill(SNOW)
    page.keyboard.press("Enter")  # it waits for what is searched to be told
    expect(page.locator("body")).to_have_class(re.compile(r"\bentered\b"))
    page.locator("#status").get_by_role("button", name="Documents").click()
    page.locator("#past-open").click()
    expect(page.locator("#past-words")).to_be_focused()

    page.locator("#ask textarea").press("Escape")
    expect(page.locator("#past")).to_be_hidden()
    expect(page.locator("#library")).to_be_visible()
    page.locator("#ask textarea").press("Escape")
    expect(page.locator("#library")).to_be_hidden()
    page.evaluate("letGo()")
    expect(page.locator(DONE)).to_contain_text("312 cm")


def test_in_the_settings_a_theme_is_chosen_and_a_model_that_can_not_be_fetched_told(page):
    page.get_by_role("button", name="Settings").click()
    panel = page.locator("#source .models")
    expect(panel).to_contain_text("No model writes")
    expect(panel.locator(".offers li").first).to_contain_text("Apache-2.0")
    download = panel.get_by_role("button", name="Download", exact=False).first
    download.click()
    expect(panel.get_by_role("alert")).to_contain_text("can't be reached")
    expect(download).to_be_visible()
    assert_nothing_grave(page)
    set_width(page, 360)
    panel.scroll_into_view_if_needed()
    close = page.locator("#source-close").bounding_box()
    assert page.locator(".settings").bounding_box()["y"] >= close["y"] + close["height"]
    assert page.locator("#new").bounding_box()["y"] < 12  # beside the others
    _press_escape_in_a_sheet(page)
    set_width(page, WIDE)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Theme").select_option("dark")
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.locator("#source-close").click()
    notice = page.locator("#status .notice")
    expect(notice).to_contain_text("quote your documents")
    notice.get_by_role("button", name="Close").click()
    reload(page)
    expect(page.locator("#status")).to_contain_text("documents ready")
    expect(notice).to_be_hidden()

    # What is searched for is shown, and edited by keys.
    ask(page, WEEKS)
    answer = ask(page, "And Tomasz Rehr?")
    expect(answer.locator(".rewritten")).to_have_text("How many weeks was Tomasz Rehr on duty?")
    expect(answer).to_contain_text("22")
    answer.locator(".how > summary").press("Enter")
    answer.locator(".edit-search").press("Enter")
    field = answer.get_by_label("What to search for")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(answer.locator(".edit-search")).to_be_focused()
    page.keyboard.press("Enter")
    field.fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.locator(".question").last).to_have_text(SNOW)
    expect(page.locator(".answer").last).to_contain_text("312 cm")
    expect(page.locator(".answer").last.locator(".searched")).to_have_count(0)


def test_every_document_is_asked_and_a_cell_opens_the_page_at_its_words(page):
    page.locator("#mode-table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ask every document, one question a line")).to_be_focused()
    page.keyboard.insert_text(f"{SNOW}\nHow many weeks was Tomasz Rehr on duty?")
    page.keyboard.press("Control+Enter")
    rows = page.locator("#table-frame tbody tr")
    expect(page.locator("#table-state")).to_have_text("5 of 5 documents asked")
    expect(rows).to_have_count(5)

    cell = rows.filter(has_text="station-report.pdf").locator(".table-cell").first
    expect(cell).to_contain_text("312 cm")
    cell.click()
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    expect(page.locator("#source .quote")).to_contain_text(FACT)
    expect(rows.filter(has_text="register-sign.png")).to_contain_text("No answer found")
    page.locator("#source-close").click()

    page.locator("#table-frame").get_by_role("button", name=SNOW).click()
    expect(rows.first).to_contain_text("312 cm")
    assert_nothing_grave(page)
    page.get_by_label("Filter rows").fill("rota")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("22")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "312 cm" in download.value.path().read_text(encoding="utf-8")
    page.locator("#mode-chat").click()
    expect(page.locator("#ask textarea")).to_be_visible()

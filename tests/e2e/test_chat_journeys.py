"""What a person does in the chat, in a real browser against the real program."""

import re
import shutil

import pytest
from builders_models import save_writer, store_model
from journey_corpus import FACT, FACT_AT_PT, FACT_SIZE_PT, PAGE_PT, PROBE_NAME, make_sign
from playwright.sync_api import expect

from e2e.asking import DONE, SNOW, ask

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def stop(page):
    """Stop the answer that is written now."""
    # Forced: a page that words stream into is never still, and nobody waits for that to click.
    page.locator("#ask .stop-button").click(force=True)
    expect(page.locator(".answer").last).to_contain_text(
        re.compile("Stopped[.].*Ask again", re.DOTALL)
    )


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


def test_a_mark_opens_the_page_with_the_very_words_lit(page):
    chip = ask(page, SNOW).locator(".chip").first
    chip.hover()
    expect(page.get_by_role("tooltip")).to_contain_text(FACT)
    chip.click()
    expect(page.get_by_role("tooltip")).to_have_count(0)
    lit = page.locator("#source .lit").first
    expect(lit).to_be_in_viewport()
    x0, y0, x1, y1 = fractions(page, fact_box(page), "#source .sheet:has(.lit)")
    left, baseline = FACT_AT_PT[0] / PAGE_PT[0], 1 - FACT_AT_PT[1] / PAGE_PT[1]

    expect(page.locator("#source .page-steps")).to_contain_text("Page 2 of 2")
    expect(page.locator("#source .quote")).to_contain_text(FACT)
    assert x0 == pytest.approx(left, abs=0.02)
    assert x1 - x0 > 0.5
    assert y0 < baseline - 0.5 * FACT_SIZE_PT / PAGE_PT[1]
    assert y0 > baseline - 2 * FACT_SIZE_PT / PAGE_PT[1]
    assert baseline - 0.005 < y1 < baseline + FACT_SIZE_PT / PAGE_PT[1]
    doc_id = page.locator("#source .sheet img").get_attribute("src").split("/")[2]
    page.evaluate("address => { location.hash = address; }", f"#document/{doc_id}/1")
    expect(page.locator("#source .page-steps")).to_contain_text("Page 1 of 2")


def test_words_are_found_in_a_document_and_selected_on_its_page(page):
    page.locator("#library .document", has_text="station-report.pdf").click()
    page.get_by_label("Find in document").fill("312 CM")
    page.keyboard.press("Enter")
    expect(page.locator("#source .page-steps")).to_contain_text("Page 2 of 2")
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    expect(page.get_by_label("Find in document")).to_be_focused()
    page.locator("#source .text-layer text", has_text=FACT).dblclick()

    assert page.evaluate("getSelection().toString()").strip() in FACT.split()
    page.get_by_label("Find in document").fill("no such words")
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_contain_text("These words do not stand")


def test_a_part_of_a_page_is_asked_about_by_pointer_and_by_keyboard(page):
    ask(page, SNOW).locator(".chip").first.click()
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


def test_sources_are_reached_and_left_by_keyboard(page):
    answer = ask(page, SNOW)
    answer.locator(".chip").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source .sheet:has(.lit)")).to_be_visible()
    before = page.locator("#source .sheet:has(.lit)").bounding_box()["width"]
    page.keyboard.press("+")

    assert page.locator("#source .sheet:has(.lit)").bounding_box()["width"] > before * 1.1
    page.keyboard.press("Escape")
    expect(page.locator("#library")).to_be_visible()
    expect(answer.locator(".chip").first).to_be_focused()


def go_to(page, selector, *, key="Tab"):
    """Press Tab until the focus stands on such an element."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{key} does not lead to {selector}")


def test_a_conversation_is_held_left_and_found_again_by_keyboard_alone(page):
    page.keyboard.type("Summarise the documents")
    page.keyboard.press("Enter")
    expect(page.locator(DONE)).to_contain_text("Word for word")
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
    expect(page.locator(DONE)).to_contain_text("Word for word")
    page.keyboard.press("Escape")
    expect(page.locator("#past-open")).to_be_focused()


def test_keys_are_listed_and_work_and_what_is_done_is_told_to_who_does_not_see_it(page):
    ask(page, SNOW)
    expect(page.locator("#told")).to_contain_text(f"{FACT[:-1]}")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Theme").select_option("dark")
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.locator("#source-close").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Write a question")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    page.keyboard.press("/")
    expect(page.locator("#ask textarea")).to_be_focused()
    page.keyboard.type("n?s")
    expect(page.locator("#ask textarea")).to_have_value("n?s")
    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#ask textarea").fill("")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Your question").last).to_have_value(SNOW)


def test_every_document_is_asked_and_a_cell_opens_the_page_at_its_words(page):
    page.locator("#mode-table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ask every document, one question a line")).to_be_focused()
    page.keyboard.insert_text(f"{SNOW}\nHow many weeks was Tomasz Rehr on duty?")
    page.keyboard.press("Control+Enter")
    rows = page.locator("#table-frame tbody tr")
    expect(page.locator("#table-state")).to_have_text("5 of 5 documents asked")
    expect(rows).to_have_count(5)

    report = rows.filter(has_text="station-report.pdf")
    cell = report.locator(".table-cell").first
    expect(cell).to_contain_text("312 cm")
    cell.click()
    expect(page.locator("#source .lit").first).to_be_in_viewport()
    expect(page.locator("#source .quote")).to_contain_text(FACT)
    expect(rows.filter(has_text="register-sign.png")).to_contain_text("No answer found")

    page.locator("#table-frame").get_by_role("button", name=SNOW).click()
    expect(rows.first).to_contain_text("312 cm")
    page.get_by_label("Filter rows").fill("rota")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("22")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "312 cm" in download.value.path().read_text(encoding="utf-8")

    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.locator("#mode-chat").click()
    expect(page.locator("#ask textarea")).to_be_visible()


def test_what_was_searched_for_is_shown_and_edited_by_keyboard(page):
    ask(page, "How many weeks was Ilse Amend on duty?")
    answer = ask(page, "And Tomasz Rehr?")
    expect(answer.locator(".rewritten")).to_have_text("How many weeks was Tomasz Rehr on duty?")
    expect(answer).to_contain_text("22")
    answer.locator(".how > summary").focus()
    page.keyboard.press("Enter")
    answer.locator(".edit-search").focus()
    page.keyboard.press("Enter")
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


def test_a_picture_is_asked_with_and_found_again(page, tmp_path):
    page.locator("#ask input[type=file]").set_input_files(make_sign(tmp_path / "upload.png"))
    expect(page.locator("#ask img, #ask .thumbnail-image").first).to_be_visible()
    answer = ask(page, "What does this sign say?")

    expect(page.locator("#chat .user img, #chat .message.user img").first).to_be_visible()
    expect(answer).to_contain_text("counter 47")
    expect(answer).to_contain_text("The same picture stands in register-sign.png")


def test_markup_in_names_and_documents_is_shown_and_does_nothing(page):
    expect(page.locator("#library")).to_contain_text(PROBE_NAME)
    page.locator("#library .document", has_text=PROBE_NAME).click()
    expect(page.locator("#source")).to_contain_text("<script>window.pwned=1</script>")
    answer = ask(page, "What does the zebrawood password policy say?")

    expect(answer).to_contain_text("zebrawood")
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#source img, .answer img").count() == 0


def test_a_step_up_that_can_not_be_fetched_is_told_and_nothing_else_breaks(page):
    page.get_by_role("button", name="Settings").click()
    panel = page.locator("#source .models")
    expect(panel).to_contain_text("Now: embedded.")
    expect(panel.locator(".offers li").first).to_contain_text("Apache-2.0")
    panel.get_by_role("button", name="Download", exact=False).first.click()
    expect(panel.get_by_role("alert")).to_contain_text("can't be reached")
    expect(panel.get_by_role("button", name="Download", exact=False).first).to_be_visible()
    answer = ask(page, SNOW)

    expect(answer).to_contain_text("312 cm")
    answer.locator(".chip").first.click()
    expect(page.locator("#source .lit").first).to_be_visible()


def test_a_model_that_came_is_used_by_a_click_and_left_by_another(page, chat, tmp_path):
    name = "smolvlm-500m"
    folder = store_model(chat.models, name, save_writer(tmp_path / "tiny"))
    page.get_by_role("button", name=f"Use {name} now").click()
    status = page.locator("#status")
    expect(status).to_contain_text("A model on this machine writes")
    page.locator("#ask textarea").fill(SNOW)
    page.keyboard.press("Enter")
    stop(page)
    page.locator(".ask-again").click()
    page.locator(".answer.growing").wait_for()
    stop(page)
    expect(page.locator(".answer .how")).to_be_visible()
    page.locator("#ask textarea").fill(SNOW)
    page.keyboard.press("Enter")
    page.locator(".answer.growing").wait_for()
    page.locator("#new").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.locator("[data-testid=status-tracker] .error")).to_have_count(0)
    page.get_by_role("button", name="Back to the built-in").click()
    expect(status).to_contain_text("Answers quote your documents")
    shutil.rmtree(folder)

    expect(ask(page, SNOW)).to_contain_text("312 cm")


def test_the_chat_fits_a_narrow_screen(page):
    page.set_viewport_size({"width": 400, "height": 780})
    ask(page, SNOW).locator(".chip").first.click()
    expect(page.locator("#source .lit").first).to_be_in_viewport()
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
    assert page.evaluate("document.documentElement.scrollWidth") <= 400

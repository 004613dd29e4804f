"""A person asks about a picture of their own: pasted, cited, gone on from, kept, and added."""

import base64
import re

import pytest
from builders_pictures import lettered, png
from journey_corpus import make_sign
from playwright.sync_api import expect

from e2e.asking import DONE, SNOW, ask, reload

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RECEIPT = lettered(
    [
        ("ALPINE HARDWARE LTD", 60, 20),
        ("Date: 14/03/2019", 60, 80),
        ("Rope", 60, 160),
        ("21.00", 420, 160),
        ("Total", 60, 220),
        ("21.00", 420, 220),
    ],
    size=(560, 300),
)
PASTE = """([words, name]) => {
  const bytes = Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: "image/png" }));
  const options = { clipboardData: data, bubbles: true, cancelable: true };
  const event = new ClipboardEvent("paste", options);
  document.querySelector("#ask textarea").dispatchEvent(event);
}"""


def lit(page):
    return page.locator("#source .lit").first


def test_a_pasted_receipt_is_asked_about_cited_gone_on_from_kept_and_added(page, tmp_path):
    page.evaluate(PASTE, [base64.b64encode(png(RECEIPT)).decode(), "receipt.png"])
    thumbnail = page.locator("#ask .thumbnail-item")
    expect(thumbnail).to_have_count(1)
    clip = page.locator("#ask .thumbnail-add").bounding_box()
    assert thumbnail.bounding_box()["x"] - clip["x"] - clip["width"] < 20  # beside it
    # Each is named, and taken away by keys.
    expect(page.get_by_role("listitem", name="receipt.png")).to_be_visible()
    assert "receipt.png" in page.locator("#ask .thumbnail-wrapper").evaluate(
        "item => getComputedStyle(item, '::after').content"
    )
    expect(page.locator("#told")).to_have_text("With the question: receipt.png")
    (tmp_path / "notes.txt").write_text("Of no use.", encoding="utf-8")
    page.locator("#ask input[type=file]").set_input_files(tmp_path / "notes.txt")
    expect(page.locator("#told")).to_have_text("With the question: notes.txt")
    page.get_by_role("button", name="Remove: notes.txt").press("Enter")
    expect(thumbnail).to_have_count(1)
    expect(page.get_by_role("button", name="Remove: receipt.png")).to_be_focused()
    answer = ask(page, "How much was it in total?")
    expect(answer).to_contain_text("21.00")
    answer.locator(".chip").first.click()
    expect(lit(page)).to_be_in_viewport()
    expect(page.locator("#source .doc-file")).to_have_text("receipt.png")

    expect(ask(page, "And what date is on it?")).to_contain_text("14/03/2019")
    expect(page.locator(".asked .about")).to_contain_text("About receipt.png")
    expect(ask(page, SNOW)).to_contain_text("312 cm")
    expect(page.locator(".asked .about")).to_have_count(1)  # this one was not about it

    reload(page)
    expect(page.locator(DONE)).to_have_count(3)
    page.locator("button.given").click()
    expect(lit(page)).to_be_in_viewport()
    page.get_by_role("button", name="Add to the folder").click()
    expect(page.locator("#source .adds")).to_have_text("Added to the folder")
    page.locator("#source-close").click()
    expect(page.locator("#library-list")).to_contain_text(re.compile("receipt.png"))
    expect(ask(page, "Which shop is on the receipt?")).to_contain_text("ALPINE HARDWARE")

    page.locator("#ask input[type=file]").set_input_files(make_sign(tmp_path / "upload.png"))
    expect(page.locator("#ask img, #ask .thumbnail-image").first).to_be_visible()
    answer = ask(page, "What does this sign say?")
    expect(page.locator("#chat .user img, #chat .message.user img").last).to_be_visible()
    expect(answer).to_contain_text("counter 47")
    expect(answer).to_contain_text("The same picture stands in register-sign.png")

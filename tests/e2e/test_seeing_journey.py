"""A photograph is found by what it shows, and by another one; where the network was fetched."""

import base64
import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from e2e.asking import ask
from e2e.conftest import running
from e2e.test_attaching_journey import PASTE
from rag.models.setup.bundled import SEEING, SWITCH, model_folder

FOLDER = model_folder(SEEING, os.environ | {SWITCH: "on"})
CAT = Path(__file__).parents[2] / "demo" / "making" / "photographs" / "chelsea.jpg"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(FOLDER is None, reason="the model that sees was not fetched"),
]


@pytest.fixture
def seeing(tmp_path):
    """A chat with this one model; the index that others would be fetched from is not there."""
    corpus, models = tmp_path / "documents", tmp_path / "built"
    corpus.mkdir()
    models.mkdir()
    (models / FOLDER.name).symlink_to(FOLDER)
    (corpus / "friend.jpg").write_bytes(CAT.read_bytes())
    (corpus / "note.txt").write_text("The winch of the hut was oiled in May.")
    own = {SWITCH: "on", "PAGELIGHT_MODELS": str(models), "PIP_INDEX_URL": "http://127.0.0.1:9"}
    with running(corpus, own) as chat:
        yield chat


def cut_from_the_cat():
    """Return the head alone, as a PNG in base64: another picture, which shows the like."""
    with Image.open(CAT) as picture:
        head = picture.crop((90, 10, 400, 260))
    data = io.BytesIO()
    head.save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def test_the_photo_with_the_cat_is_shown_and_found_by_another_one(seeing, chromium):
    page = chromium.new_page()
    page.goto(seeing.address)
    page.locator("#ask textarea").wait_for()
    answer = ask(page, "Show me the photo with the cat")
    expect(answer.locator(".shown img")).to_be_visible()
    answer.locator(".chip").first.click()
    expect(page.locator("#source .doc-file")).to_have_text("friend.jpg")
    expect(page.locator("#source")).to_contain_text("Seen: Egyptian cat")
    page.locator("#source-close").click()

    page.evaluate(PASTE, [cut_from_the_cat(), "head.png"])
    expect(page.locator("#ask .thumbnail-item")).to_have_count(1)
    expect(ask(page, "What animal is this?")).to_contain_text("cat")

    page.evaluate(PASTE, [cut_from_the_cat(), "head.png"])
    expect(page.locator("#ask .thumbnail-item")).to_have_count(1)
    like = ask(page, "Show pictures like this")
    expect(like).to_contain_text("friend.jpg")
    expect(like.locator(".shown img")).to_be_visible()
    page.close()

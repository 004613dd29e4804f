"""The first to break where a new Gradio does not carry the page: it opens, asks once and looks."""

import gradio
import pytest
from playwright.sync_api import expect

from e2e.asking import SNOW, ask

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_page_opens_and_answers_with_this_gradio(page):
    told = f"with Gradio {gradio.__version__}"
    answer = ask(page, SNOW)
    expect(answer, told).to_contain_text("312 cm")
    answer.locator(".chip").first.click()

    expect(page.locator("#source .lit").first, told).to_be_visible()
    expect(page.locator("#ask .submit-button"), told).to_be_visible()
    expect(page.locator("#ask .stop-button"), told).to_have_count(0)

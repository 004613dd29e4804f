"""Asking in the chat, as a person does."""

from playwright.sync_api import expect

SNOW = "What snow depth did the Brockenstein station record on 3 March 1999?"
LONG_MS = 60_000
"""So long anything that a page is to show is waited for; what is there is waited for no longer."""

DONE = "#chat .answer:not(.growing):not(.waiting)"


def ask(page, question):
    """Ask, wait for the whole answer, and return its bubble."""
    answers = page.locator(DONE)
    before = answers.count()
    page.locator("#ask textarea").fill(question)
    page.keyboard.press("Enter")
    expect(answers).to_have_count(before + 1)
    return answers.nth(before)

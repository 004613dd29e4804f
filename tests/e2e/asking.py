"""Asking in the chat, as a person does, and looking for faults of what is shown then."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SNOW = "What snow depth did the Brockenstein station record on 3 March 1999?"
WEEKS = "How many weeks was Ilse Amend on duty?"
LONG_MS = 60_000
"""So long anything that a page is to show is waited for; what is there is waited for no longer."""

DONE = "#chat .answer:not(.growing):not(.waiting)"
WIDE, NARROW = 1280, 400
GRAVE = frozenset({"serious", "critical"})
UNIQUE = "landmark-unique"
"""Of two parts of one name none is found by it: axe-core counts that as moderate."""

EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast"]}
"""All that a theme changes."""


def ask(page, question):
    """Ask, wait for the whole answer, and return its bubble."""
    answers = page.locator(DONE)
    before = answers.count()
    page.locator("#ask textarea").fill(question)
    page.keyboard.press("Enter")
    expect(answers).to_have_count(before + 1)
    return answers.nth(before)


def opens(page, answer):
    """Expect the first mark of an answer to light its place."""
    answer.locator(".chip").first.click()
    expect(page.locator("#source .lit").first).to_be_in_viewport()


def reload(page):
    page.reload()
    page.locator("#ask textarea").wait_for()


def set_width(page, width):
    page.set_viewport_size({"width": width, "height": 800})


def assert_nothing_grave(page, *, within=None):
    """Expect no serious finding of axe-core, in light and dark, wide and narrow; all fits in.

    axe-core (Deque Systems, MPL 2.0) comes in axe-playwright-python; nothing is fetched.
    """
    page.emulate_media(reduced_motion="reduce")  # what fades in has its colours at once
    for theme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)
        for width in (WIDE, NARROW):
            set_width(page, width)
            found = Axe().run(page, context=within, options=options).response["violations"]
            grave = [
                f"{rule['id']}: {node['target']} {node['html'][:120]}"
                for rule in found
                if rule["impact"] in GRAVE or rule["id"] == UNIQUE
                for node in rule["nodes"]
            ]
            assert grave == [], f"{theme}, {width} px wide"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="light")
    set_width(page, WIDE)

"""Spoken words in a real browser: heard, cited and played; attached and asked; dictated."""

import os
import re
import shutil

import pytest
from playwright.sync_api import expect
from speech import speak
from unit.repository.test_demo import DOCUMENTS, NOTE

from e2e.asking import LONG_MS, ask, assert_nothing_grave
from e2e.conftest import CHROMIUM, FLAGS, running
from rag.models.setup.bundled import HEARING, SWITCH, model_folder

FOLDER = model_folder(HEARING, {**os.environ, SWITCH: "on"})
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        FOLDER is None, reason="the model that hears is not here: pagelight models fetch hearing"
    ),
]

FUSES = "I left the spare fuses in the red box under the stairs."
FUSES_S = 10.2
NEAR_S = 1.0
SHOULD = re.compile("^What should .+ show")
"""The voice is a machine's, and the browser's filters take of it what they take for noise."""

BY_MACHINE = "A machine heard these words"
AT_S = "document.querySelector('#source audio')?.currentTime"
WITH_MICROPHONE = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
HEARD_MS = 120_000


@pytest.fixture(scope="module")
def hearing(tmp_path_factory):
    """The program over the demo's voice note, heard by the model of the set-up."""
    corpus = tmp_path_factory.mktemp("hearing") / "documents"
    corpus.mkdir()
    shutil.copy(DOCUMENTS / NOTE, corpus)
    with running(corpus, {"RAG_TRANSCRIBER": f"file:{FOLDER}"}) as chat:
        yield chat


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """What the microphone of the journey hears, again and again."""
    path = tmp_path_factory.mktemp("spoken") / "question.wav"
    speak(path, 0.5, "What should the battery show?", 6.0)
    return path


@pytest.fixture
def page(chromium, hearing, spoken):
    flags = [*FLAGS, *WITH_MICROPHONE, f"--use-file-for-fake-audio-capture={spoken}"]
    browser = chromium.browser_type.launch(executable_path=shutil.which(CHROMIUM), args=flags)
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.set_default_timeout(LONG_MS)
    tab.goto(hearing.address)
    tab.locator("#ask textarea").wait_for()
    yield tab
    browser.close()


def test_a_voice_note_is_heard_cited_and_played_from_the_sentence(page):
    answer = ask(page, "Where did Jonas leave the spare fuses?")

    expect(answer).to_contain_text("red box under the stairs")
    answer.locator(".chip").first.click()
    marked = page.locator("#source .line mark")
    expect(marked.first).to_contain_text("red box under the stairs")
    expect(page.locator("#source .transcript")).to_contain_text(BY_MACHINE)
    page.wait_for_function("() => document.querySelector('#source audio').readyState >= 2")
    assert page.evaluate(AT_S) == pytest.approx(FUSES_S, abs=NEAR_S)
    page.locator("#source audio").press("Space")
    page.wait_for_function(f"() => {AT_S} > {FUSES_S + NEAR_S + 1}")
    assert_nothing_grave(page, within="#source")


def test_words_are_dictated_into_the_box_and_told_as_heard(page):
    dictate = page.get_by_role("button", name="Dictate", exact=True)
    dictate.click()
    stop = page.get_by_role("button", name="Stop dictating")
    expect(stop).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(4000)  # the question takes two seconds
    stop.click()

    expect(page.locator("#dictated")).to_contain_text(BY_MACHINE, timeout=HEARD_MS)
    expect(page.locator("#ask textarea")).to_have_value(SHOULD)
    page.locator("#ask textarea").press("End")
    page.keyboard.type(" volts")
    expect(page.locator("#dictated")).to_be_empty()  # they were read
    expect(page.get_by_role("button", name="Dictate", exact=True)).to_be_enabled()

"""What outlasts a page: reloads, other tabs, a server that is started anew, in a real browser."""

import re

import pytest
from builders_models import save_writer, store_model
from playwright.sync_api import expect

from e2e.asking import DONE, SNOW, WEEKS, ask, assert_nothing_grave, opens, reload

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

STREAM = re.compile(r"\d/events\?")
ASKED = re.compile(r"\d/events\b")
ADDRESS = re.compile(r"/c/[0-9a-f]{16}$")
STOPPED = re.compile("Stopped[.].*Ask again", re.DOTALL)


def lose_once(page, path):
    """Let the network lose the first request to a path."""
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        return route.abort()

    page.route(path, lose)


def test_a_reload_shows_the_same_conversation_with_live_marks_and_back_the_one_before(page):
    ask(page, SNOW)
    expect(page).to_have_url(ADDRESS)
    first = page.url
    reload(page)
    expect(page.locator(DONE)).to_contain_text("312 cm")
    opens(page, page.locator(DONE))
    page.locator("#new").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(page).not_to_have_url(ADDRESS)
    ask(page, WEEKS)
    expect(page).to_have_url(ADDRESS)
    assert page.url != first
    page.go_back()
    expect(page.locator(".answer")).to_have_count(0)
    page.go_back()
    expect(page.locator(DONE)).to_contain_text("312 cm")
    expect(page).to_have_url(first)

    lose_once(page, "**/queue/join*")
    page.locator("#ask textarea").fill("And the year before?")
    page.keyboard.press("Enter")  # it is lost, and Gradio loads the page anew
    expect(page.locator(DONE)).to_have_count(2)
    expect(page.locator(f"{DONE} .rewritten")).to_contain_text("1998")
    expect(page.locator("#ask textarea")).to_have_value("")

    page.goto(f"{page.url[:-16]}{'0' * 16}")
    expect(page.get_by_text("There is no such conversation")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)


def test_two_tabs_follow_each_other_and_one_that_hears_nothing_can_do_no_harm(page):
    ask(page, SNOW)
    expect(page).to_have_url(ADDRESS)
    other = page.context.new_page()
    other.route(ASKED, lambda route: route.abort())
    other.goto(page.url)
    expect(other.locator(DONE)).to_contain_text("312 cm")
    ask(page, WEEKS)
    other.locator("#ask textarea").fill("And Tomasz Rehr?")
    other.keyboard.press("Enter")
    expect(other.get_by_text("went on in another tab")).to_be_visible()
    expect(other.locator(DONE)).to_have_count(2)
    expect(other.locator("#ask textarea")).to_have_value("And Tomasz Rehr?")
    other.locator("#ask textarea").press("Enter")

    expect(other.locator(DONE)).to_have_count(3)
    expect(other.locator(DONE).last).to_contain_text("22")
    expect(page.locator(DONE)).to_have_count(3)  # told by the stream
    other.unroute(ASKED)
    other.route(STREAM, lambda route: route.abort())
    ask(page, SNOW)
    expect(page).to_have_url(ADDRESS)
    expect(other.locator(DONE)).to_have_count(4)  # asked now and then


def test_in_another_language_what_was_added_and_attached_is_there_still(page, tmp_path):
    note, program = tmp_path / "hut-note.txt", tmp_path / "run.bin"
    note.write_text("The hut was built in 1912 by Carl Frey.", encoding="utf-8")
    program.write_bytes(b"\x7fELF of no use")
    attached = page.locator("#ask .thumbnail-wrapper")
    page.locator("#ask input[type=file]").set_input_files([program, note])
    expect(attached).to_have_count(2)
    remove = page.get_by_role("button", name="Remove: run.bin")
    expect(remove).to_have_css("opacity", "1")
    remove.click()
    expect(attached).to_have_count(1)
    page.locator("#upload-files").set_input_files([note, program])
    page.get_by_role("button", name="Settings").click()
    page.locator("#language").select_option("de")

    told = page.locator("#upload-list")
    expect(told).to_contain_text("hut-note.txt ist hinzugefügt und bereit")
    expect(told).to_contain_text("run.bin")
    assert_nothing_grave(page, within="#upload-list")
    expect(attached).to_have_attribute("aria-label", "hut-note.txt")
    page.locator("#source-close").click()
    reload(page)
    expect(told).to_contain_text("hut-note.txt ist hinzugefügt und bereit")
    expect(page.locator(".suggested button").last).to_contain_text("kurz zusammenfassen")
    told.get_by_role("button", name="Schließen").click()
    reload(page)
    expect(page.locator(".document").first).to_be_visible()
    expect(told).to_be_empty()


def begin(page):
    """Have an answer written that has no end."""
    page.locator("#ask textarea").fill(SNOW)
    page.keyboard.press("Enter")
    page.locator(".answer.growing").wait_for()


def stop(page):
    # Forced: a page that words stream into is never still, and nobody waits for that to click.
    page.locator("#ask .stop-button").click(force=True)
    expect(page.locator(".answer").last).to_contain_text(STOPPED)


def stop_before_it_is_shown(page):
    expect(page.locator("#ask .submit-button")).to_be_visible()
    page.locator("#ask textarea").fill(SNOW)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".question").last).to_have_text(SNOW)
    expect(page.locator(".answer").last).to_contain_text(STOPPED)
    expect(page.locator("#ask .submit-button")).to_be_visible()


def test_a_model_that_came_writes_is_stopped_and_outlasts_reloads_and_the_server(
    page, chat, tmp_path
):
    ask(page, SNOW)
    expect(page).to_have_url(ADDRESS)
    address = page.url
    other = page.context.new_page()
    other.goto(chat.url)
    name = "smolvlm-500m"
    store_model(chat.models, name, save_writer(tmp_path / "tiny"))
    other.get_by_role("button", name=f"Use {name} now").click()
    expect(other.locator("#status")).to_contain_text("A model on this machine writes")
    begin(other)
    reload(other)
    expect(other.locator(".answer.growing")).to_be_visible()
    stop(other)
    told = other.locator(".answer").inner_text()
    reload(other)
    expect(other.locator(DONE)).to_have_text(re.compile("Stopped."))
    assert other.locator(".answer").inner_text() == told
    other.locator(".ask-again").click()
    other.locator(".answer.growing").wait_for()
    stop(other)
    expect(other.locator(".answer .how")).to_be_visible()
    begin(other)
    other.locator("#new").click()
    expect(other.locator(".answer")).to_have_count(0)
    expect(other.locator("[data-testid=status-tracker] .error")).to_have_count(0)

    # The server is started anew amid an answer.
    other.go_back()
    other.locator(".answer.growing").wait_for()
    chat.end()
    expect(page.locator("#status")).to_contain_text("does not answer")
    page.locator("#ask textarea").fill(WEEKS)
    page.keyboard.press("Enter")
    expect(page.locator("#entered")).to_contain_text("Your question is asked as soon as it does.")
    chat.start()
    expect(other.locator(DONE).last).to_contain_text("Stopped.")  # as far as it came
    expect(other.locator("#ask .submit-button")).to_be_visible()
    assert len(other.locator(DONE).last.inner_text()) > len("Stopped.Ask againReport as wrong")
    expect(page.locator(".question").last).to_have_text(WEEKS)  # what was entered meanwhile
    expect(page.locator("#entered")).to_be_empty()
    page.locator("#ask .stop-button").click(force=True)
    expect(page.locator(".answer").last).to_contain_text("Stopped.")
    stop_before_it_is_shown(page)

    # It goes on, with the built-in answers again.
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Back to the built-in").click()
    expect(page.locator("#status")).to_contain_text("Answers quote your documents")
    page.locator("#source-close").click()
    expect(page.locator(DONE).first).to_contain_text("312 cm")
    opens(page, page.locator(DONE).first)
    expect(ask(page, WEEKS)).to_contain_text("19")
    expect(page).to_have_url(address)

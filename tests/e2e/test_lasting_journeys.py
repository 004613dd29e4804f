"""What outlasts a page: reloads, other tabs, a server that is started anew, in a real browser."""

import re

import pytest
from builders_models import save_writer, store_model
from playwright.sync_api import expect
from putting_back import use_the_built_in

from e2e.asking import DONE, SNOW, ask

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WEEKS = "How many weeks was Ilse Amend on duty?"
STREAM = re.compile(r"\d/events\?")
ASKED = re.compile(r"\d/events\b")
ADDRESS = re.compile(r"/c/[0-9a-f]{16}$")


def reload(page):
    page.reload()
    page.locator("#ask textarea").wait_for()


def lose_once(page, path):
    """Let the network lose the first request to a path."""
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        return route.abort()

    page.route(path, lose)


def use_writer(page, chat, folder):
    """Let a tiny random model write, whose answers have no end."""
    name = "smolvlm-500m"
    store_model(chat.models, name, save_writer(folder / "tiny"))
    page.get_by_role("button", name=f"Use {name} now").click()
    expect(page.locator("#status")).to_contain_text("A model on this")


def opens(page, answer):
    """Expect the first mark of an answer to light its place."""
    answer.locator(".chip").first.click()
    expect(page.locator("#source .lit").first).to_be_in_viewport()


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
    page.goto(f"{page.url[:-16]}{'0' * 16}")
    expect(page.get_by_text("There is no such conversation")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)


def test_a_reload_amid_an_answer_joins_it_and_its_end_is_kept(page, chat, tmp_path):
    use_writer(page, chat, tmp_path)
    page.locator("#ask textarea").fill(SNOW)
    page.keyboard.press("Enter")
    page.locator(".answer.growing").wait_for()
    reload(page)
    expect(page.locator(".answer.growing")).to_be_visible()
    page.locator("#ask .stop-button").click(force=True)
    expect(page.locator(".answer")).to_contain_text(re.compile("Stopped[.].*Ask again", re.DOTALL))
    told = page.locator(".answer").inner_text()
    reload(page)

    expect(page.locator(DONE)).to_have_text(re.compile("Stopped."))
    assert page.locator(".answer").inner_text() == told


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


def test_an_edited_question_is_a_branch_with_a_way_back(page):
    ask(page, WEEKS)
    ask(page, "And Tomasz Rehr?")
    page.locator(".edit-question").first.click()
    page.get_by_label("Your question").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.locator(DONE)).to_have_count(1)
    expect(page.locator(DONE)).to_contain_text("312 cm")
    expect(page.locator(".versions")).to_contain_text("2 of 2")
    opens(page, page.locator(DONE))
    page.get_by_role("button", name="Earlier version of the question").click()
    expect(page.locator(DONE)).to_have_count(2)
    expect(page.locator(".question").last).to_have_text("And Tomasz Rehr?")
    reload(page)
    expect(page.locator(DONE)).to_have_count(2)
    page.get_by_role("button", name="Later version of the question").click()

    expect(page.locator(DONE)).to_have_count(1)
    expect(page.locator(DONE)).to_contain_text("312 cm")
    page.set_viewport_size({"width": 400, "height": 780})
    expect(page.locator(".versions")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_question_that_the_network_lost_is_asked_again(page):
    ask(page, WEEKS)
    lose_once(page, "**/queue/join*")
    page.locator("#ask textarea").fill("And Tomasz Rehr?")
    page.keyboard.press("Enter")  # Gradio loads the page anew

    expect(page.locator(DONE)).to_have_count(2)
    expect(page.locator(DONE).last).to_contain_text("22")
    expect(page.locator("#ask textarea")).to_have_value("")


def test_a_server_that_is_started_anew_goes_on_with_the_open_tabs(page, chat, tmp_path):
    ask(page, SNOW)
    expect(page).to_have_url(ADDRESS)
    address = page.url
    other = page.context.new_page()
    other.goto(chat.url)
    other.locator("#ask textarea").wait_for()
    use_writer(other, chat, tmp_path)
    other.locator("#ask textarea").fill(SNOW)
    other.keyboard.press("Enter")
    other.locator(".answer.growing").wait_for()
    chat.end()
    expect(page.locator("#status")).to_contain_text("does not answer")
    page.locator("#ask textarea").fill(WEEKS)
    page.keyboard.press("Enter")
    expect(page.locator("#entered")).to_contain_text("Your question is asked as soon as it does.")
    chat.start()

    # The one amid an answer shows how far it came.
    expect(other.locator(DONE)).to_contain_text("Stopped.")
    expect(other.locator("#ask .submit-button")).to_be_visible()
    assert len(other.locator(DONE).inner_text()) > len("Stopped.Ask againReport as wrong")

    # The one whose answer was whole asks what was entered meanwhile.
    expect(page.locator(".question").last).to_have_text(WEEKS)
    expect(page.locator("#entered")).to_be_empty()
    page.locator("#ask .stop-button").click(force=True)
    expect(page.locator(".answer").last).to_contain_text("Stopped.")

    # It goes on, with the built-in answers again.
    use_the_built_in(chat)
    expect(page.locator("#status")).to_contain_text("documents")
    expect(page.locator(DONE).first).to_contain_text("312 cm")
    opens(page, page.locator(DONE).first)
    expect(ask(page, WEEKS)).to_contain_text("19")
    expect(page).to_have_url(address)

"""Several people in a real browser: one reads, one administers; they sign in by keyboard."""

import json
import re
import threading

import pytest
import uvicorn
from builders_people import WORD, House
from builders_ui import wait
from builders_users import PASSWORD
from playwright.sync_api import expect

from e2e.asking import LONG_MS, assert_nothing_grave

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    # Gradio counts its answers with what pandas calls deprecated.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The whole application of several people, over a fake engine and a real index."""
    house = House(tmp_path_factory.mktemp("house"))
    settings = uvicorn.Config(house.guard, port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    house.close()


@pytest.fixture
def browser(chromium):
    """A browser's own cookies; afterwards: no script broke."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(LONG_MS)
    broken = []
    context.on("weberror", lambda error: broken.append(str(error.error)))
    yield context
    context.close()
    assert broken == []


def test_who_reads_signs_in_by_keyboard_and_out_of_all_tabs(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/?from=mail")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    assert_nothing_grave(page)
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type("guess")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not fit")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#ask textarea").wait_for()

    assert page.url == f"{address}/?from=mail"
    manifest = browser.new_cdp_session(page).send("Page.getAppManifest")
    assert json.loads(manifest["data"])["name"] == "Pagelight"  # it can be installed
    expect(page.locator("#library-list")).to_contain_text("open/report.pdf")
    expect(page.locator("#library-list")).not_to_contain_text(WORD)
    expect(page.locator("#upload-why")).to_contain_text("Who administers Pagelight")
    expect(page.locator("#upload")).to_be_hidden()
    other = browser.new_page()
    other.goto(address)
    other.locator("#ask textarea").wait_for()
    page.bring_to_front()
    page.locator("#past-open").click()
    expect(page.get_by_role("link", name="People")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    other.bring_to_front()
    expect(other).to_have_url(re.compile("/sign-in"))


def test_who_administers_adds_a_person_who_signs_in(browser, address, chromium):
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("Name").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#past-open").click()
    page.get_by_role("link", name="People").click()
    page.get_by_text("Add a person").click()
    page.locator("#new-name").fill("eve")
    page.keyboard.press("Tab")
    page.keyboard.type("crevasse")
    new = page.locator("details[open]")
    new.get_by_label("open").check()
    new.get_by_role("button", name="Add").click()

    expect(page.get_by_role("status")).to_have_text("eve was added.")
    expect(page.locator("table")).to_contain_text("added the person eve (reads, sees open)")
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert_nothing_grave(page)
    page.goto(address)
    page.get_by_role("link", name="Folders").click()
    page.get_by_text("Make a folder").click()
    page.get_by_label("Name", exact=True).first.fill("plans")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The folder plans was made.")
    page.locator("section", has_text="1 document").first.get_by_role("button").first.click()
    page.get_by_label("open/report.pdf").check()
    page.get_by_label("Move them to").select_option("plans")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("The documents were moved to plans.")
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert_nothing_grave(page)
    page.goto(f"{address}/account")
    assert_nothing_grave(page)
    with chromium.new_context() as hers:
        theirs = hers.new_page()
        theirs.goto(f"{address}/people")
        theirs.get_by_label("Name").fill("eve")
        theirs.get_by_label("Password").fill("crevasse")
        theirs.keyboard.press("Enter")
        expect(theirs.locator("body")).to_contain_text("Not Found")

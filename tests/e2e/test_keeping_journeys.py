"""What a person does with conversations, documents and what is searched, in a real browser."""

import json
import re
from urllib.parse import urljoin

import pytest
from builders_archives import locked_zip
from playwright.sync_api import expect
from program import pagelight

from e2e.asking import (
    DONE,
    NARROW,
    SNOW,
    WEEKS,
    ask,
    assert_nothing_grave,
    opens,
    reload,
    set_width,
)
from rag.evaluation.questions import read_questions

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def open_past(page):
    page.locator("#past-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#past-words")).to_be_focused()


def drop(page, selector, path):
    """Drop a file or folder of this machine on an element, as from a window of files."""
    box = page.locator(selector).bounding_box()
    over = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    chromium = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        chromium.send("Input.dispatchDragEvent", {"type": kind, **over, "data": data})


def report(page, right):
    """Report the last answer as wrong by keys alone, and say what is right."""
    page.locator(".report").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is right")).to_be_focused()
    page.keyboard.type(right)
    page.keyboard.press("Enter")
    expect(page.locator(".report").last).to_be_focused()


def downloads(page, folder):
    """Yield the files that the first conversation of the list is saved as."""
    for link in page.locator(".talk-row").first.locator(".talk-tools a[download]").all():
        with page.expect_download() as download:
            link.click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        yield path


def test_a_conversation_is_reported_found_and_opened_again_saved_shared_and_pinned(
    page, chat, tmp_path
):
    ask(page, SNOW)
    report(page, "312 cm, by the stake")
    workspace, made = chat.log.with_name("ws"), tmp_path / "wrong.jsonl"
    listed = pagelight("reports", "--workspace", workspace, "--json")
    exported = pagelight("reports", "export", made, "--workspace", workspace)
    questions, errors = read_questions(made)
    assert json.loads(listed.stdout)[-1]["right"] == "312 cm, by the stake"
    assert f"pagelight eval {made}" in exported.stdout
    assert errors == []
    assert (questions[-1].text, questions[-1].answers) == (SNOW, ("312 cm, by the stake",))

    page.locator("#new").click()
    expect(page.locator(".answer")).to_have_count(0)
    open_past(page)
    page.keyboard.type("brockenstein 312")
    expect(page.locator(".talk").first).to_contain_text("What snow depth")
    page.locator(".talk").first.press("Enter")
    expect(page.locator(DONE)).to_contain_text("312 cm")
    expect(page.locator(".report")).to_have_text("Reported as wrong")
    opens(page, page.locator(DONE))
    page.locator(".talk-more summary").first.click()
    assert_nothing_grave(page)
    saved = {path.suffix: path for path in downloads(page, tmp_path)}
    assert "[^1-1]: station-report.pdf, page 2" in saved[".md"].read_text(encoding="utf-8")
    exchange = json.loads(saved[".json"].read_text(encoding="utf-8"))["exchanges"][0]
    assert exchange["answer"]["citations"][0]["source"] == "station-report.pdf"
    page.get_by_role("button", name="Share", exact=True).click()
    link = page.get_by_label("Link to the conversation").input_value()
    assert "312 cm" in page.request.get(link).text()
    page.locator("#past-close").click()

    page.locator("#chat .pin").click()
    expect(page.locator("#chat .pin")).to_have_text("Pinned")
    page.locator("#mode-pins").click()
    page.get_by_label("Note: What snow depth").fill("For the report")
    expect(page.locator("#pins [role=status]")).to_have_text("Kept.")
    assert_nothing_grave(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").click()
    assert download.value.suggested_filename == "pinned-answers.docx"
    page.locator("#source-close").click()
    opens(page, page.locator("#pins"))
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator("#pins")).to_contain_text("Nothing is pinned yet")
    page.locator("#mode-chat").click()
    expect(page.locator("#chat .pin")).to_have_text("Pin")
    answer = ask(page, "And the year before?")  # it goes on where it stopped
    expect(answer.locator(".rewritten")).to_contain_text("1998")


def rename(page, name):
    """Give the conversation that is shown a name."""
    row = page.locator(".talk-row", has=page.locator("[aria-current=true]"))
    row.locator("summary").click()
    row.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the conversation").fill(name)
    page.keyboard.press("Enter")


def delete_and_have_it_back(page, row):
    row.locator("summary").click()
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Really delete?").click()
    expect(row).to_have_count(0)
    expect(page.locator(DONE)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)


def delete_the_last_question_and_have_it_back(page):
    before = page.locator(".question").all_inner_texts()
    page.locator(".remove-question").last.click()
    page.get_by_role("button", name="Delete this and what follows?").click()
    expect(page.locator(DONE)).to_have_count(len(before) - 1)
    expect(page.locator("#deleted")).to_contain_text("The question is deleted")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".question")).to_have_text(before)
    expect(page.locator(DONE)).to_have_count(len(before))


def go_to_the_former_version_and_back(page):
    page.get_by_role("button", name="Earlier version of the question").click()
    expect(page.locator(DONE)).to_have_count(2)
    expect(page.locator(".question").last).to_have_text("And Tomasz Rehr?")
    reload(page)
    expect(page.locator(DONE)).to_have_count(2)
    page.get_by_role("button", name="Later version of the question").click()
    expect(page.locator(DONE)).to_have_count(1)


def test_questions_are_edited_and_asked_again_and_conversations_renamed_and_deleted(page):
    ask(page, WEEKS)
    page.locator(".good").click()
    expect(page.locator(".good")).to_have_attribute("aria-pressed", "true")
    page.locator(".copy").click()
    expect(page.locator(".copy")).to_have_text("Copied")
    page.locator(".report").click()
    page.get_by_label("It is not in the documents").check()
    expect(page.get_by_label("What is right")).to_be_disabled()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".report")).to_have_text("Report as wrong")
    ask(page, "And Tomasz Rehr?")
    delete_the_last_question_and_have_it_back(page)
    page.locator(".edit-question").first.press("Enter")
    expect(page.locator(".question-form")).to_contain_text("The question as it was stays")
    page.get_by_label("Your question").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.locator(DONE)).to_have_count(1)
    expect(page.locator(DONE)).to_contain_text("312 cm")
    expect(page.locator(".versions")).to_contain_text("2 of 2")
    go_to_the_former_version_and_back(page)
    opens(page, page.locator(DONE))
    page.locator("#source-close").click()
    chip = page.locator(f"{DONE} .chip").first
    former = chip.get_attribute("value")  # it names the answer
    page.locator(".ask-again").click()
    expect(chip).not_to_have_attribute("value", former)
    expect(page.locator(DONE)).to_have_count(1)
    expect(page.locator("#ask .submit-button")).to_be_visible()

    open_past(page)
    rename(page, "Winter of 1999")
    renamed = page.locator(".talk-row", has_text="Winter of 1999")
    delete_and_have_it_back(page, renamed)
    expect(page.locator(DONE)).to_contain_text("312 cm")
    page.locator("#new").click()
    delete_and_have_it_back(page, renamed)
    expect(page.locator(DONE)).to_have_count(0)  # what is shown stays
    renamed.get_by_role("button", name="Winter of 1999").first.click()
    expect(page.locator(DONE)).to_contain_text("312 cm")
    page.locator("#past-close").click()
    set_width(page, NARROW)
    expect(page.locator(".versions")).to_be_in_viewport()
    open_past(page)
    expect(renamed).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.keyboard.press("Escape")
    expect(page.locator("#past")).to_be_hidden()


def told_late(page):
    """Let all that the page tells its server by PUT go off later."""
    page.evaluate(
        """() => { const at_once = window.fetch;
        window.fetch = async (url, more) => {
            if (more?.method === "PUT") await new Promise((go) => setTimeout(go, 500));
            return at_once(url, more);
        }; }"""
    )


def test_a_search_is_limited_by_choice_and_by_a_name_in_the_question(page):
    page.locator("#scope-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#scope-words")).to_be_focused()
    page.keyboard.type("rota")
    choice = page.locator("#scope-choices input")
    expect(choice).to_have_count(1)
    choice.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator(".scope-chip")).to_contain_text("rota.csv")
    refused = ask(page, SNOW)
    expect(refused).to_contain_text("Only a part of the documents was searched.")
    expect(page.locator(".asked-in").last).to_have_text("In rota.csv")
    page.locator("#new").click()
    expect(page.locator("#scope-open")).to_have_text("Searching all documents")
    page.go_back()
    expect(page.locator(".scope-chip")).to_contain_text("rota.csv")
    page.reload()
    expect(page.locator(".scope-chip")).to_contain_text("rota.csv")

    named = ask(page, f"@station-report.pdf {SNOW}")
    expect(named).to_contain_text("312 cm")
    expect(page.locator(".asked-in").last).to_have_text("In station-report.pdf")
    page.locator(".scope-chip").click()
    expect(page.locator("#scope-open")).to_have_text("Searching all documents")

    told_late(page)
    page.locator("#scope-open").click()
    page.get_by_label("From", exact=True).fill("1990-01-01")
    page.get_by_label("until", exact=True).fill("1999-12-31")
    expect(page.locator(".scope-chip")).to_contain_text("1990-01-01 to 1999-12-31")
    page.keyboard.press("Escape")
    expect(ask(page, SNOW)).to_contain_text("No document fits what was chosen to be searched.")
    page.locator(".scope-chip").click()
    expect(page.locator("#scope-since")).to_have_value("")
    expect(page.locator("#scope-open")).to_have_text("Searching all documents")


def test_what_is_not_found_in_chosen_documents_is_asked_of_all_by_a_button(page):
    page.get_by_label("Ask only this: rota.csv").check()
    asks_all = ask(page, SNOW).get_by_role("button", name="Ask all documents")
    expect(page.locator(".scope-chip")).to_have_count(1)
    asks_all.click()
    answers = page.locator(DONE)
    expect(answers).to_have_count(2)
    expect(answers.last).to_contain_text("312 cm")
    expect(page.locator(".question").last).to_have_text(SNOW)
    expect(page.locator("#scope-open")).to_have_text("Searching all documents")
    expect(page.locator(".scope-chip")).to_have_count(0)

    refused = ask(page, "What did the zeppelin cost?")
    expect(refused.get_by_role("button", name="Ask again")).to_be_visible()
    expect(refused.locator(".ask-all")).to_have_count(0)  # all were asked


def test_files_are_added_taken_out_and_read_again(page, tmp_path):
    new = tmp_path / "huts" / "glacier-note.txt"
    new.parent.mkdir()
    new.write_text("The glacier hut was built in 1912 by Carl Frey.", encoding="utf-8")
    (new.parent / "run.bin").write_bytes(b"\x7fELF of no use")
    broken = page.locator(".doc-row", has_text="broken.pdf")
    broken.locator("summary").click()
    expect(broken.locator(".bad")).to_have_text(re.compile(".{20}"))
    page.evaluate("document.body.classList.add('panel-open')")
    assert_nothing_grave(page)
    page.evaluate("document.body.classList.remove('panel-open')")
    page.get_by_label("State").select_option("failed")
    expect(page.locator(".doc-row")).to_have_count(1)
    page.get_by_label("State").select_option("")
    drop(page, "#chat", new.parent)
    expect(page.locator("#coming")).to_contain_text("run.bin The file is a program")
    page.get_by_role("button", name="Ask only this").click()
    expect(page.locator(".scope-chip")).to_have_text("huts/ ×")
    row = page.locator(".doc-row", has_text=new.name)
    expect(row.locator("button.document")).to_be_visible()
    expect(ask(page, "Who built the glacier hut in 1912?")).to_contain_text("Carl Frey")

    drop(page, "#panel", new.parent)
    expect(page.locator("#upload-list")).to_contain_text("already")
    page.get_by_label("Filter documents").fill("glacier")
    row.locator("summary").click()
    row.get_by_role("button", name="Remove from the list").click()
    expect(row).to_contain_text("Left out")
    row.get_by_role("button", name="Read again").click()
    expect(row.locator("button.document")).to_be_visible()
    set_width(page, NARROW)
    page.locator("#status").get_by_role("button", name="Documents").click()
    expect(row).to_be_in_viewport()
    page.goto(urljoin(page.url, "/folders"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_nothing_grave(page)


HUTS = (
    "hut,beds,altitude m,warden,built,stove,telephone\n"
    "Upper Gully,24,2310,Frey,1912,wood,none\nLower Gully,60,1650,Kloss,1931,gas,47\n"
)


def test_a_locked_file_is_opened_by_its_password_and_a_long_table_leafed_through(page, chat):
    locked = locked_zip("keel.txt", b"The keel is nine metres long.", "Anker 7")
    (chat.corpus / "locked.zip").write_bytes(locked)
    rows = (f"C{n},{n * 37 % 1009 / 10}" for n in range(1, 601))
    (chat.corpus / "crates.csv").write_text("\n".join(["Crate,Weight kg", *rows]), encoding="utf-8")
    (chat.corpus / "huts.csv").write_text(HUTS, encoding="utf-8")
    page.get_by_role("button", name="Look for changes").click()
    failed = page.locator(".failures li", has_text="locked.zip")
    expect(failed).to_contain_text("Unlock it on the page", timeout=90_000)
    page.locator(".failures summary").click()
    field = page.get_by_label("Password of locked files")
    field.fill("another")
    page.get_by_role("button", name="Unlock").click()
    expect(field).to_have_value("")
    chat.wait(lambda: chat.state()["state"] != "reading", seconds=90, what="end of reading")
    expect(failed).to_be_visible()
    field.fill("Anker 7")
    field.press("Enter")
    expect(failed).to_have_count(0, timeout=90_000)
    expect(page.locator("#library button.document", has_text="keel.txt")).to_be_attached()

    answer = ask(page, "Which crate has the largest weight kg?")
    expect(answer).to_contain_text("C409")
    ask(page, "Which keeper has the most weeks on duty?")
    ask(page, "Which hut has the most beds?")
    tables = page.locator("#chat .table")
    names = tables.evaluate_all("tables => tables.map((each) => each.title)")
    assert names == ["Table 1: rota", "Table 1: huts"]
    assert_nothing_grave(page, within="#chat")
    answer.locator(".chip").first.click()
    expect(page.locator("#source .lit-row")).to_contain_text("C409")
    expect(page.locator("#source .lit-row")).to_be_in_viewport()
    told = page.locator("#source .leaf [role=status]")
    expect(told).to_have_text("Rows 401 to 500 of 600")
    page.get_by_role("button", name="Later rows").press("Enter")
    expect(told).to_have_text("Rows 501 to 600 of 600")
    page.get_by_label("Go to row").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("#source .sought")).to_contain_text("C7")
    page.get_by_role("button", name="Cited row 409").click()
    expect(page.locator("#source .lit-row.sought")).to_contain_text("C409")


SEASONS = {
    "spring": "Melt water ran under the north door of the hut from 3 April until 9 May.",
    "autumn": "The first snow of the winter fell on the ridge on 18 September, early this year.",
}


def test_documents_of_one_name_are_told_apart_by_their_folders(page, chat):
    for season, said in SEASONS.items():
        (chat.corpus / season).mkdir()
        note = chat.corpus / season / "notes.md"
        note.write_text(f"# Notes of the observers\n\n{said}\n", encoding="utf-8")
    page.get_by_role("button", name="Look for changes").click()
    for season in SEASONS:
        row = page.locator("#library .document", has_text=f"{season}/notes.md")
        expect(row).to_be_attached(timeout=90_000)
    answer = ask(page, "@spring/ @autumn/ What are these documents about?")
    expect(answer.locator("strong")).to_have_text(["autumn/notes.md", "spring/notes.md"])
    expect(answer.locator("li").last).to_contain_text(SEASONS["spring"])

"""Who administers adds people, gives them rights, and sees who did what: by forms."""

import re

import pytest
from builders_users import a_user
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.server.auth.browser import browser_name
from pagelight.server.auth.people_routes import Office, people_routes
from pagelight.server.middleware.asgi import Speaking
from pagelight.services.accounts.person import Person, matches
from pagelight.services.accounts.users import PeopleFile, read_book, write_users
from pagelight.ui.language import catalogue
from rag.storage.accounts import Audit, Sessions
from rag.storage.database.user_database import UserFile


def said_in(page):
    """What the page says went wrong."""
    return re.search(r'role="alert">([^<]*)', page)[1]


def english_of(page):
    """The texts of a page that stand in the German catalogue, and are not German."""
    texts = re.findall(
        r"[^<>]+", re.sub(r'(?:aria-label|placeholder|title)="([^"]*)"', r">\1<", page)
    )
    german = catalogue("de")
    return {text for text in map(str.strip, texts) if german.get(text, text) != text}


class Desk:
    """The page over a users file, with Ann, Bob who administers, and a group."""

    def __init__(self, folder):
        self.path = folder / "users.json"
        users = {"ann": a_user("ann", "open"), "bob": a_user("bob", everything=True)}
        write_users(self.path, users, {"staff": ("letters",)})
        self.ledger = UserFile(folder / "ledger.sqlite")
        self.sessions, self.audit = Sessions(self.ledger), Audit(self.ledger)
        self.client = self.opened(PeopleFile(self.path))

    def opened(self, file):
        app = FastAPI()
        app.add_middleware(Speaking)
        folders = ["letters", "open", "<plans>"]
        office = Office(
            file=file, sessions=self.sessions, audit=self.audit, folders=lambda: folders
        )
        app.include_router(people_routes(office))
        return TestClient(app)

    def do(self, what, **fields):
        return self.client.post("/people", data={"do": what, **fields})

    @property
    def book(self):
        return read_book(self.path)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.ledger.close()


def test_a_person_is_added_with_what_they_may_see_and_do(desk):
    told = desk.do(
        "add",
        name="cy",
        password="crevasse",  # noqa: S106 - of this test only
        role="adds",
        folder=["open", "<plans>"],
        group="staff",
        questions="30",
        uploads="",
    )
    cy = desk.book.users["cy"]

    assert "cy was added." in told.text
    assert cy.person == Person(
        name="cy",
        id=cy.person.id,
        collections=("<plans>", "letters", "open"),
        role="adds",
        questions_an_hour=30,
    )
    assert matches("crevasse", cy.password)
    assert "&lt;plans&gt;" in told.text
    assert "<plans>" not in told.text
    desk.do("change", name="cy", role="administers")
    changed = desk.book.users["cy"].person
    assert (changed.collections, changed.role) == (None, "administers")
    assert desk.client.get("/people").text.count('value="administers" selected>') == 2


@pytest.mark.parametrize(
    ("what", "fields", "words"),
    [
        ("add", {"name": "ann", "password": "crevasse", "role": "reads"}, "There is a ann already"),
        ("add", {"name": "cy", "password": "short", "role": "reads"}, "too short"),
        ("add", {"name": "a:b", "password": "crevasse", "role": "reads"}, "name of a user"),
        ("add", {"name": "cy", "password": "crevasse"}, "Choose a role"),
        ("change", {"name": "ann", "role": "reads", "questions": "-1"}, "is no limit"),
        ("change", {"name": "ann", "role": "reads", "group": "none"}, "no group none"),
        ("change", {"name": "nobody", "role": "reads"}, "There is no nobody any more"),
        ("change", {"name": "bob", "role": "reads"}, "Nobody would administer"),
        ("remove", {"name": "bob"}, "Nobody would administer"),
        ("password", {"name": "nobody", "password": "crevasse"}, "no nobody"),
        ("end", {"session": "99"}, "over already"),
        ("fly", {}, "nothing that this could do"),
    ],
)
def test_what_can_not_be_done_is_told_and_changes_nothing(desk, what, fields, words):
    before = desk.path.read_text()
    told = desk.do(what, **fields)

    assert told.status_code == 422
    assert words in told.text.replace("&#x27;", "'")
    assert 'role="alert"' in told.text
    assert desk.path.read_text() == before
    german = desk.client.post(
        "/people", data={"do": what, **fields}, headers={"accept-language": "de"}
    ).text
    assert said_in(told.text) != said_in(german)


def test_the_page_is_in_the_language_of_who_reads(desk):
    desk.audit.put("bob", "signed in", address="10.0.0.1")
    desk.sessions.begin("ann", secret="x", address="10.0.0.7", agent="curl")  # noqa: S106
    desk.client.headers["accept-language"] = "de"
    page = desk.do("group", name="board", everything="yes").text

    assert "<h1>Personen</h1>" in page
    assert "Die Gruppe board wurde gespeichert." in page
    assert "hat sich angemeldet" in page
    assert english_of(page) == set()


def test_another_password_and_removal_end_every_session(desk):
    for name in ("ann", "bob"):
        desk.sessions.begin(name, secret="x")  # noqa: S106 - of this test only
    desk.do("password", name="ann", password="cornices")  # noqa: S106 - of this test only

    assert [one.name for one in desk.sessions.all()] == ["bob"]
    assert matches("cornices", desk.book.users["ann"].password)
    desk.sessions.begin("ann", secret="x")  # noqa: S106 - of this test only
    assert "ann was removed" in desk.do("remove", name="ann").text
    assert [one.name for one in desk.sessions.all()] == ["bob"]
    assert list(desk.book.users) == ["bob"]


def test_one_session_is_ended_or_all_of_a_person(desk):
    for agent in ("Mozilla/5.0 Firefox/140.0", "curl"):
        desk.sessions.begin("ann", secret="x", address="10.0.0.7", agent=agent)  # noqa: S106
    page = desk.client.get("/people").text
    first = re.search(r'name="session" value="(\d+)"', page)[1]

    assert "Firefox at 10.0.0.7" in page
    assert "Signed in: 2" in page
    desk.do("end", session=first)
    assert [str(one.id) for one in desk.sessions.all()] != [first]
    assert "ann is signed out everywhere" in desk.do("out", name="ann").text
    assert desk.sessions.all() == []


def test_a_group_is_made_changed_and_removed_with_what_its_people_see(desk):
    desk.do("group", name="board", everything="yes")
    desk.do("group", name="staff", folder=["letters", "open"])
    desk.do("change", name="ann", role="reads", group=["staff"])
    together = desk.book.users["ann"].person.collections
    desk.do("ungroup", name="staff")

    assert together == ("letters", "open")
    assert desk.book.groups == {"board": None}
    assert desk.book.users["ann"].person.collections == ()


def test_what_was_done_is_listed_of_everybody_or_of_one(desk):
    desk.audit.put("ann", "signed in", address="10.0.0.1")
    desk.audit.put("bob", "added a file", about="<i>.pdf")

    everybody, one = (desk.client.get(at).text for at in ("/people", "/people?who=ann"))
    assert "added a file <bdi>&lt;i&gt;.pdf</bdi>" in everybody
    assert "added a file" not in one
    assert "signed in" in one


def test_where_nobody_has_a_name_the_page_says_how_it_is_given(desk):
    client = desk.opened(None)

    assert "RAG_USERS" in client.get("/people").text
    assert client.post("/people", data={"do": "remove", "name": "ann"}).status_code == 422


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1 Version/18.0 Safari/605.1", "Safari"),
        ("curl/8", "A browser"),
    ],
)
def test_a_browser_is_told_by_its_name(agent, told):
    assert browser_name(agent) == told

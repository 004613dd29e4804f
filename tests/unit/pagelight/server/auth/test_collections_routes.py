"""Who administers looks after folders: by forms, each told in a sentence."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders_users import a_user
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.server.auth.collections_routes import collections_routes
from pagelight.services.accounts.person import UsersBook
from pagelight.services.jobs.collections import CollectionView
from pagelight.services.jobs.jobs import JobState
from pagelight.ui.language import speaking
from rag.errors import PagelightError


class Kept:
    """Collections in memory: what was done with them is noted."""

    jobs = SimpleNamespace(state=JobState(folder=None))

    def __init__(self):
        self.done = []
        self.files = ["plans/<a>.txt", "plans/b.txt"]

    def all(self):
        return [
            CollectionView(name=".", documents=3),
            CollectionView(name="<plans>", documents=1, failed=2),
            CollectionView(name="share", folder=Path("/mnt/share"), problem="It is away."),
        ]

    def sources(self, _name):
        return self.files

    def make(self, name):
        if name == "taken":
            raise PagelightError("There is a taken already.", hint="Take another name.")
        return self._noted("make", name)

    def watch(self, name, folder):
        return self._noted("watch", name, folder)

    def rename(self, name, other):
        self._noted("rename", name, other)
        return other

    def remove(self, name):
        self._noted("remove", name)

    def move(self, sources, into):
        self._noted("move", into, *sources)

    def _noted(self, *what):
        self.done.append(what)
        return what[1]


class Desk:
    def __init__(self):
        self.kept = Kept()
        users = {"ann": a_user("ann", "share"), "bob": a_user("bob", everything=True)}
        book = UsersBook(users=users, groups={"staff": ("<plans>",)})
        app = FastAPI()
        self.kept.people = SimpleNamespace(book=lambda: book)
        app.include_router(collections_routes(self.kept))
        self.client = TestClient(app)

    def do(self, what, **fields):
        return self.client.post("/folders", data={"do": what, **fields})

    def cards(self):
        page = self.client.get("/folders").text
        return [re.sub(r"<[^>]+>", "", card) for card in page.split('class="card"')[1:]]


@pytest.fixture
def desk():
    return Desk()


def test_each_is_shown_with_its_state_and_who_sees_it(desk):
    beside, plans, share = desk.cards()

    assert "Files beside the folders" in beside
    assert "seen by" in beside
    assert "Rename" not in beside
    assert "1 document · 2 files could not be read · up to date · seen by staff, bob" in plans
    assert "watched: /mnt/share · can not be read just now · seen by ann, bob" in share
    assert "It is away." in share


def test_no_name_is_live_in_the_page_and_documents_are_found_by_words(desk):
    page = desk.client.get("/folders?of=<plans>&did=make&to=<b>").text
    found = desk.client.get("/folders?of=share&words=B").text

    assert 'value="plans/b.txt"' in found
    assert "&lt;a&gt;" not in found
    assert "<plans>" not in page
    assert "<a>.txt" not in page
    assert "The folder &lt;b&gt; was made." in page


@pytest.mark.parametrize(
    ("what", "fields", "done", "told"),
    [
        ("make", {"name": "new"}, ("make", "new"), "The folder new was made."),
        (
            "watch",
            {"name": "far", "folder": " /mnt/far "},
            ("watch", "far", Path("/mnt/far")),
            "The folder is watched as far.",
        ),
        ("rename", {"name": "a", "other": "b"}, ("rename", "a", "b"), "is called b now."),
        ("remove", {"name": "a"}, ("remove", "a"), "The folder a was removed."),
        (
            "move",
            {"into": "a", "source": ["x/1.txt", "x/2.txt"]},
            ("move", "a", "x/1.txt", "x/2.txt"),
            "The documents were moved to a.",
        ),
    ],
)
def test_what_is_done_is_told(desk, what, fields, done, told):
    answer = desk.do(what, **fields)

    assert desk.kept.done == [done]
    assert told in answer.text


@pytest.mark.parametrize(
    ("what", "fields", "words"),
    [
        ("make", {"name": "taken"}, "There is a taken already."),
        ("move", {"into": "a"}, "No document is ticked."),
        ("fly", {}, "nothing that this could do"),
    ],
)
def test_what_can_not_be_done_is_told(desk, what, fields, words):
    answer = desk.do(what, **fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert desk.kept.done == []


def test_the_page_speaks_the_language_of_who_reads(desk):
    with speaking("de"):
        page = desk.client.get("/folders").text

    assert '<html lang="de">' in page
    assert "<h1>Ordner</h1>" in page

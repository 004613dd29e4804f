"""Who is signed in changes their own password, and sees where else they are signed in."""

import pytest
from builders_entrance import OURS, Hall
from builders_users import PASSWORD

from pagelight.server.middleware.authentication import FREE
from pagelight.services.accounts.person import matches
from pagelight.services.accounts.users import read_book

NEW = "crevasse"


def stored(hall):
    return read_book(hall.path).users["ann"].password


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.ledger.close()


def change(client, old=PASSWORD, new=NEW, again=NEW, headers=OURS):
    data = {"do": "password", "old": old, "new": new, "again": again}
    return client.post("/account", data=data, headers=headers)


def test_a_new_password_is_set_and_ends_all_other_sessions_of_that_person(hall):
    here, there, bob = hall.signed_in(), hall.signed_in(), hall.signed_in("bob")
    before = here.cookies["pagelight-7860"]
    done = change(here)

    assert (done.status_code, done.headers["location"]) == (303, "/account?did=password")
    assert "HttpOnly" in done.headers["set-cookie"]
    assert here.cookies["pagelight-7860"] != before
    assert matches(NEW, stored(hall))
    assert (here.get("/who").json(), bob.get("/who").json()) == ("ann", "bob")
    assert there.get("/who").status_code == 401
    assert [one.name for one in hall.sessions.all()] == ["ann", "bob"]
    assert hall.signed_in(password=NEW).get("/who").status_code == 200
    assert hall.signed_in().get("/who").status_code == 401
    assert "Your password is changed" in here.get(done.headers["location"]).text
    assert ("ann", "changed their password") in [
        (line.who, line.what) for line in hall.lines.last(10)
    ]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"old": "guess"}, "The password until now is another one."),
        ({"new": "short", "again": "short"}, "too short"),
        ({"again": "cornices"}, "differ"),
    ],
)
def test_what_can_not_be_changed_is_told_and_nothing_is(hall, sent, words):
    here, there, before = hall.signed_in(), hall.signed_in(), stored(hall)
    told = change(here, **sent)

    assert told.status_code == 422
    assert words in told.text
    assert 'role="alert"' in told.text
    assert stored(hall) == before
    assert there.get("/who").status_code == 200
    german = change(here, **sent, headers=OURS | {"accept-language": "de"}).text
    assert words not in german
    assert "<h2>Passwort</h2>" in german


def test_who_found_an_open_browser_guesses_no_password_there(hall):
    here = hall.signed_in()
    for _ in range(FREE):
        change(here, old="guess")
    waits = change(here, old="another guess")

    assert "Too many wrong passwords. Try again in 1 s." in waits.text
    assert matches(PASSWORD, stored(hall))
    assert "gave a wrong password" in [line.what for line in hall.lines.last(2)]


def test_own_sessions_are_listed_and_ended_and_nobody_elses(hall):
    here, there = hall.signed_in(), hall.signed_in()
    bob = hall.signed_in("bob")
    ids = {one.name: one.id for one in hall.sessions.all()}
    page = here.get("/account").text
    refused = here.post("/account", data={"do": "end", "session": ids["bob"]}, headers=OURS)
    last = max(one.id for one in hall.sessions.all() if one.name == "ann")
    done = here.post("/account", data={"do": "end", "session": last}, headers=OURS)

    assert page.count('value="end"') == 2
    assert (refused.status_code, done.status_code) == (422, 303)
    assert bob.get("/who").status_code == here.get("/who").status_code == 200
    assert there.get("/who").status_code == 401


def test_who_is_not_signed_in_is_asked_to_be(hall):
    client = hall.browser()

    for answer in (client.get("/account"), change(client)):
        assert answer.headers["location"] == "/sign-in?next=/account"
    assert matches(PASSWORD, stored(hall))


def test_who_signs_out_everywhere_is_out_in_each_browser(hall):
    here, there, bob = hall.signed_in(), hall.signed_in(), hall.signed_in("bob")
    done = here.post("/account", data={"do": "out"}, headers=OURS)

    assert done.headers["location"] == "/sign-in"
    assert here.get("/who").status_code == there.get("/who").status_code == 401
    assert bob.get("/who").status_code == 200

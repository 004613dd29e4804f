"""Sessions: found by their token alone, over in time, with the password, and at a word."""

import pytest
from builders_users import Clock

from rag.storage.accounts import IDLE_S, LONGEST_S, Sessions, fits

SECRET = "$scrypt$stored"  # noqa: S105 - of this test only


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(store, clock):
    return Sessions(store, now=clock)


def test_a_session_is_found_by_its_token_and_by_nothing_else(sessions):
    token = sessions.begin("ann", secret=SECRET, address="10.0.0.1", agent="Firefox")
    found = sessions.find(token)

    assert (found.name, found.address, found.agent) == ("ann", "10.0.0.1", "Firefox")
    assert sessions.begin("ann", secret=SECRET) != token
    for other in ("", token[:-1], token + "x", "ann", "\ud800"):
        assert sessions.find(other) is None


def test_neither_the_token_nor_the_password_is_kept(sessions, store):
    token = sessions.begin("ann", secret="plain words")  # noqa: S106 - of this test only
    with store.read() as db:
        kept = repr(db.execute("SELECT * FROM sessions").fetchall())

    assert "ann" in kept
    assert token not in kept
    assert "plain words" not in kept


def test_a_session_ends_when_it_is_not_used_and_at_last_in_any_case(sessions, clock):
    token = sessions.begin("ann", secret=SECRET)
    begun_s = clock.now_s
    while clock.now_s < begun_s + LONGEST_S - IDLE_S:
        clock.now_s += IDLE_S - 1
        sessions.use(sessions.find(token))
    clock.now_s = begun_s + LONGEST_S + 1

    assert sessions.find(token) is None
    idle = sessions.begin("ann", secret=SECRET)
    clock.now_s += IDLE_S + 1
    assert sessions.find(idle) is None
    assert sessions.all() == []


def test_a_session_is_bound_to_the_password_it_was_begun_with(sessions):
    token = sessions.begin("ann", secret=SECRET)
    session = sessions.find(token)

    assert fits(session, token=token, secret=SECRET)
    assert not fits(session, token=token, secret="$scrypt$other")  # noqa: S106 - of this test only


def test_one_is_ended_or_all_of_a_person(sessions):
    first, second, other = (sessions.begin(name, secret=SECRET) for name in ("ann", "ann", "bob"))
    sessions.end(sessions.find(first).id)

    assert sessions.find(first) is None
    assert [session.name for session in sessions.all()] == ["ann", "bob"]
    assert sessions.end_all("ann") == 1
    assert sessions.find(second) is None
    assert sessions.find(other).name == "bob"

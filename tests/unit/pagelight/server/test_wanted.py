"""What tabs want: kept apart, done once, bounded."""

import pytest
from builders_ui import client_of

from pagelight.server.events import MAX_TABS, Step, TabWishes, wanted_routes

ONE, OTHER = "1" * 16, "2" * 16


@pytest.fixture
def wanted():
    return TabWishes()


@pytest.fixture
def client(wanted):
    return client_of(wanted_routes(wanted))


def test_a_tab_is_told_what_it_wants_once_and_no_other_is(client, wanted):
    asked = {"do": "again", "about": "a1", "text": "Rain?"}

    assert client.post(f"/tabs/{ONE}/next", json=asked).status_code == 204
    assert wanted.take(OTHER) is None
    assert wanted.take(ONE) == Step("again", "a1", "Rain?")
    assert wanted.take(ONE) is None


def test_what_lies_beside_a_question_is_kept_by_tab(client, wanted):
    client.put(f"/tabs/{ONE}/region", json={"text": "doc/1/0-0-5-5"})
    client.put(f"/tabs/{ONE}/scope", json={"text": "in:a.pdf\nin:b/"})

    assert wanted.laid(ONE, "scope") == "in:a.pdf\nin:b/"
    assert (wanted.laid(OTHER, "scope"), wanted.laid(OTHER, "region")) == ("", "")
    assert wanted.laid(ONE, "region") == "doc/1/0-0-5-5"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tabs/none/next", {"do": "ask"}),
        ("POST", f"/tabs/{ONE}/next", {"do": "delete"}),
        ("POST", f"/tabs/{ONE}/next", {"do": "ask", "text": "x" * 100_001}),
        ("PUT", f"/tabs/{ONE}/region", {"text": "x" * 100_001}),
        ("PUT", f"/tabs/{ONE}/other", {"text": "x"}),
    ],
)
def test_what_no_script_of_ours_says_is_refused(client, method, path, body):
    assert client.request(method, path, json=body).status_code == 422


def test_what_was_wanted_longest_ago_is_forgotten(wanted):
    for n in range(MAX_TABS + 1):
        wanted.want(f"{n:016x}", Step("open"))

    assert wanted.take(f"{0:016x}") is None
    assert wanted.take(f"{MAX_TABS:016x}") == Step("open")


def test_what_is_wanted_twice_at_once_is_done_twice(wanted):
    wanted.want(ONE, Step("branch", "a1"))
    wanted.want(ONE, Step("open", "c1"))

    assert [wanted.take(ONE) for _ in range(3)] == [Step("branch", "a1"), Step("open", "c1"), None]

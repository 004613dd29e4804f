"""Lines of who did what, and counts of what each used."""

import pytest
from builders_users import Clock

from rag.storage import accounts
from rag.storage.accounts import Audit, Usage

HOUR_S = 3600.0


@pytest.fixture
def clock():
    return Clock()


def test_lines_are_told_newest_first_and_of_one_person(store, clock):
    lines = Audit(store, now=clock)
    lines.put("ann", "signed in", address="10.0.0.1")
    clock.now_s += 1
    lines.put("bob", "added a file", about="x" * 1000)

    assert [(line.at_s, line.who, line.what) for line in lines.last(10)] == [
        (1001.0, "bob", "added a file"),
        (1000.0, "ann", "signed in"),
    ]
    assert [line.as_json()["address"] for line in lines.last(10, who="ann")] == ["10.0.0.1"]
    assert len(lines.last(1)[0].about) == accounts.MAX_ABOUT_LETTERS
    assert lines.last(10, who="cy") == []


def test_so_much_is_taken_within_a_time_and_then_there_is_room_again(store, clock):
    usage = Usage(store, now=clock)

    def take(amount, name="ann"):
        return usage.take(name, "questions", amount, most=3, within_s=HOUR_S)

    assert (take(1), take(2)) == (0, 0)
    clock.now_s += 600
    assert take(1) == HOUR_S - 600
    assert take(1, name="bob") == 0
    assert usage.take("ann", "bytes", 3, most=3, within_s=HOUR_S) == 0
    clock.now_s += HOUR_S - 600
    assert take(3) == 0
    assert take(4) > 0

"""What people wrote is copied once a day, and the last few copies are kept."""

from contextlib import closing
from datetime import date, timedelta

import pytest
from builders_spoilt import fill, open_index, said

from rag.storage.backups.backup import GENERATIONS, DailyCopies, copies_of
from rag.storage.conversations.conversations import Conversations, Exchange
from rag.storage.database.user_database import UserFile


@pytest.fixture
def users(tmp_path):
    with closing(UserFile(tmp_path / "users.sqlite")) as users:
        yield users


def write(users, n):
    Conversations(users).put(f"talk{n}", Exchange(id="e", question=f"question {n}"))


def test_the_last_days_are_kept_each_with_what_was_written_by_then(tmp_path, users):
    days = iter(date(2026, 11, 1) + timedelta(days=n) for n in range(6))
    for n in range(6):
        write(users, n)
        DailyCopies(tmp_path, today=lambda: next(days)).keep()

    newest, *others = copies_of(tmp_path)
    assert newest.name == "users-2026-11-06.sqlite"
    assert len(others) == GENERATIONS - 1
    for path, count in ((newest, 6), (others[-1], 6 - len(others))):
        with closing(UserFile(path)) as copy:
            assert len(Conversations(copy).records()) == count


def test_a_copy_is_made_once_a_day(tmp_path, users):
    daily = DailyCopies(tmp_path, today=lambda: date(2026, 11, 1))
    write(users, 0)
    daily.keep()
    (copy,) = copies_of(tmp_path)
    changed = copy.stat().st_mtime_ns
    write(users, 1)
    daily.keep()
    DailyCopies(tmp_path, today=lambda: date(2026, 11, 1)).keep()

    assert copies_of(tmp_path) == [copy]
    assert copy.stat().st_mtime_ns == changed
    assert copy.stat().st_size < 1_000_000


def test_the_owner_of_a_workspace_makes_it_and_nobody_beside(tmp_path):
    fill(tmp_path / "w")
    (copy,) = copies_of(tmp_path / "w")
    copy.unlink()
    with open_index(tmp_path / "w") as index:
        assert copies_of(tmp_path / "w") == [copy]
        before = said(index)

    with closing(UserFile(copy)) as kept:
        records = Conversations(kept).records()
    assert {record.id for record in records} == before.keys() - {"pinned", "reported"}

"""What people wrote is copied once a day; one file holds all, and gives it to any folder."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from builders_spoilt import EMBEDDER, ask, fill, open_index, put_document, said, spoil_page

from rag.errors import DamagedError, IndexMismatchError, PagelightError, WorkspaceBusyError
from rag.storage.backups.backup import GENERATIONS, DailyCopies, back_up, copies_of, restore
from rag.storage.backups.salvage import salvage
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.database.servers import ServerMarks
from rag.storage.database.user_database import UserFile


@pytest.fixture
def workspace(tmp_path):
    fill(tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def right(workspace):
    with open_index(workspace) as index:
        return said(index), ask(index)


def whole(workspace):
    salvage(workspace)
    with open_index(workspace) as index:
        index.repair(EMBEDDER.embed_documents)
        assert index.check() == []
        return said(index), ask(index)


def test_what_is_restored_in_another_folder_is_all_there(workspace, right, tmp_path):
    back_up(workspace, tmp_path / "backup")

    restore(tmp_path / "backup", tmp_path / "other")

    assert whole(tmp_path / "other") == right
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "other", "w"]


def test_it_is_made_while_another_writes(workspace, right, tmp_path):
    with open_index(workspace) as index:
        back_up(workspace, tmp_path / "backup")
        put_document(index, 99)
        index.conversations.put("later", Exchange(id="e", question="later"))

    restore(tmp_path / "backup", workspace)

    assert whole(workspace) == right


def test_what_was_there_before_is_set_aside(workspace, right, tmp_path):
    back_up(workspace, tmp_path / "backup")
    with open_index(workspace) as index:
        index.conversations.put("later", Exchange(id="e", question="later"))
    restore(tmp_path / "backup", workspace)

    (workspace / "users.before.sqlite").replace(workspace / "users.sqlite")
    said_before, _ = whole(workspace)
    assert said_before == {**right[0], "later": [("later", "")]}


def test_a_workspace_in_use_is_not_restored(workspace, tmp_path):
    back_up(workspace, tmp_path / "backup")
    with open_index(workspace), pytest.raises(WorkspaceBusyError):
        restore(tmp_path / "backup", workspace)


def test_beside_a_server_nothing_is_restored(workspace, tmp_path):
    back_up(workspace, tmp_path / "backup")
    server = ServerMarks(workspace)
    server.begin()
    with closing(server), pytest.raises(WorkspaceBusyError, match="server"):
        restore(tmp_path / "backup", workspace)


@pytest.mark.parametrize("content", [b"", b"no ledger at all" * 100])
def test_what_is_no_backup_changes_nothing(workspace, right, tmp_path, content):
    (tmp_path / "other").write_bytes(content)

    for file in (tmp_path / "other", tmp_path / "absent", tmp_path):
        with pytest.raises(PagelightError, match="is no backup"):
            restore(file, workspace)
    assert whole(workspace) == right


def test_a_backup_of_a_newer_version_is_refused(workspace, right, tmp_path):
    newer = tmp_path / "newer"
    back_up(workspace, tmp_path / "backup")
    restore(tmp_path / "backup", newer)
    with closing(sqlite3.connect(newer / "ledger.sqlite")) as db:
        db.execute("PRAGMA user_version = 900")
    back_up(newer, tmp_path / "backup")

    with pytest.raises(IndexMismatchError, match="newer"):
        restore(tmp_path / "backup", workspace)
    assert whole(workspace) == right


def test_a_damaged_database_takes_no_backup_s_place(workspace, tmp_path):
    (tmp_path / "backup").write_text("an earlier one")
    spoil_page(workspace / "users.sqlite", "exchanges")

    with pytest.raises(DamagedError, match="not copied"):
        back_up(workspace, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "an earlier one"


def test_a_folder_that_can_not_be_written_is_told(workspace, tmp_path):
    with pytest.raises(PagelightError, match="can't be written"):
        back_up(workspace, tmp_path / "absent" / "backup")


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

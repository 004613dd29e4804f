"""One process owns a workspace; the others are told which, and what those left that have ended."""

import json
import os
import subprocess
import sys

import pytest

from rag.errors import WorkspaceBusyError, WorkspaceError
from rag.storage.database.servers import FOLDER, ServerMarks
from rag.storage.files.folder import LOCK_NAME, WorkspaceLock, owner_of
from rag.storage.workspace.store import WorkspaceIndex

HOLD = """
import sys
from pathlib import Path
from rag.storage.files.folder import WorkspaceLock
lock = WorkspaceLock(Path(sys.argv[1]))
lock.acquire()
lock.announce(url="http://127.0.0.1:7860", token="secret")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_has_it(tmp_path, holder):
    with pytest.raises(WorkspaceBusyError) as refusal:
        WorkspaceLock(tmp_path).acquire()

    assert f"process {holder.pid}, http://127.0.0.1:7860" in str(refusal.value)


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path, holder):
    holder.kill()
    holder.wait()

    assert owner_of(tmp_path) is None
    lock = WorkspaceLock(tmp_path)
    lock.acquire()
    assert json.loads((tmp_path / "owner.json").read_text())["pid"] == os.getpid()
    lock.release()


def test_a_lock_whose_file_is_deleted_is_held_still(tmp_path, holder):
    for _ in range(2):  # the second time a file of the first try is there
        (tmp_path / LOCK_NAME).unlink()
        refused = WorkspaceLock(tmp_path)
        with pytest.raises(WorkspaceBusyError, match=f"process {holder.pid}"):
            refused.acquire()

        assert not refused.is_held
        assert owner_of(tmp_path).pid == holder.pid
        (tmp_path / LOCK_NAME).touch()

    holder.kill()
    holder.wait()
    assert owner_of(tmp_path) is None
    lock = WorkspaceLock(tmp_path)
    lock.acquire()
    lock.release()


def test_the_same_process_can_not_own_it_twice(tmp_path):
    first = WorkspaceLock(tmp_path)
    first.acquire()

    with pytest.raises(WorkspaceBusyError, match=str(os.getpid())):
        WorkspaceLock(tmp_path).acquire()

    first.release()
    assert owner_of(tmp_path) is None


def test_a_lock_that_can_not_be_opened_is_nobodys(tmp_path):
    """As it is on a read-only disk; opening the workspace then says what is wrong."""
    (tmp_path / LOCK_NAME).mkdir()

    assert owner_of(tmp_path) is None
    with pytest.raises(WorkspaceError, match="can't be written"):
        WorkspaceIndex(tmp_path, model_id="m", dim=3, chunker_version="1")


def test_what_a_killed_server_left_is_deleted_by_the_next_and_nothing_of_those_that_run(tmp_path):
    left = tmp_path / FOLDER / "dead.room"
    left.mkdir(parents=True)
    (left / "half").write_text("of a file")
    (tmp_path / FOLDER / "dead").touch()
    one, other = ServerMarks(tmp_path), ServerMarks(tmp_path)
    one.begin()
    one.room.mkdir()
    other.begin()

    assert not left.exists()
    assert one.room.is_dir()
    assert other.runs(one.own)
    one.close()
    other.close()

"""A workspace built with something else is refused, in one sentence that says what to do."""

import json
import sqlite3
from contextlib import closing

import pytest

from rag.errors import IndexMismatchError, WorkspaceError
from rag.storage.files.folder import Stamp, require
from rag.storage.workspace.store import WorkspaceIndex

STAMP = Stamp(schema=1, model_id="mini@aaa", dim=4)


def opened(folder, **changed):
    named = {"model_id": "mini@aaa", "dim": 4, "chunker_version": "1"} | changed
    return WorkspaceIndex(folder, **named)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"model_id": "mini@bbb"}, "embedding model mini@aaa, but mini@bbb"),
        ({"dim": 8}, "vector length 4, but 8"),
    ],
)
def test_another_stamp_is_refused_with_both_values_and_what_to_run(tmp_path, changed, told):
    opened(tmp_path / "w").close()

    with pytest.raises(IndexMismatchError, match=told) as refusal:
        opened(tmp_path / "w", **changed)

    assert "pagelight ingest FOLDER" in refusal.value.hint
    opened(tmp_path / "w").close()  # the refusal let go of the lock


def test_a_workspace_of_another_version_is_refused(tmp_path):
    opened(tmp_path / "w").close()
    stamp = tmp_path / "w" / "stamp.json"
    told = json.loads(stamp.read_text()) | {"schema": 99}
    del told["checksum"]  # as the version that wrote it had its own, or none
    stamp.write_text(json.dumps(told))

    with pytest.raises(IndexMismatchError, match="storage format 99"):
        opened(tmp_path / "w")


def test_a_ledger_of_a_newer_version_is_refused(tmp_path):
    opened(tmp_path / "w").close()
    with closing(sqlite3.connect(tmp_path / "w" / "ledger.sqlite")) as db:
        db.execute("PRAGMA user_version = 999")

    with pytest.raises(IndexMismatchError, match="by newer Pagelight") as refusal:
        opened(tmp_path / "w")

    assert "same version" in refusal.value.hint


def test_a_damaged_stamp_is_refused(tmp_path):
    (tmp_path / "stamp.json").write_text("{")

    with pytest.raises(WorkspaceError, match=r"stamp\.json is damaged"):
        require(tmp_path, STAMP)


def test_a_folder_of_other_files_is_no_workspace(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")

    with pytest.raises(WorkspaceError, match="is not a workspace"):
        opened(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_workspace_that_is_a_file_is_one_clear_sentence(tmp_path):
    (tmp_path / "w").write_text("")

    with pytest.raises(WorkspaceError, match="can't be used: File exists"):
        opened(tmp_path / "w")


def test_a_damaged_ledger_is_one_clear_sentence(tmp_path):
    opened(tmp_path / "w").close()
    for path in (tmp_path / "w").glob("ledger.sqlite*"):
        path.write_bytes(b"not a database, by any means" * 100)

    with pytest.raises(WorkspaceError, match="is damaged"):
        opened(tmp_path / "w")

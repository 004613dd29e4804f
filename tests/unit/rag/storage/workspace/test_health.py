"""The check of a workspace says how far it is, and finds a damaged index."""

import sqlite3

from builders_index import make_document, open_index, put_document


class Steps:
    """Notes what it is told."""

    def __init__(self):
        self.begun = []
        self.done = 0

    def begin(self, what, total, /):
        self.begun.append((what, total))

    def advance(self, count=1, /):
        self.done += count


def test_a_check_tells_each_table_of_the_ledger_and_then_the_vectors(tmp_path):
    steps = Steps()
    with open_index(tmp_path / "w") as index:
        put_document(index, make_document("one", "two"))
        assert index.check(progress=steps) == []

    (ledger, tables), (vectors, _) = steps.begun
    assert (ledger, vectors) == ("Checking the index", "Comparing passages and vectors")
    assert steps.done >= tables > 15


def test_a_damaged_table_is_told_and_can_be_mended(tmp_path):
    with open_index(tmp_path / "w") as index:
        put_document(index, make_document("one", "two"))
    file = tmp_path / "w" / "ledger.sqlite"
    db = sqlite3.connect(file)
    (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'facts'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with file.open("r+b") as out:
        out.seek((page - 1) * size)
        out.write(b"\xff" * 64)

    with open_index(tmp_path / "w") as index:
        (finding,) = index.check()

    assert (finding.kind, finding.repairable) == ("damaged", True)

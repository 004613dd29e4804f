"""A damaged page of a database costs no conversation, report or pin; a check says how far it is."""

import pytest
from builders_index import make_document, put_document
from builders_spoilt import EMBEDDER, TALKS, fill, open_index, said, spoil_page

from rag.errors import DamagedError
from rag.storage.backups.backup import copies_of
from rag.storage.backups.salvage import salvage
from rag.storage.conversations.exchange import Exchange


@pytest.fixture
def workspace(tmp_path):
    fill(tmp_path / "w")
    return tmp_path / "w"


def mended(workspace):
    salvaged = salvage(workspace)
    with open_index(workspace) as index:
        index.repair(EMBEDDER.embed_documents)
        assert index.check() == []
        return salvaged, said(index), len(index.documents())


def right(workspace):
    with open_index(workspace) as index:
        return said(index)


@pytest.mark.parametrize(
    "table", ["exchanges", "conversations", "reports", "pins", "sqlite_schema"]
)
def test_any_page_may_be_damaged_and_all_that_people_wrote_is_there(workspace, table):
    before = right(workspace)
    spoil_page(workspace / "users.sqlite", table)

    salvaged, kept, documents = mended(workspace)

    assert (kept, documents) == (before, 12)
    assert (salvaged.index_whole, salvaged.users_whole) == (True, False)


@pytest.mark.parametrize("table", ["sqlite_schema", "documents", "chunks", "words_data"])
def test_a_damaged_index_is_made_anew_and_nothing_else_is_touched(workspace, table):
    before = right(workspace)
    spoil_page(workspace / "ledger.sqlite", table)

    salvaged, kept, documents = mended(workspace)

    assert (kept, documents) == (before, 0)
    assert (salvaged.index_whole, salvaged.users_whole) == (False, True)


@pytest.mark.parametrize("table", ["exchanges", "pins"])
def test_without_a_copy_only_the_rows_around_the_page_are_lost(workspace, table):
    before = right(workspace)
    for copy in copies_of(workspace):
        copy.unlink()
    spoil_page(workspace / "users.sqlite", table)

    salvaged, kept, _ = mended(workspace)

    rows = sum(len(kept.get(key, [])) for key in before)
    assert 3 * TALKS - 25 < rows < 3 * TALKS
    assert salvaged.copy is None


def test_what_was_written_after_the_copy_is_read_from_the_file(workspace):
    with open_index(workspace) as index:
        index.conversations.put("new", Exchange(id="e", question="new question"))
        before = said(index)
    spoil_page(workspace / "users.sqlite", "exchanges", seed=1)

    salvaged, kept, _ = mended(workspace)

    assert kept == before
    assert salvaged.copy == copies_of(workspace)[0]


def test_what_is_damaged_is_told_with_what_to_do(workspace):
    spoil_page(workspace / "users.sqlite", "exchanges")

    with open_index(workspace) as index:
        (finding, *_) = index.check()
        with pytest.raises(DamagedError, match="doctor --repair"):
            said(index)

    assert finding.kind == "damaged"
    assert finding.repairable


def test_what_is_whole_is_left_as_it_is(workspace):
    before = [(workspace / name).read_bytes() for name in ("ledger.sqlite", "users.sqlite")]

    assert salvage(workspace) is None
    assert before == [(workspace / name).read_bytes() for name in ("ledger.sqlite", "users.sqlite")]


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
    spoil_page(tmp_path / "w" / "ledger.sqlite", "facts")

    with open_index(tmp_path / "w") as index:
        (finding,) = index.check()

    assert (finding.kind, finding.repairable) == ("damaged", True)

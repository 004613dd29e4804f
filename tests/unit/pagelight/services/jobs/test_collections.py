"""Collections are made, renamed, removed and filled: on the disk, in the index, in the rights."""

import time
from types import SimpleNamespace

import pytest
from builders_index import make_chunks, make_document
from builders_users import a_user
from fakes import FakeEmbedder

from ingest.pipeline.progress import Report
from ingest.remote.address import folder_at
from pagelight.services.accounts.users import PeopleFile, read_book, write_users
from pagelight.services.jobs.collections import REMOVED, Collections
from pagelight.services.jobs.jobs import Jobs
from rag.datamodel import ROOT_COLLECTION
from rag.errors import PagelightError
from rag.storage.conversations.exchange import Exchange
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()


class Cabinet:
    def __init__(self, root):
        self.own = root / "docs"
        self.other = root / "share"
        for path in (self.own, self.other):
            path.mkdir()
        self.index = WorkspaceIndex(
            root / "ws", model_id=EMBEDDER.model_id, dim=EMBEDDER.dim, chunker_version="1"
        )
        self.index.set_root(self.own)
        ingest = SimpleNamespace(run=lambda *_, **__: Report())
        self.jobs = Jobs(lambda: ingest, folder=self.own, patience_s=0.1)
        self.users = root / "users.json"
        users = {"ann": a_user("ann", "letters"), "bob": a_user("bob", everything=True)}
        write_users(self.users, users, {"staff": ("letters", "plans")})
        self.shelf = self.over(lambda _: True)
        for source in ("letters/a.txt", "letters/deep/b.txt", "plans/c.txt", "d.txt"):
            self.put(source)

    def over(self, may_watch):
        return Collections(
            self.index,
            self.jobs,
            people=PeopleFile(self.users),
            may_watch=may_watch,
            now=lambda: 0,
        )

    def put(self, source, path=None):
        path = path or self.own / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        doc = make_document(f"snow in {source}", source=source)
        chunks = make_chunks(doc)
        rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
        vectors = {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
        file = FileRecord(
            source=source, doc_id=doc.id, size_bytes=1, mtime_ns=1, sha256=doc.id, state="ready"
        )
        self.index.put(doc, chunks, vectors, files=[file])

    def sources(self):
        return sorted(self.index.files())

    def seen(self):
        book = read_book(self.users)
        return book.users["ann"].person.collections, book.groups["staff"]


@pytest.fixture
def cabinet(tmp_path):
    cabinet = Cabinet(tmp_path)
    yield cabinet
    cabinet.jobs.close()
    cabinet.index.close()


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """One that nothing is changed of."""
    cabinet = Cabinet(tmp_path_factory.mktemp("cabinet"))
    yield cabinet
    cabinet.index.close()


def test_one_is_made_and_a_document_is_moved_into_it_at_once(cabinet):
    assert cabinet.shelf.make(" new ") == "new"
    cabinet.shelf.move(["letters/deep/b.txt", "d.txt"], "new")

    assert cabinet.sources() == ["letters/a.txt", "new/b.txt", "new/d.txt", "plans/c.txt"]
    assert (cabinet.own / "new" / "b.txt").read_text() == "letters/deep/b.txt"
    assert not (cabinet.own / "d.txt").exists()


def test_an_archive_is_moved_with_what_lies_in_it(cabinet):
    cabinet.put("letters/m.zip")
    cabinet.put("letters/m.zip/inside.txt", cabinet.own / "elsewhere.txt")

    cabinet.shelf.move(["letters/m.zip"], ".")

    assert {"m.zip", "m.zip/inside.txt"} <= set(cabinet.sources())


def test_another_name_is_that_of_the_folder_the_documents_the_rights_and_the_scopes(cabinet):
    talks = cabinet.index.conversations
    talk = "a" * 32
    talks.put(talk, Exchange(id="1", question="Where does snow lie?"))
    talks.set_scope(talk, ["in:letters/", "in:letters/a.txt", "in:lettersome/", "type:text/plain"])

    assert cabinet.shelf.rename("letters", "post") == "post"

    assert cabinet.sources() == ["d.txt", "plans/c.txt", "post/a.txt", "post/deep/b.txt"]
    assert (cabinet.own / "post" / "a.txt").exists()
    assert cabinet.seen() == (("post",), ("plans", "post"))
    assert talks.scope(talk) == ("in:post/", "in:post/a.txt", "in:lettersome/", "type:text/plain")


def test_what_is_removed_leaves_the_index_and_the_rights_and_no_file_is_erased(cabinet):
    cabinet.shelf.remove("letters")

    assert cabinet.sources() == ["d.txt", "plans/c.txt"]
    assert cabinet.seen() == ((), ("plans",))
    day = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(0))
    assert (cabinet.own / REMOVED / f"letters {day}" / "deep" / "b.txt").exists()
    assert cabinet.shelf.names() == [".", "plans"]


def test_a_folder_is_watched_renamed_and_let_go_and_its_files_stay_where_they_are(cabinet):
    (cabinet.other / "e.txt").write_text("hail")
    cabinet.shelf.watch("share", cabinet.other)
    cabinet.put("share/e.txt", cabinet.other / "e.txt")
    cabinet.jobs.close()
    cabinet.shelf.rename("share", "common")

    (told,) = [one for one in cabinet.shelf.all() if one.folder]
    assert (told.name, told.folder, told.documents) == ("common", cabinet.other, 1)
    assert "common/e.txt" in cabinet.sources()

    cabinet.shelf.move(["common/e.txt"], "plans")
    assert (cabinet.own / "plans" / "e.txt").exists()
    cabinet.shelf.remove("common")
    assert cabinet.index.source_folders.all() == {}
    assert cabinet.other.is_dir()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda c: c.shelf.make("plans"), "There is a plans already"),
        (lambda c: c.shelf.make("d.txt"), "There is a d.txt already"),
        (lambda c: c.shelf.make("../up"), "no name"),
        (lambda c: c.shelf.make(".hidden"), "Hidden"),
        (lambda c: c.shelf.make("__pycache__"), "would not be read"),
        (lambda c: c.shelf.rename("none", "new"), "There is no folder none"),
        (lambda c: c.shelf.rename(".", "new"), "There is no folder"),
        (lambda c: c.shelf.rename("../share", "new"), "There is no folder"),
        (lambda c: c.shelf.remove("../share"), "There is no folder"),
        (lambda c: c.shelf.move(["d.txt"], "none"), "There is no folder none"),
        (lambda c: c.shelf.move(["../users.json"], "plans"), "no file of its own"),
        (lambda c: c.shelf.move(["gone.txt"], "plans"), "no file of its own"),
        (lambda c: c.shelf.watch("new", c.own / "letters"), "lie in each other"),
        (lambda c: c.shelf.watch("new", c.own.parent), "lie in each other"),
        (lambda c: c.shelf.watch("new", c.own.parent / "none"), "There is no folder"),
        (lambda c: c.shelf.watch("plans", c.other), "There is a plans already"),
        (lambda c: c.over(lambda _: False).watch("new", c.other), "RAG_FOLDERS"),
    ],
)
def test_what_can_not_be_done_is_told_and_changes_nothing(unchanged, act, words):
    cabinet = unchanged
    before = (cabinet.sources(), sorted(cabinet.own.rglob("*")), cabinet.users.read_text())

    with pytest.raises(PagelightError, match=words):
        act(cabinet)

    assert before == (cabinet.sources(), sorted(cabinet.own.rglob("*")), cabinet.users.read_text())
    assert cabinet.index.source_folders.all() == {}


def test_nothing_is_changed_while_the_folders_are_read(cabinet):
    with cabinet.jobs.held_off(), pytest.raises(PagelightError, match="read just now"):
        cabinet.shelf.rename("letters", "post")

    assert (cabinet.own / "letters").is_dir()


def test_collections_of_an_address_are_those_that_something_was_read_from_and_changed_there(
    cabinet,
):
    cabinet.index.set_root(folder_at("s3://bucket/reports", cabinet.index.workspace))

    assert [(one.name, one.problem) for one in cabinet.shelf.all()] == [
        (ROOT_COLLECTION, ""),
        ("letters", ""),
        ("plans", ""),
    ]
    for change in (
        lambda: cabinet.shelf.make("new"),
        lambda: cabinet.shelf.rename("letters", "mail"),
        lambda: cabinet.shelf.remove("plans"),
        lambda: cabinet.shelf.move(["d.txt"], "plans"),
    ):
        with pytest.raises(PagelightError, match="The documents lie at s3://bucket/reports"):
            change()

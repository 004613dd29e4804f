"""The commit protocol, broken off at every step: old or new is found, never both, never half."""

import shutil
from contextlib import closing, contextmanager

import pytest
from builders_index import EMBEDDER, embedded, make_chunks, make_document, make_file, open_index

from rag.errors import WorkspaceError
from rag.storage.database.database import Database
from rag.storage.documents.records import DocumentToStore
from rag.storage.images.assets import AssetStore
from rag.storage.tables.table_store import TableStore
from rag.storage.vectors.vectors import VectorStore
from rag.storage.workspace.commit import WorkspaceWriting

STEPS = ["before upsert", "after upsert", "before delete", "after delete"]


class PowerCutError(Exception):
    pass


class FragileVectors(VectorStore):
    """Loses power at one step."""

    cut_at = ""

    def upsert(self, vectors):
        self._cut("before upsert")
        super().upsert(vectors)
        self._cut("after upsert")

    def delete(self, ids):
        self._cut("before delete")
        super().delete(ids)
        self._cut("after delete")

    def _cut(self, step):
        if step == self.cut_at:
            raise PowerCutError(step)


def file_of(document):
    return make_file(document.sources[0], document.id)


def entry_of(document, chunks):
    return DocumentToStore(
        document=document, chunks=chunks, vectors=embedded(chunks), files=[file_of(document)]
    )


def put(index, document, chunks):
    index.put(document, chunks, embedded(index.missing(chunks)), files=[file_of(document)])


@contextmanager
def losing_power(workspace, cut_at):
    """Lend what writes to a workspace as the index does, on vectors that fail; then let go."""
    ledger = Database(workspace / "ledger.sqlite")
    fragile = FragileVectors(workspace / "vectors", model_id=EMBEDDER.model_id, dim=EMBEDDER.dim)
    fragile.cut_at = cut_at
    tables, assets = TableStore(workspace / "tables"), AssetStore(workspace / "a", megapixels=1)
    with closing(ledger), closing(fragile), pytest.raises(PowerCutError, match=cut_at):
        yield WorkspaceWriting(ledger, fragile, tables, assets, chunker_version="1")


def dense_texts(index, words):
    vector = EMBEDDER.embed_queries([words])
    return {hit.chunk.text for hit in index.search_dense(vector, k=9)}


def visible(index, words):
    dense = dense_texts(index, words)
    lexical = {hit.chunk.text for hit in index.search_lexical(words, k=9)}
    assert dense == lexical
    return dense


OLD = make_document("old snow", "old rain", "kept")
NEW = make_document("new snow", "new rain")
WORDS = "old new snow rain kept"
OLD_TEXTS, NEW_TEXTS = {"old snow", "old rain", "kept"}, {"new snow", "new rain"}


@pytest.mark.parametrize("cut_at", STEPS)
def test_a_cut_leaves_the_old_or_the_new_version_and_the_next_run_ends_it(tmp_path, cut_at):
    with open_index(tmp_path / "w") as index:
        put(index, OLD, make_chunks(OLD))

    with losing_power(tmp_path / "w", cut_at) as writing:
        writing.put_all([entry_of(NEW, make_chunks(NEW))])

    with open_index(tmp_path / "w") as index:
        assert visible(index, WORDS) == (OLD_TEXTS if "upsert" in cut_at else NEW_TEXTS)
        assert index.check() == []
        put(index, NEW, make_chunks(NEW))
        assert visible(index, WORDS) == NEW_TEXTS
        assert index.check() == []


@pytest.mark.parametrize("cut_at", STEPS[2:])
def test_a_cut_while_removing_is_finished_later(tmp_path, cut_at):
    with open_index(tmp_path / "w") as index:
        put(index, OLD, make_chunks(OLD))
        other = make_document("hail", source="b.txt")
        put(index, other, make_chunks(other))
    with losing_power(tmp_path / "w", cut_at) as writing:
        writing.remove_sources(["notes/a.txt"])

    with open_index(tmp_path / "w") as index:
        assert visible(index, "old snow rain kept hail") == {"hail"}
        assert index.check() == []


def test_a_bug_in_one_document_leaves_the_others_of_its_batch(tmp_path):
    good = make_document("good", source="good.txt")
    with open_index(tmp_path / "w") as index:
        twice = [*make_chunks(NEW), make_chunks(NEW)[0]]
        bad, fine = index.put_all([entry_of(NEW, twice), entry_of(good, make_chunks(good))])

        assert (type(bad).__name__, fine) == ("IntegrityError", None)
        assert visible(index, "good new snow") == {"good"}
        assert index.check() == []


def test_a_document_goes_with_its_last_source(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, OLD, make_chunks(OLD))
        index.add_sources([make_file("b.txt", OLD.id)])
        index.remove_sources(["notes/a.txt"])

        assert index.document(OLD.id).sources == ("b.txt",)
        assert {hit.chunk.source for hit in index.search_lexical("snow", k=3)} == {"b.txt"}

        index.remove_sources(["b.txt"])
        assert index.documents() == []
        assert index.document(OLD.id) is None
        assert index.check() == []


def test_lost_vectors_are_found_and_made_again_without_parsing(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, OLD, make_chunks(OLD))
    for path in sorted((tmp_path / "w" / "vectors").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()

    with open_index(tmp_path / "w") as index:
        (finding,) = index.check()
        assert (finding.kind, finding.count) == ("missing", 3)
        assert index.repair(EMBEDDER.embed_documents) == 3
        assert index.check() == []
        assert visible(index, WORDS) == OLD_TEXTS


def damage_sqlite(folder):
    (folder / "chroma.sqlite3").write_bytes(b"damage " * 5000)


def damage_graph(folder):
    for path in folder.rglob("*.bin"):
        path.write_bytes(b"xx")


def lose_graph(folder):
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


@pytest.mark.parametrize(
    ("damage", "embedded"), [(damage_sqlite, 0), (damage_graph, 0), (lose_graph, 1200)]
)
def test_damaged_vectors_are_taken_from_their_copy_or_made_again(tmp_path, damage, embedded):
    many = make_document(*(f"word{n}" for n in range(1200)))  # enough for Chroma to write a graph
    with open_index(tmp_path / "w") as index:
        put(index, many, make_chunks(many))
    damage(tmp_path / "w" / "vectors")

    with open_index(tmp_path / "w") as index:
        assert [finding.kind for finding in index.check()] == ["missing"]
        assert index.repair(EMBEDDER.embed_documents) == embedded
        assert index.check() == []
        assert "word77" in dense_texts(index, "word77")


def test_damaged_vectors_are_found_in_their_copy_and_told_where_that_lacks_too(tmp_path):
    vectors = tmp_path / "w" / "vectors"
    with open_index(tmp_path / "w") as index:
        put(index, OLD, make_chunks(OLD))
        found = visible(index, WORDS)
    damage_sqlite(vectors)

    with open_index(tmp_path / "w") as index:
        assert visible(index, WORDS) == found
    for copy in vectors.glob("rows-*"):
        shutil.rmtree(copy)
    with open_index(tmp_path / "w") as index:
        with pytest.raises(WorkspaceError, match=r"pagelight doctor --repair"):
            visible(index, WORDS)
        assert len(index.search_lexical("snow", k=9)) == 1


def test_a_repair_that_is_stopped_while_it_writes_anew_has_lost_nothing(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, OLD, make_chunks(OLD))
    damage_sqlite(tmp_path / "w" / "vectors")

    with open_index(tmp_path / "w") as index:
        with pytest.raises(KeyboardInterrupt):
            index.repair(EMBEDDER.embed_documents, progress=StoppedGauge("Writing vectors anew"))
        assert visible(index, WORDS) == OLD_TEXTS
        assert index.repair(EMBEDDER.embed_documents) == 0
        assert index.check() == []


class StoppedGauge:
    """Stops the work as soon as this part of it has come one step further."""

    def __init__(self, part):
        self._part = part
        self._now = ""

    def begin(self, what, _total):
        self._now = what

    def advance(self, _count=1):
        if self._now == self._part:
            raise KeyboardInterrupt

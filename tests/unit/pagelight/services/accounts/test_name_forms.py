"""Names are the same in both forms of Unicode: some disks take letters apart, people do not."""

from dataclasses import replace
from unicodedata import normalize

import pytest
from builders_index import make_chunks, make_document
from builders_users import a_user
from fakes import FakeEmbedder

from pagelight.services.accounts.users import PeopleFile, read_book, write_users
from pagelight.services.answering.table import rows_in_scope
from pagelight.ui.library.files import target_of
from pagelight.ui.scope import named_in
from rag.datamodel import Filters
from rag.errors import PagelightError
from rag.storage.documents.records import DocumentRecord, FileRecord
from rag.storage.workspace.store import WorkspaceIndex

FOLDER = "Prüfberichte"
SOURCE = f"{FOLDER}/über Maße.txt"
FORMS = ("NFC", "NFD")

on_disk = pytest.mark.parametrize("on_disk", FORMS)
said = pytest.mark.parametrize("said", FORMS)


@on_disk
@said
def test_filters_admit_either(on_disk, said):
    file = {"source": normalize(on_disk, SOURCE), "media_type": "text/plain"}

    for only in (
        Filters(source_glob=normalize(said, f"{FOLDER}/*")),
        Filters(within=(normalize(said, f"{FOLDER}/"),)),
        Filters(within=(normalize(said, SOURCE),)),
    ):
        assert only.admit(**file)
        assert not only.admit(**file | {"source": "prufberichte/uber Masse.txt"})


@on_disk
@said
def test_rights_to_a_folder_hold_in_either(tmp_path, on_disk, said):
    embedder = FakeEmbedder()
    with WorkspaceIndex(
        tmp_path / "ws", model_id=embedder.model_id, dim=embedder.dim, chunker_version="1"
    ) as index:
        source = normalize(on_disk, SOURCE)
        doc = make_document("Snow fell.", source=source)
        chunks = make_chunks(doc)
        rows = embedder.embed_documents([chunk.embedding_text for chunk in chunks])
        file = FileRecord(
            source=source, doc_id=doc.id, size_bytes=1, mtime_ns=1, sha256="x", state="ready"
        )
        vectors = {c.id: row for c, row in zip(chunks, rows, strict=True)}
        index.put(doc, chunks, vectors, files=[file])
        hers = index.seen_by(owner="ann", collections=(normalize(said, FOLDER),))
        others = index.seen_by(owner="bob", collections=("Prufberichte",))

        assert [record.sources for record in hers.documents()] == [(source,)]
        assert others.documents() == []


@on_disk
@said
def test_a_file_may_be_added_to_ones_own_folder_in_either(tmp_path, on_disk, said):
    folder = tmp_path / normalize(on_disk, FOLDER)
    folder.mkdir()
    own, into = (normalize("NFC", FOLDER),), normalize(said, FOLDER)

    assert target_of(tmp_path, "a.txt", into=into, among=own).name == "a.txt"
    with pytest.raises(PagelightError, match="You may add files to"):
        target_of(tmp_path, "a.txt", into="Prufberichte", among=own)


@said
def test_the_users_file_says_them_in_one(tmp_path, said):
    path = tmp_path / "users.json"
    boss = a_user("boss", everything=True)
    write_users(path, {"ann": a_user("ann", normalize(said, FOLDER)), "boss": boss})

    assert read_book(path).users["ann"].person.collections == (normalize("NFC", FOLDER),)
    PeopleFile(path).rename_collection(normalize("NFD", FOLDER), "Berichte")
    assert read_book(path).users["ann"].person.collections == ("Berichte",)


@on_disk
@said
def test_a_name_in_a_question_and_the_scope_of_a_table_are_either(on_disk, said):
    record = replace(A_RECORD, sources=(normalize(on_disk, SOURCE),))
    asked = f'How deep? @"{normalize(said, SOURCE)}"'

    assert named_in(asked, record.sources) == ("How deep?", (f"in:{record.sources[0]}",))
    assert rows_in_scope([record], normalize(said, "über"))[0].source == record.sources[0]


A_RECORD = DocumentRecord(
    id="d", sources=("a.txt",), media_type="text/plain", title="", page_count=0, state="ready"
)

"""The day of a document: what its file says of itself, or the file's own."""

from dataclasses import replace
from datetime import datetime

import docx
import numpy as np
import pytest
from builders_index import make_chunks, make_document
from builders_office import parse
from builders_pdf import Page, parse_pdf, pdf_bytes
from fakes import FakeEmbedder
from PIL import Image

from rag.datamodel import Filters
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.store import WorkspaceIndex

NOON_NS = int(datetime(2021, 5, 6, 12).timestamp()) * 10**9  # noqa: DTZ001 - local, as files are


def test_word_tells_its_last_change(tmp_path):
    made = docx.Document()
    made.add_paragraph("Snow.")
    made.core_properties.created = datetime(2019, 1, 1)  # noqa: DTZ001 - as python-docx takes it
    made.core_properties.modified = datetime(2020, 2, 3)  # noqa: DTZ001 - as above
    made.save(tmp_path / "a.docx")

    assert parse(tmp_path / "a.docx").dated == "2020-02-03"


def test_a_photograph_tells_when_it_was_taken(tmp_path):
    exif = Image.Exif()
    exif[0x0132] = "2022:01:01 00:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2020:02:05 10:00:00"
    Image.fromarray(np.zeros((40, 40, 3), np.uint8)).save(tmp_path / "a.jpg", exif=exif)

    assert parse(tmp_path / "a.jpg").dated == "2020-02-05"


def test_a_pdf_tells_its_last_change_else_its_making(tmp_path):
    page = Page()
    page.text(50, 700, "Snow lay on the roof.")
    data = pdf_bytes(page, title="Snow on roofs")
    made = data.replace(b"/Title", b"/CreationDate (D:20200206) /Title")
    changed = data.replace(b"/Title", b"/ModDate (D:20210206) /CreationDate (D:20200206) /Title")

    assert parse_pdf(tmp_path, data).dated == ""
    assert parse_pdf(tmp_path, made).dated == "2020-02-06"
    assert parse_pdf(tmp_path, changed).dated == "2021-02-06"


def test_a_date_that_can_not_be_read_costs_no_document(tmp_path):
    made = docx.Document()
    made.add_paragraph("Snow.")
    made.core_properties.modified = datetime(1700, 1, 1)  # noqa: DTZ001 - as above
    made.core_properties.created = datetime(1700, 1, 1)  # noqa: DTZ001 - as above
    made.save(tmp_path / "a.docx")
    document = parse(tmp_path / "a.docx")

    assert (document.dated, document.elements[0].text) == ("", "Snow.")


@pytest.fixture
def index(tmp_path):
    embedder = FakeEmbedder()
    with WorkspaceIndex(
        tmp_path / "w", model_id=embedder.model_id, dim=embedder.dim, chunker_version="1"
    ) as opened:
        for source, dated in (("own.txt", "2020-02-03"), ("file.txt", "")):
            doc = replace(make_document("snow", source=source, name=source), dated=dated)
            chunks = make_chunks(doc)
            rows = embedder.embed_documents([chunk.embedding_text for chunk in chunks])
            file = FileRecord(
                source=source,
                doc_id=doc.id,
                size_bytes=1,
                mtime_ns=NOON_NS,
                sha256="",
                state="ready",
            )
            vectors = {c.id: r for c, r in zip(chunks, rows, strict=True)}
            opened.put(doc, chunks, vectors, files=[file])
        yield opened


def test_what_is_searched_lies_within_the_days(index):
    cases = {
        ("2020-02-03", "2020-02-03"): ["own.txt"],
        ("2021-05-06", ""): ["file.txt"],
        ("", "2020-12-31"): ["own.txt"],
        ("2020-01-01", "2021-12-31"): ["file.txt", "own.txt"],
        ("2022-01-01", ""): [],
    }
    for (since, until), found in cases.items():
        hits = index.search_lexical("snow", k=9, filters=Filters(since=since, until=until))
        assert sorted(hit.chunk.source for hit in hits) == found


def test_a_record_tells_the_documents_own_day_else_that_of_its_file(index):
    days = {record.sources[0]: record.day for record in index.documents()}
    (own,) = (doc for doc in map(index.document, _ids(index)) if doc.sources == ("own.txt",))

    assert days == {"own.txt": "2020-02-03", "file.txt": "2021-05-06"}
    assert own.dated == "2020-02-03"


def _ids(index):
    return [record.id for record in index.documents()]

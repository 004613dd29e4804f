import hashlib
import time
from dataclasses import replace

import pytest
from builders_ui import a_document, client_of, wait
from fake_ingest import FakeIngest
from fake_library import FakeLibrary

from ingest.remote.address import folder_at
from pagelight.services.accounts.person import OWNER
from pagelight.services.jobs.jobs import Jobs
from pagelight.ui.language import speaking
from pagelight.ui.library.files import Demo, is_writable
from pagelight.ui.library.library import arrived_json, library_html, rows_of
from pagelight.ui.library.routes import adding_routes, library_routes, shelving_routes
from rag.datamodel import Element
from rag.storage.documents.records import DocumentRecord

FAILED = DocumentRecord(id="", sources=("<b>.pdf",), state="failed", reason="It is <empty>.")
SNOW = Element(role="paragraph", text="Snow.")


def a_record(source, **changes):
    record = DocumentRecord(id="0" * 64, sources=(source,), media_type="application/pdf")
    return replace(record, **changes)


@pytest.fixture
def library(tmp_path):
    mail = a_document(SNOW, source="mail.eml", media_type="message/rfc822")
    part = a_document(SNOW, source="mail.eml/notes.txt", media_type="text/plain")
    twice = replace(a_document(SNOW), sources=("a.pdf", "b.pdf"))
    return FakeLibrary(mail, part, twice, folder=tmp_path)


@pytest.fixture
def ingest():
    return FakeIngest()


@pytest.fixture
def jobs(ingest, tmp_path):
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    yield jobs
    jobs.close()


@pytest.fixture
def client(library, jobs):
    looks = library_routes(library, jobs, limit_mb=1, person=OWNER, demo=Demo(None), examples=())
    adds = adding_routes(library, jobs, limit_mb=1, among=None, send=bool)
    with client_of(looks, adds, shelving_routes(library, jobs)) as client:
        yield client


def sources(library):
    return sorted(source for doc in library.docs.values() for source in doc.sources)


def test_a_document_is_summarised_from_the_list_whatever_its_name():
    html = library_html(rows_of([a_record('a "b" <i>.pdf', chunk_count=2)], set()))

    assert 'title="Ask only this"' in html  # a box to tick tells what it does
    assert 'data-summary="Summarise a &quot;b&quot; &lt;i&gt;.pdf in short"' in html
    assert "data-summary" not in library_html(rows_of([a_record("empty.pdf"), FAILED], set()))


def test_a_password_is_lent_to_one_reading_and_no_more(client, ingest, jobs):
    ingest.go.set()

    assert client.post("/library/unlock", json={"password": "Anker 7"}).status_code == 204
    wait(lambda: not jobs.state.running)
    assert jobs.start()
    wait(lambda: not jobs.state.running)

    assert ingest.passwords == [("Anker 7",), ()]


def test_a_password_that_comes_while_the_folder_is_read_is_tried_after_that(client, ingest, jobs):
    jobs.start()

    assert client.post("/library/unlock", json={"password": "Anker 7"}).status_code == 204
    ingest.go.set()

    wait(lambda: len(ingest.passwords) == 2)
    assert ingest.passwords == [(), ("Anker 7",)]


def test_each_document_tells_its_state_and_what_is_wrong_with_it():
    partly = a_record("scan.pdf", warnings=("Page 3 could not be read.",), page_count=4)
    html = library_html(rows_of([partly, FAILED], {"gone.txt"}))

    assert "4 pages · Partly read" in html
    assert "Page 3 could not be read." in html
    assert "&lt;b&gt;.pdf" in html
    assert "It is &lt;empty&gt;." in html
    assert html.count(">Left out</span>") == 1

    heard = a_record("note.ogg", warnings=("what is said was heard by ear, and may be misheard",))
    silent = a_record("tone.ogg", warnings=("in it ear heard nobody speak",))
    html = library_html(rows_of([heard, silent], ()))
    assert html.count("· Heard by a machine</span>") == 2
    assert "may be misheard" in html
    assert 'class="bad"' not in html


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ">Picture (PNG) · Pictures still to be read<"),
        ("de", ">Bild (PNG) · Bilder werden noch gelesen<"),
    ],
)
def test_a_scan_that_waits_is_told_in_words_that_people_use(language, told):
    scan = a_record("receipt.png", media_type="image/png", pending=True)
    with speaking(language):
        assert told in library_html(rows_of([scan], ()))
        assert ">PDF<" in library_html(rows_of([a_record("a.pdf")], ()))


def test_documents_are_filtered_by_words_and_state():
    rows = rows_of([a_record("huts/Upper.pdf", title="The hut"), a_record("b.pdf"), FAILED], ())

    assert library_html(rows, words="upper HUT pdf").count("doc-row") == 1
    assert library_html(rows, state="failed").count("doc-row") == 1
    assert "No document fits this." in library_html(rows, words="xyz")


def test_a_thousand_documents_are_shown_a_part_at_a_time_and_quickly():
    rows = rows_of([a_record(f"{n:04}.pdf", chunk_count=n) for n in range(1000)], ())
    start = time.thread_time()
    html = library_html(rows, words="pdf")

    assert time.thread_time() - start < 0.5
    assert html.count("doc-row") == 100
    assert "900 more" in html
    assert library_html(rows, shown=300).count("doc-row") == 300


def test_a_removed_document_leaves_with_its_copies_and_its_files_stay(client, library, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"x")
    answer = client.post("/library/remove", json={"source": "b.pdf"})

    assert answer.status_code == 204
    assert sources(library) == ["mail.eml", "mail.eml/notes.txt"]
    assert library.left_out.sources() == {"a.pdf", "b.pdf"}
    assert (tmp_path / "a.pdf").exists()
    assert "a.pdf" in client.get("/library?state=out").text


def test_a_file_is_stored_in_the_folder_whole(client, tmp_path):
    data = b"Snow." * 1000

    room = client.get("/library/room").json()
    assert (room["writable"], room["why"], room["limit_mb"]) == (True, "", 1)
    assert client.put("/library/files/Hütten.txt", content=data).status_code == 201
    stored = (tmp_path / "Hütten.txt").read_bytes()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(data).digest()
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []
    assert client.put("/library/files/..%2f..%2fup.txt", content=b"x").status_code == 201
    assert (tmp_path / "up.txt").exists()  # a path is cut down to a name


@pytest.mark.parametrize(
    "name",
    ["there.txt", "../there.txt", ".hidden", "~$x.doc", "..", "a%0Ab.txt", "%2e%2e", "x" * 250],
)
def test_a_name_that_can_not_be_used_is_refused(client, tmp_path, name):
    (tmp_path / "there.txt").write_text("mine")
    answer = client.put(f"/library/files/{name}", content=b"theirs")

    assert answer.status_code in {404, 405, 422}
    assert (tmp_path / "there.txt").read_text() == "mine"
    assert not (tmp_path.parent / "there.txt").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there.txt"]


def test_too_large_a_file_is_refused_whatever_it_announces(client, tmp_path):
    def pieces():
        yield from [b"x" * 500_000] * 3

    answers = [
        client.put("/library/files/big.txt", content=b"x" * 1_500_000),
        client.put("/library/files/big.txt", content=pieces()),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "over 1 MB" in answers[1].json()["error"]
    assert not (tmp_path / "big.txt").exists()


@pytest.mark.parametrize("name", ["ledger.sqlite", "Ledger.SQLite"])
def test_no_file_comes_in_under_the_name_of_a_ledger(client, tmp_path, name):
    answer = client.put(f"/library/files/{name}?into=letters", content=b"Snow.")

    assert answer.status_code == 422
    assert "would not be read" in answer.text
    assert not (tmp_path / "letters").exists()


@pytest.mark.parametrize("into", ["..", "a/../..", "a/.git", "out", "a\\..\\..", "a%0Ab"])
def test_no_folder_leads_out_of_the_documents_or_hides_them(client, tmp_path, into):
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").symlink_to(elsewhere)

    assert client.put(f"/library/files/hut.txt?into={into}", content=b"x").status_code == 422
    assert list(elsewhere.iterdir()) == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("setup.pdf", b"MZ\x90\0" + bytes(500), "The file is a program, which is not read."),
        ("year.zip", b"Rar!\x1a\x07\x01", "a RAR archive, which is not read. Unpack it"),
        ("empty.txt", b"", "The file is empty"),
        ("data.bin", bytes(range(256)) * 4, "The file holds unknown binary data."),
    ],
)
def test_a_kind_that_is_not_read_is_refused_with_its_reason(client, tmp_path, name, data, reason):
    answer = client.put(f"/library/files/{name}", content=data)

    assert answer.status_code == 422
    assert reason in answer.json()["error"]
    assert list(tmp_path.iterdir()) == []


def test_into_an_address_no_file_is_put(tmp_path):
    assert is_writable(tmp_path)
    assert not is_writable(folder_at("s3://bucket/reports", tmp_path))


def test_of_files_that_came_it_is_told_which_are_ready_and_why_others_are_not():
    told = arrived_json([a_record("a.pdf"), a_record("b.pdf"), FAILED], ["a.pdf", "<b>.pdf", "c"])

    assert told["ready"] == ["a.pdf"]
    assert [one["source"] for one in told["failed"]] == list(FAILED.sources)
    assert told["outside"] == []


def test_a_file_that_came_may_be_outside_of_what_is_searched():
    records, sources = [a_record("a.pdf"), a_record("trips/b.pdf")], ["a.pdf", "trips/b.pdf"]

    assert arrived_json(records, sources, ["in:trips/"])["outside"] == ["a.pdf"]
    assert arrived_json(records, sources, ["type:text/plain"])["outside"] == sources

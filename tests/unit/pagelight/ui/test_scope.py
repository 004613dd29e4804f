import pytest
from builders_ui import a_document, client_of
from fake_library import FakeLibrary

from pagelight.ui.scope import entries_of, filters_of, named_in, scope_routes, scope_text
from rag.datamodel import NO_FILTERS, Element
from rag.storage.conversations.exchange import Exchange

SOURCES = ("report.pdf", "a/my notes.md", "b/report.pdf", "Über/x.TXT")


def test_a_scope_of_folders_documents_and_types_is_a_filter():
    only = filters_of(entries_of("in:a/\nin:report.pdf\ntype:text/markdown\nnonsense\nin:a/"))

    assert only.within == ("a/", "report.pdf")
    assert only.admit(source="a/my notes.md", media_type="text/markdown")
    assert not only.admit(source="a/x.pdf", media_type="application/pdf")
    assert not only.admit(source="ab/x.md", media_type="text/markdown")
    assert filters_of(()) == NO_FILTERS


@pytest.mark.parametrize(
    ("entry", "days", "words"),
    [
        ("date:2023-01-01..2024-06-30", ("2023-01-01", "2024-06-30"), "2023-01-01 to 2024-06-30"),
        ("date:2023-01-01..", ("2023-01-01", ""), "from 2023-01-01"),
        ("date:..2024-06-30", ("", "2024-06-30"), "until 2024-06-30"),
    ],
)
def test_a_span_of_days_may_be_open_at_one_end(entry, days, words):
    only = filters_of(entries_of(entry))

    assert (only.since, only.until) == days
    assert scope_text((entry,)) == words


def test_first_and_last_day_are_searched_and_what_has_no_day_is_not():
    only = filters_of(("date:2023-01-01..2023-12-31",))
    days = ("2022-12-31", "2023-01-01", "2023-12-31", "2024-01-01", "")
    admitted = [d for d in days if only.admit(source="a.txt", media_type="text/plain", day=d)]

    assert admitted == ["2023-01-01", "2023-12-31"]
    assert filters_of(()).admit(source="a.txt", media_type="text/plain")


@pytest.mark.parametrize(
    ("text", "left", "entries"),
    [
        ("@b/report.pdf How much?", "How much?", ("in:b/report.pdf",)),
        ("How much in @report.pdf?", "How much in ?", ("in:report.pdf", "in:b/report.pdf")),
        ('What does @"My Notes.md" say', "What does say", ("in:a/my notes.md",)),
        ("@a/ What is said?", "What is said?", ("in:a/",)),
        ("@über/x.txt, and?", ", and?", ("in:Über/x.TXT",)),
        ("Who is @nobody?", "Who is @nobody?", ()),
        ("Write to ann@report.pdf", "Write to ann@report.pdf", ()),
        ("@report.pdf", "@report.pdf", ()),
        ("Plain words", "Plain words", ()),
    ],
)
def test_files_named_with_at_are_taken_out_of_the_question(text, left, entries):
    assert named_in(text, SOURCES) == (left, entries)


SNOW = Element(role="paragraph", text="Snow.")


@pytest.fixture
def library(tmp_path):
    docs = [a_document(SNOW, source=source) for source in ("a/x <b>.pdf", "a/b/notes.pdf", "y.pdf")]
    notes = a_document(SNOW, source="notes.pdf", media_type="text/plain")
    return FakeLibrary(*docs, notes, folder=tmp_path)


@pytest.fixture
def client(library):
    return client_of(scope_routes(library))


def test_folders_types_and_documents_are_offered_and_what_is_chosen_is_ticked(client):
    html = client.post("/scope", json={"chosen": "in:a/\ntype:text/plain"}).text

    assert 'value="in:a/" checked' in html
    assert 'value="in:a/b/"' not in html
    assert 'value="type:text/plain" checked' in html
    assert 'value="in:y.pdf" data' in html
    assert "<b>" not in html


def test_what_a_conversation_is_asked_of_is_kept_with_it_alone(client, library):
    talk = "a" * 16
    path = f"/scope/of/{talk}"
    assert client.put(path, json=["in:y.pdf"]).status_code == 404
    library.conversations.put(talk, Exchange(id="1", question="Snow?"))
    assert client.put(path, json=["in:y.pdf", "no entry", "in:a\nb"]).status_code == 204

    assert library.conversations.scope(talk) == ("in:y.pdf", "in:a")
    assert client.put(path, json="in:y.pdf").status_code == 422

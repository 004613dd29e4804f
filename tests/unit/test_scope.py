import pytest

from rag.datamodel import NO_FILTERS
from ui.scope import entries_of, filters_of, named_in, told, type_name

SOURCES = ("report.pdf", "a/my notes.md", "b/report.pdf", "Über/x.TXT")


def test_a_scope_of_folders_documents_and_types_is_a_filter():
    only = filters_of(entries_of("in:a/\nin:report.pdf\ntype:text/markdown\nnonsense\nin:a/"))

    assert only.within == ("a/", "report.pdf")
    assert only.admit(source="a/my notes.md", media_type="text/markdown")
    assert not only.admit(source="a/x.pdf", media_type="application/pdf")
    assert not only.admit(source="ab/x.md", media_type="text/markdown")
    assert filters_of(()) == NO_FILTERS


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


def test_a_scope_is_told_in_words():
    assert told(("in:a/", "type:application/pdf")) == "a/, PDF"
    assert told(("in:1", "in:2", "in:3", "in:4")) == "1, 2, 3 and 1 more"
    assert type_name("image/png") == "PNG pictures"
    assert type_name("application/x-tex") == "tex"

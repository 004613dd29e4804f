"""What is asked of the documents themselves: how many, which, by whom, how long."""

from dataclasses import dataclass, replace

import pytest
from builders_index import make_chunks, make_document, open_index, put_document

from rag.datamodel import Filters, Query
from rag.summarization.byline import byline
from rag.summarization.library import MAX_LISTED, Librarian, admitted
from rag.understanding.question.document_names import named
from rag.understanding.question.question import understand
from rag.understanding.wishes.library_wish import LibraryWish, library_wish

TITLE = "Snow Loads on Alpine Roofs"
PAPER = (
    f"{TITLE}\nAda Byron1, Grace M. Hopper2\n1 University of Bern\nAbstract",
    "We measured the load of snow on forty roofs. Inflationary prices were left out.",
)
LETTER = ("Family Day", "From: Emmy Noether <emmy@example.org>\nThe snow load of 1999 was heavy.")
SHEET = ("Roof | Load\nBarn | 3.1",)


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "ws") as opened:
        put(opened, PAPER, "papers/snow-loads.pdf", "application/pdf", title=TITLE)
        put(opened, LETTER, "mail/day.eml", "message/rfc822", title="Family Day")
        put(opened, SHEET, "barn.csv", "text/csv")
        yield opened


def put(index, texts, source, media_type, *, title=""):
    document = make_document(*texts, source=source, media_type=media_type, name=title)
    document = replace(document, page_count=12 if media_type == "application/pdf" else 0)
    put_document(index, document)


def ask(index, text, *, filters=None):
    query = Query(text=text, filters=filters or Filters())
    records = admitted(index.documents(), query.filters)
    return Librarian(index).answer(understand(query), records)


def wish(asks, **told):
    return LibraryWish(asks=asks, **told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How many documents do I have?", wish("count", kind="documents")),
        ("What's in this folder?", wish("list")),
        ("What is the title of the snow paper?", wish("title", named="the snow paper")),
        ("who sent the mail about snow?", wish("authors", named="the mail about snow")),
        ("who is speaking", wish("authors")),
    ],
)
def test_what_is_asked_of_the_documents_is_understood(text, expected):
    assert library_wish(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "How many documents does the MMDocIR dataset have?",
        "How many pages were printed in 1999?",
        "who is the man in the letter from",
        "How deep was the snow?",
    ],
)
def test_a_question_that_merely_speaks_of_documents_is_none(text):
    assert library_wish(text) is None


def test_documents_are_counted_and_listed_by_kind(index):
    everything, pdfs = (
        ask(index, "Which documents do I have?"),
        ask(index, "How many PDFs are there?"),
    )

    assert "**3 documents**: 1 PDF, 1 spreadsheet, 1 mail" in everything.text
    assert len(everything.citations) == 3
    assert pdfs.text.startswith("**1 PDF**")
    assert "- **papers/snow-loads.pdf** — Snow Loads on Alpine Roofs, 12 pages [1]" in pdfs.text


def test_only_what_is_searched_is_told_of(index):
    within = Filters(within=("mail/",))

    assert "**1 document**" in ask(index, "Which files are there?", filters=within).text
    assert ask(index, "Who wrote the snow paper?", filters=within) is None


@pytest.mark.parametrize(
    ("question", "text", "quote"),
    [
        (
            "Who wrote the snow loads paper?",
            "Ada Byron, Grace M. Hopper",
            "Ada Byron1, Grace M. Hopper2",
        ),
        (
            "Who wrote the mail about the family day?",
            "Emmy Noether",
            "Emmy Noether <emmy@example.org>",
        ),
        ("What is the title of snow-loads.pdf?", TITLE, TITLE),
        ("How many pages does the roofs paper have?", "12 pages", TITLE),
    ],
)
def test_one_document_tells_of_itself(index, question, text, quote):
    answer = ask(index, question)

    assert answer.text.startswith(f"**{text}** — ")
    assert answer.citations[0].quote == quote
    assert answer.text[slice(*answer.citations[0].span)] == "[1]"


@pytest.mark.parametrize(
    "question",
    ["Who wrote barn.csv?", "Who wrote War and Peace?", "What is the title of the film?"],
)
def test_what_no_document_tells_is_left_to_the_search(index, question):
    assert ask(index, question) is None


@dataclass
class Paper:
    sources: tuple[str, ...]
    title: str = ""
    media_type: str = "application/pdf"


def names(text, *papers, opening=""):
    return [paper.sources[0] for paper in named(text, papers, lambda _: opening)]


def test_a_document_is_named_by_file_title_and_beginning():
    shop = Paper(("reports/ultabeauty-2023q4.pdf",))
    paper = Paper(("papers/2303.05039.pdf",), title="LayoutParser: A Unified Toolkit")

    assert names("the LayoutParser paper", shop, paper) == ["papers/2303.05039.pdf"]
    assert names("Ulta's 2023q4 report", shop, paper) == ["reports/ultabeauty-2023q4.pdf"]
    assert names("ultabeauty-2023q4.pdf", shop, paper) == ["reports/ultabeauty-2023q4.pdf"]
    assert names("the report", shop, paper) == []
    assert names("the report", shop) == ["reports/ultabeauty-2023q4.pdf"]
    assert names("the letter on snow", shop, opening="Snow in May") == [*shop.sources]
    assert names("snow", shop, opening="Snow in May") == []


def test_long_lists_end_with_how_many_more(index):
    for n in range(MAX_LISTED):
        put(index, (f"Ice {n}",), f"ice-{n}.txt", "text/plain")

    answer = ask(index, "Which documents do I have?")
    assert len(answer.citations) == MAX_LISTED
    assert answer.text.endswith("And 3 more: the list of documents shows them all.")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("Author: E. F. Benson\nChapter one", "E. F. Benson"),
        (f"{TITLE}\n2. Edition, 31 March 2016\nMartin Thoma", "Martin Thoma"),
        (f"{TITLE}\nBasic Course\nA basic, basic, basic course of a course in course work", None),
        (f"{TITLE}\nUniversity of Bern", None),
        ("Dear Ada,\nthe roof holds.\nKind regards,\nGrace Hopper\nRoofer", "Grace Hopper"),
    ],
)
def test_authors_are_read_from_a_byline(lines, found):
    chunks = make_chunks(make_document(lines))

    told = byline(chunks, title=TITLE)
    assert (told and told.text) == found

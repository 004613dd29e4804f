"""What a summary takes of a document and what it leaves out; every mark points at its words."""

from dataclasses import replace

import pytest
from builders_index import make_chunks, make_document
from builders_large import SayingGenerator, large
from builders_written import RecordedModel
from fakes import FakeEmbedder

from rag.datamodel import Chunk, Filters, Hit, Provenance, Query, Turn
from rag.errors import PagelightError, WriterFailedError
from rag.generation.writers.answer_writer import AnswerWriter
from rag.storage.documents.records import DocumentRecord
from rag.summarization.library import chosen
from rag.summarization.statements import statements_of
from rag.summarization.summarizer import STAGE, Summarizer
from rag.understanding.question.question import understand
from rag.understanding.wishes.summary_wish import LENGTHS, SummaryWish, summary_wish

SNOW = "The station measured 317 cm of snow on the Sturmjoch in the winter of 1999."
FUEL = "Diesel for the generator is flown in by helicopter twice in each summer season."
STAFF = "Two observers live on the pass at a time and are relieved after four weeks of duty."
NOTICE = "No part of this publication may be copied without the prior written permission of us."
CONTENTS = "Snow depth and its measurement . . . . . . . . . . . . . 12"


class Shelf:
    """Documents in memory, their chunks embedded by words."""

    def __init__(self, *documents):
        self.embedder = FakeEmbedder()
        self.of = {doc.id: chunks for doc, chunks in documents}
        self.records = [
            DocumentRecord(
                id=doc.id,
                sources=doc.sources,
                media_type=doc.media_type,
                page_count=doc.page_count,
                chunk_count=len(chunks),
            )
            for doc, chunks in documents
        ]

    def chunks_of(self, doc_id):
        return self.of[doc_id]

    def chunks_by_document(self, doc_ids):
        return {doc_id: [chunk.id for chunk in self.of[doc_id]] for doc_id in doc_ids}

    def vectors(self, ids):
        texts = {c.id: c.text for chunks in self.of.values() for c in chunks}
        return dict(
            zip(ids, self.embedder.embed_documents([texts[key] for key in ids]), strict=True)
        )


class Album:
    """Pictures that say something where they have words."""

    def is_telling(self, chunk):
        return bool(chunk.text)

    def caption(self, chunk):
        return chunk.text

    def by_citations(self, answer, _asked):
        del answer
        return ()


def shelved(*texts, source="notes/a.txt"):
    doc = make_document(*texts, source=source)
    return doc, make_chunks(doc)


def summary(shelf, text="Summarise", *, writer=None, records=None):
    maker = Summarizer(shelf, shelf.embedder.embed_documents, Album())
    asked, wish = understand(Query(text=text)), summary_wish(text)
    *_, answer = maker.summarize(asked, wish, records or shelf.records, writer)
    return answer


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Summarise", SummaryWish()),
        (
            "Summarise reports/q 3.pdf in short",
            SummaryWish(length="short", named="reports/q 3.pdf"),
        ),
        ("what is it about?", SummaryWish(refers=True)),
        ("What is the snow report about?", SummaryWish(named="the snow report")),
        ("what are the key points in this letter", SummaryWish(one="letter")),
        ("what does the snow report say", SummaryWish(named="the snow report")),
        ("What did the audit find?", SummaryWish(named="the audit")),
        ("Summarise pages 5-3 of a.pdf", SummaryWish(named="a.pdf", pages=(3, 5))),
    ],
)
def test_a_wish_for_a_summary_is_understood(text, wish):
    assert summary_wish(text) == wish


@pytest.mark.parametrize(
    "text",
    [
        "What is the summary of the case?",
        "Which table gives an overview of the rainfall?",
        "What is the report of 1999 about the fuel?",
        "main course",
        "What does the report say about dogs?",
    ],
)
def test_a_question_with_the_word_in_it_is_none(text):
    assert summary_wish(text) is None


def test_contents_notices_and_what_each_page_repeats_can_not_be_said():
    pages = [f"Weather report, page {n}\n{text}" for n, text in enumerate((SNOW, FUEL, STAFF))]
    _, chunks = shelved(*pages, NOTICE, CONTENTS)

    assert [statement.text for statement in statements_of(chunks)] == [SNOW, FUEL, STAFF]


def test_every_mark_of_a_summary_stands_for_its_very_words():
    shelf = Shelf(shelved(f"{SNOW} {FUEL}", STAFF))
    answer = summary(shelf)

    assert answer.complete
    assert [citation.quote for citation in answer.citations] == [SNOW, FUEL, STAFF]
    assert [citation.number for citation in answer.citations] == [1, 1, 2]
    for citation in answer.citations:
        start, end = citation.span
        assert answer.text[start:end] == f"[{citation.number}]"
        assert answer.text[:start].endswith(f"{citation.quote} ")
    assert STAGE in dict(answer.timings_s)


def test_a_longer_summary_says_more_and_nothing_twice():
    facts = [
        SNOW,
        FUEL,
        STAFF,
        "The first weather hut was built in 1912 by Carl Frey and burned down eleven years later.",
        "Rime ice broke three anemometers during the storms of January and February 2003.",
        "Visitors reach the terrace by cable car on most days between June and April.",
        "A new radar mast was paid for by the canton, which gave 240,000 francs for its steel.",
        "Bearded vultures nest in the cliffs beneath, so no drones fly there before August.",
    ]
    shelf = Shelf(shelved(*facts, facts[0]))
    counts = {
        length: len(summary(shelf, f"Summarise{LENGTHS[length]}").citations) for length in LENGTHS
    }

    assert counts["short"] == 3
    assert counts["medium"] == 6
    assert counts["long"] == 8


def test_of_many_documents_each_is_told_by_its_title_and_one_line():
    duty = [shelved(f"Duty begins in week {n}.", STAFF, source=f"{n}.txt") for n in range(5)]
    abstract = shelved(SNOW, "Results: rime stopped a third of all the cups.", source="paper.pdf")
    shelf = Shelf(*duty, abstract)
    shelf.records[-1] = replace(shelf.records[-1], title="Rime and cups")
    answer = summary(shelf, "What are these documents about?")

    lines = answer.text.split("\n")
    assert len(lines) == 6
    assert lines[0] == f"- **0.txt** — {STAFF} [1]"
    assert lines[-1] == "- **Rime and cups** — Results: rime stopped a third of all the cups. [6]"


def test_documents_of_one_name_are_told_by_their_folders_too():
    spring = shelved("Duty begins in week 3.", STAFF, source="spring/duty.txt")
    autumn = shelved("Duty begins in week 40.", FUEL, source="autumn/duty.txt")
    answer = summary(Shelf(spring, autumn), "What are these documents about?")

    assert answer.text.count("- **spring/duty.txt** — ") == answer.text.count("**spring")
    assert "- **autumn/duty.txt** — " in answer.text


def test_a_table_is_told_by_its_columns_and_rows():
    doc = make_document("a", source="t.csv")
    text = "Name | Height | Built\nAlba | 12 m | 1912\nCevio | 9 m | 1934"
    grid = Chunk(
        id="t",
        doc_id=doc.id,
        source="t.csv",
        ordinal=0,
        role="table",
        text=text,
        provenances=(Provenance(span=(0, len(text))),),
    )
    answer = summary(Shelf((doc, [grid])))

    assert answer.text == "- a table of 2 rows: Name · Height · Built [1]"
    assert answer.citations[0].quote == "Name | Height | Built"


def test_a_larger_model_is_given_the_places_and_writes():
    model = SayingGenerator("Much snow lay in winter on the Sturmjoch", ", 317 cm [1].")
    answer = summary(Shelf(shelved(SNOW, FUEL)), writer=large(model))

    (asked,) = model.asked
    assert answer.text == "Much snow lay in winter on the Sturmjoch, 317 cm [1]."
    assert answer.query.text == "Summarise"
    assert "four sentences" in asked.query.text
    assert [hit.chunk.text for hit in asked.context.hits] == [SNOW, FUEL]


@pytest.mark.parametrize(
    ("called", "sources"),
    [
        ("letter", ["2019 letter.docx"]),
        ("presentation", ["briefing.pptx"]),
        ("document", ["2019 letter.docx", "briefing.pptx", "fuel.txt"]),
        ("book", ["2019 letter.docx", "briefing.pptx", "fuel.txt"]),
    ],
)
def test_the_letter_is_the_document_that_is_called_so_or_is_one(called, sources):
    types = ["text/plain", "application/vnd.oasis.opendocument.presentation", "text/plain"]
    records = [
        DocumentRecord(id=name, sources=(name,), media_type=media_type, page_count=1, chunk_count=1)
        for name, media_type in zip(
            ["2019 letter.docx", "briefing.pptx", "fuel.txt"], types, strict=True
        )
    ]
    wish = SummaryWish(one=called)
    found = chosen(records, understand("Summarise"), wish, lambda _: "", lambda _: [])

    assert [record.sources[0] for record in found or []] == sources


def test_a_document_is_chosen_by_its_name_or_by_what_is_searched():
    shelf = Shelf(shelved(SNOW, source="x/snow.txt"), shelved(FUEL, source="fuel.txt"))
    everything = Query(text="Summarise")
    only = Query(text="Summarise", filters=Filters(within=("x/",)))

    def opening(record):
        return shelf.chunks_of(record.id)[0].text

    def names(query, named=""):
        found = chosen(
            shelf.records, understand(query), SummaryWish(named=named), opening, lambda _: []
        )
        return found and [record.sources[0] for record in found]

    assert names(everything) == ["fuel.txt", "x/snow.txt"]
    assert names(only) == ["x/snow.txt"]
    assert names(everything, "the Snow.txt") == ["x/snow.txt"]
    assert names(everything, "the report on Sturmjoch") == ["x/snow.txt"]
    assert names(everything, "the results") is None
    with pytest.raises(PagelightError, match="no document"):
        names(Query(text="Summarise", filters=Filters(within=("y/",))))


@pytest.mark.parametrize(
    ("named", "share", "source"),
    [
        ("the report on the generator", 1.0, "fuel.txt"),
        ("the study of the generators", 0.8, "fuel.txt"),
        ("the report on the generator", 0.5, None),
        ("the generator", 1.0, None),
    ],
)
def test_the_report_on_something_is_the_one_of_which_nearly_all_is_found(named, share, source):
    shelf = Shelf(shelved(SNOW, source="x/snow.txt"), shelved(FUEL, source="fuel.txt"))
    snow, fuel = (shelf.chunks_of(record.id)[0] for record in shelf.records)

    def find(words):
        assert words == named
        of_fuel = round(10 * share)
        chunks = [fuel] * of_fuel + [snow] * (10 - of_fuel)
        return [
            Hit(chunk=one, score=1.0, rank=n, channel="fused") for n, one in enumerate(chunks, 1)
        ]

    wish = SummaryWish(named=named)
    found = chosen(shelf.records, understand("Summarise"), wish, lambda _: "", find)

    assert [record.sources[0] for record in found or []] == ([source] if source else [])


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("summarise it", ["snow.txt"]),
        ("what are the main findings?", ["snow.txt"]),
        ("what's on page 1", ["snow.txt"]),
        ("summarise fuel.txt", ["fuel.txt"]),
    ],
)
def test_amid_a_conversation_what_names_none_is_of_the_document_spoken_of(text, sources):
    shelf = Shelf(shelved(SNOW, source="snow.txt"), shelved(FUEL, source="fuel.txt"))
    history = [Turn(question="How deep?", answer="Deep.", cited=("snow.txt", "fuel.txt"))]
    asked = understand(text, history)

    found = chosen(shelf.records, asked, asked.summary, lambda _: "", lambda _: [])

    assert [record.sources[0] for record in found or []] == sources


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("what is on page 1", ["receipt.jpg"]),
        ("what is on page 3", ["report.pdf"]),
        ("what is slide 2 about?", ["briefing.pptx"]),
        ("what's on slide 9", ["briefing.pptx"]),
    ],
)
def test_pages_are_of_a_document_that_has_them_and_slides_of_a_presentation(text, sources):
    pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    records = [
        DocumentRecord(id=n, sources=(n,), media_type=kind, page_count=pages, chunk_count=1)
        for n, kind, pages in (
            ("briefing.pptx", pptx, 2),
            ("receipt.jpg", "image/jpeg", 1),
            ("report.pdf", "application/pdf", 3),
        )
    ]
    history = [Turn(question="How much?", answer="Nine.", cited=("receipt.jpg",))]
    asked = understand(text, history)

    found = chosen(records, asked, asked.summary, lambda _: "", lambda _: [])

    assert [record.sources[0] for record in found or []] == sources


def test_what_these_documents_are_about_is_told_of_those_without_pages_too():
    records = [
        DocumentRecord(id=n, sources=(n,), media_type=kind, page_count=pages, chunk_count=1)
        for n, kind, pages in (("page.html", "text/html", 0), ("report.pdf", "application/pdf", 3))
    ]
    asked = understand("what are these documents about?")

    assert chosen(records, asked, asked.summary, lambda _: "", lambda _: []) == records


def test_a_summary_of_some_pages_is_of_these_alone():
    doc, (snow, fuel) = shelved(SNOW, FUEL)
    shelf = Shelf((doc, [snow, replace(fuel, provenances=(Provenance(page=2),))]))

    answer = summary(shelf, "What is on page 2?")
    beyond = summary(shelf, "Summarise page 3")

    assert [citation.quote for citation in answer.citations] == [FUEL]
    assert (beyond.text, beyond.answered) == ("notes/a.txt has 1 page.", False)


def test_a_summary_that_cannot_be_written_is_in_the_documents_words():
    shelf = Shelf(shelved(SNOW, FUEL))
    failing = SayingGenerator("Half a", error=WriterFailedError("The model failed."))
    answer, quoted = summary(shelf, writer=large(failing)), summary(shelf)

    assert (answer.text, answer.citations) == (quoted.text, quoted.citations)
    assert answer.notes == (*quoted.notes, "The model failed.")
    assert answer.complete


def test_the_model_of_the_set_up_shortens_one_document_and_each_sentence_is_checked():
    model = RecordedModel("317 cm of snow were measured on the Sturmjoch. 400 bears came.")
    answer = summary(Shelf(shelved(FUEL, SNOW)), writer=AnswerWriter(model, len))

    assert answer.text == "317 cm of snow were measured on the Sturmjoch [1]."
    assert [hit.chunk.text for hit in answer.context.hits] == [SNOW, FUEL]
    assert SNOW in model.asked[0]
    assert answer.complete
    assert STAGE in dict(answer.timings_s)


@pytest.mark.parametrize("written", ["400 bears came.", ""])
def test_where_nothing_that_is_written_stands_the_document_is_quoted(written):
    shelf = Shelf(shelved(SNOW, FUEL))
    answer = summary(shelf, writer=AnswerWriter(RecordedModel(written), len))

    assert answer.text == summary(shelf).text
    assert answer.complete

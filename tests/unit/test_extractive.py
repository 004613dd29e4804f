from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit, snow_scorer
from fakes import FakeEmbedder

from rag.answer.citations import resolve_marks
from rag.answer.extractive import (
    LONGEST_QUOTE_WORDS,
    ExtractiveGenerator,
    shortened,
)
from rag.answer.tables import row_quotation
from rag.datamodel import Context, Prompt, Query

QUESTION = "How deep was the snow in March 1999?"


def answer(question, *hits):
    generator = ExtractiveGenerator(snow_scorer(), FakeEmbedder())
    context = Context(hits=hits)
    return "".join(generator.stream(Prompt(query=Query(text=question), context=context))), context


def test_the_answer_is_a_quotation_with_its_mark():
    text, context = answer(QUESTION, hit(chunk("w", WINTER)))

    assert text.startswith("“Snow lay 317 cm deep in March 1999.” [1]")
    (first, *_), unresolved = resolve_marks(text, context)
    assert first.quote == "Snow lay 317 cm deep in March 1999."
    assert unresolved == ()


def test_a_table_row_names_its_columns_and_is_cited_to_that_row():
    text, context = answer(
        "What was the greatest depth in 1999?", hit(chunk("t", DEPTHS, role="table"))
    )

    assert text.startswith("1999 — Greatest depth: 317 cm; Days of snow: 171 [1]")
    assert resolve_marks(text, context)[0][0].quote == "1999 | 317 cm | 171"


def test_columns_that_the_question_names_come_first():
    row = row_quotation("Year | Rain | Snow", "1999 | 12 | 317", "How much snow?")

    assert row == "1999 — Snow: 317; Rain: 12"


def test_a_wide_row_shows_the_columns_that_fit():
    header = " | ".join(["Year", *(f"column number {n} of many" for n in range(20)), "Snow"])
    row = row_quotation(header, " | ".join(["1999", *"abcdefghijklmnopqrst", "317"]), "Snow?")

    assert row.startswith("1999 — Snow: 317; column number 0 of many: a")
    assert row.endswith("; …")


def test_an_empty_first_cell_is_no_label():
    assert row_quotation("| 2003 | 2002", "| 5 | 6", "How much?") == "2003: 5; 2002: 6"


def test_the_same_words_are_not_quoted_twice():
    text, _ = answer(QUESTION, hit(chunk("w", WINTER)), hit(chunk("x", WINTER), rank=2))

    assert text.count("317 cm") == 1


def test_a_long_sentence_is_shortened_around_the_words_of_the_question():
    sentence = " ".join(["early"] * 60 + ["snow", "was", "deep"] + ["late"] * 60)
    quote = shortened(sentence, "How deep was the snow?")

    assert quote.startswith("… ")
    assert quote.endswith(" …")
    assert "snow was deep" in quote
    assert len(quote.split()) <= LONGEST_QUOTE_WORDS + 2


def test_nothing_to_quote_gives_no_text():
    assert answer(QUESTION)[0] == ""


def test_a_mark_inside_the_quoted_words_cites_nothing():
    quoted = "Snow lay 317 cm deep in March 1999, as others found [2]."
    text, context = answer(QUESTION, hit(chunk("w", quoted)), hit(chunk("m", MARMOTS), rank=2))

    citations, unresolved = resolve_marks(text, context)
    assert [c.number for c in citations][:1] == [1]
    assert citations[0].quote == quoted
    assert all(c.chunk.id == "w" for c in citations if "317" in c.quote)
    assert unresolved == ()


def test_another_document_that_fits_as_well_is_quoted_before_more_of_the_same():
    report = chunk("r", f"{WINTER} Snow lay deep in March.", source="report.pdf")
    letter = chunk("l", "The snow lay 290 cm deep in March 1999.", source="letter.docx")
    text, _ = answer(QUESTION, hit(report), hit(letter, rank=2))

    assert "317 cm" in text.split("[")[0]
    assert "290 cm" in text.split("]")[1]

import pytest
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit, resolve_marks, snow_scorer
from fakes import FakeEmbedder

from rag.answer.base.tables import row_quotation
from rag.answer.compose.extractive import (
    DIFFER,
    SURE_WORDS,
    ExtractiveGenerator,
    ToldAnswer,
    opening,
)
from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.ranking import AnswerRanker, FoundAnswer
from rag.answer.question.question import understand
from rag.datamodel import NO_WISHES, AnswerWishes, Context, Prompt, Query
from rag.text import content_stems

QUESTION = "How deep was the snow in March 1999?"


def answer(question, *hits, confidence=1.0, wishes=NO_WISHES):
    generator = ExtractiveGenerator(AnswerRanker(snow_scorer()), FakeEmbedder())
    context = Context(hits=hits)
    prompt = Prompt(
        query=Query(text=question, wishes=wishes), context=context, confidence=confidence
    )
    return "".join(generator.stream(prompt)), context


def test_the_short_answer_comes_first_then_its_words_and_mark():
    text, context = answer(QUESTION, hit(chunk("w", WINTER)))

    assert text.startswith("**317 cm** — “Snow lay 317 cm deep in March 1999.” [1]")
    (first, *_), unresolved = resolve_marks(text, context)
    assert first.quote == "Snow lay 317 cm deep in March 1999."
    assert unresolved == ()


def test_a_table_row_names_its_columns_and_is_cited_to_that_row():
    text, context = answer(
        "What was the greatest depth in 1999?", hit(chunk("t", DEPTHS, role="table"))
    )

    assert text.startswith("**317 cm** — 1999 — Greatest depth: 317 cm; Days of snow: 171 [1]")
    assert resolve_marks(text, context)[0][0].quote == "1999 | 317 cm | 171"


def test_yes_or_no_is_answered_by_what_the_documents_say():
    text, context = answer("Was the snow deep in March 1999?", hit(chunk("w", WINTER)))

    assert text.startswith("**“Snow lay 317 cm deep in March 1999”** [1]")
    assert resolve_marks(text, context)[1] == ()


def test_what_the_question_says_itself_is_no_short_answer():
    text, _ = answer("And what about 317 cm in March 1999?", hit(chunk("w", WINTER)))

    assert "Snow lay 317 cm deep in March 1999" in text
    assert "**317 cm**" not in text


def test_what_something_is_is_told_in_a_sentence():
    text, _ = answer("What is snow?", hit(chunk("w", WINTER)))

    assert text
    assert "**" not in text


@pytest.mark.parametrize(
    ("wish", "is_short"),
    [("all boots wiped", True), ("all boots wiped well before dinner is served", False)],
)
def test_a_clause_is_no_short_answer(wish, is_short):
    text, _ = answer(
        "What did the keeper of the hut want?",
        hit(chunk("r", f"The keeper of the hut wanted: {wish}.")),
    )

    assert wish in text
    assert (f"**{wish}**" in text) is is_short


def test_what_something_is_like_is_described():
    text, _ = answer("What was the snow like in March 1999?", hit(chunk("w", WINTER)))

    assert text
    assert "**" not in text


def test_steps_are_no_short_answer():
    text, _ = answer("How should we keep the snow of March 1999 deep?", hit(chunk("w", WINTER)))

    assert text
    assert "**" not in text


def test_without_an_answer_the_cells_that_share_most_with_the_question_come_first():
    row = row_quotation(
        "Day | Kind | News", "3 Jan | Snow | The road was closed", content_stems("Road closed?")
    )

    assert row == "3 Jan — News: The road was closed; Kind: Snow"


def test_the_column_of_the_answer_comes_first():
    row = row_quotation("Year | Rain | Snow", "1999 | 12 | 317", (), answer="317")

    assert row == "1999 — Snow: 317; Rain: 12"


def test_a_row_that_ends_with_its_last_filled_cell_has_the_names_of_its_columns():
    assert row_quotation("Year | Rain | Snow", "1999 | 12", ()) == "1999 — Rain: 12"
    assert row_quotation("Year | Rain", "1999 | 12 | 317", ()) == "1999 — 12; 317"


def test_a_row_whose_label_is_the_answer_says_it_once():
    text, asked = "Year | Snow\n1999 | 317", understand("Which year?")
    start = text.index("1999")
    row = Evidence(hit=hit(chunk("t", text, role="table")), start=start, end=len(text))
    short = Short(evidence=row, start=start, end=start + 4, form="number")
    told = ToldAnswer(found=FoundAnswer(evidence=row, short=short, chance=1.0))

    assert opening(told, asked, is_sure=True) == "**1999** — Snow: 317 [1]"
    assert opening(told, asked, is_sure=False) == "1999 — Snow: 317 [1]"


def test_columns_that_the_question_names_come_first():
    row = row_quotation("Year | Rain | Snow", "1999 | 12 | 317", content_stems("How much snow?"))

    assert row == "1999 — Snow: 317; Rain: 12"


def test_a_wide_row_shows_the_columns_that_fit():
    header = " | ".join(["Year", *(f"column number {n} of many" for n in range(20)), "Snow"])
    row = row_quotation(header, " | ".join(["1999", *"abcdefghijklmnopqrst", "317"]), {"snow"})

    assert row.startswith("1999 — Snow: 317; column number 0 of many: a")
    assert row.endswith("; …")


def test_an_empty_first_cell_is_no_label():
    assert row_quotation("| 2003 | 2002", "| 5 | 6", ()) == "2003: 5; 2002: 6"


def test_the_same_words_are_not_quoted_twice():
    text, _ = answer(QUESTION, hit(chunk("w", WINTER)), hit(chunk("x", WINTER), rank=2))

    assert text.count("317 cm deep") == 1
    assert text.count("closed in May") <= 1


def test_a_short_answer_that_is_not_sure_stands_in_the_passage_alone():
    text, context = answer(QUESTION, hit(chunk("w", WINTER)), confidence=0.3)

    assert "**" not in text
    assert text.count("Snow lay 317 cm deep in March 1999.") == 1
    assert "317 cm" in resolve_marks(text, context)[0][0].quote


def test_the_sentence_of_a_short_answer_is_told_once():
    said = " ".join(f"word{n}" for n in range(15))
    told = f"Snow lay 317 cm deep in March 1999, as {said} say."
    text, _ = answer(QUESTION, hit(chunk("w", f"{told} Nobody went up that week.")))

    assert text.startswith(f"**317 cm** — “{told}” [1]")
    assert text.count("word14") == 1


def test_a_point_is_quoted_without_its_mark():
    text, _ = answer(QUESTION, hit(chunk("w", "- Snow lay 317 cm deep in March 1999.")))

    assert text.startswith("**317 cm** — “Snow lay 317 cm deep")


def test_a_long_sentence_is_shortened_around_the_answer():
    words = ["early"] * 60 + ["snow", "was", "deep,", "317", "cm"] + ["late"] * 60
    text, _ = answer("How deep was the snow?", hit(chunk("w", " ".join(words))))

    assert "… " in text
    assert "317 cm" in text.split("—")[1]
    assert len(text.split("\n\n")[0].split()) <= SURE_WORDS + 8


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


def test_sources_that_say_the_same_share_a_line():
    report = chunk("r", WINTER, source="report.pdf")
    letter = chunk("l", "The letter says: 317 cm of snow in March 1999.", source="letter.docx")
    text, _ = answer(QUESTION, hit(report), hit(letter, rank=2))

    assert "[1][2]" in text or "[2][1]" in text


def test_sources_that_differ_are_shown_side_by_side():
    report = chunk("r", "Snow lay 317 cm deep in March 1999.", source="report.pdf")
    letter = chunk("l", "Snow lay 290 cm deep in March 1999.", source="letter.docx")
    text, _ = answer(QUESTION, hit(report), hit(letter, rank=1))

    assert text.startswith(DIFFER)
    assert "**317 cm**" in text
    assert "**290 cm**" in text


def test_a_calculation_shows_its_result_its_working_and_each_number():
    text, context = answer(
        "How many more days of snow were there in 1999 than in 1998?",
        hit(chunk("t", DEPTHS, role="table")),
    )

    assert text.startswith("**31** — 171 - 140")
    assert [c.quote for c in resolve_marks(text, context)[0]] == [
        "1999 | 317 cm | 171",
        "1998 | 212 cm | 140",
    ]


def test_each_of_two_questions_gets_its_answer():
    texts = ("Ada Frey keeps the log of the pass.", "Ada Frey is a physicist by training.")
    hits = [hit(chunk(f"a{n}", text), n) for n, text in enumerate(texts, start=1)]
    text, context = answer("Who keeps the log of the pass, and what is her training?", *hits)

    assert text.startswith("**Ada Frey**")
    assert "physicist" in text
    assert {c.number for c in resolve_marks(text, context)[0]} == {1, 2}


def test_a_row_that_stands_above_the_passage_is_not_shown_again():
    text, _ = answer("How great was the depth in 1999?", hit(chunk("t", DEPTHS, role="table")))

    assert text.startswith("**317 cm**")
    assert text.count("171") == 1


def test_an_answer_is_as_long_as_it_is_wanted():
    told = " ".join(
        f"The snow of March 1999 was deep at station {n} of the valley." for n in range(30)
    )
    hits = [hit(chunk(f"w{n}", told.replace("station", f"hut {n}")), rank=n + 1) for n in range(3)]
    short, usual, long = (
        len(answer("Tell me about the snow of March 1999", *hits, wishes=wishes)[0].split())
        for wishes in (AnswerWishes(length="short"), NO_WISHES, AnswerWishes(length="long"))
    )

    assert short < 0.6 * usual
    assert long > 1.5 * usual


def test_no_few_words_answer_what_is_to_be_told_at_length():
    text, _ = answer("Tell me about the snow in March 1999", hit(chunk("w", WINTER)))

    assert "**" not in text


def test_a_sentence_whose_beginning_opens_the_answer_is_quoted_whole_below():
    told = (
        "Snow lay 317 cm deep in March 1999, after four storms in as many weeks had closed the"
        " road over the pass and cut the village off from all that it needs to live through a"
        " winter until the army came with sledges."
    )

    text, _ = answer(QUESTION, hit(chunk("w", told)))

    short, _, passage = text.partition("\n\n")
    assert "sledges" not in short
    assert told in passage


def test_lettering_of_a_chart_gives_no_short_answer():
    lettering = "Snow depth in March\ncm 300 200 100 1998 1999\n212 317"

    text, _ = answer(QUESTION, hit(chunk("f", lettering, role="figure")))

    assert "317" in text
    assert "**" not in text


def test_what_is_of_another_kind_than_asked_is_no_short_answer():
    text, _ = answer(
        "What is the telephone number of the hut?",
        hit(chunk("h", "The hut is looked after by the CSA, but it has no telephone yet.")),
    )

    assert "**" not in text


def test_one_number_is_a_short_answer_though_the_question_speaks_of_several_things():
    told, _ = answer("How deep was all the snow in March 1999?", hit(chunk("w", WINTER)))
    listed, _ = answer("List how deep all the snow was in March 1999", hit(chunk("w", WINTER)))

    assert told.startswith("**317 cm**")
    assert "**" not in listed


def test_what_is_as_likely_in_many_places_is_no_short_answer():
    places = "north south east west valley forest garden village meadow".split()
    hits = [
        hit(chunk(name, f"In the {name} the snow lay {30 + 11 * n} cm deep."), rank=n)
        for n, name in enumerate(places, start=1)
    ]

    assert "**" not in answer("How deep was the snow?", *hits)[0]
    assert "**41 cm**" in answer("How deep was the snow?", hits[0])[0]


def test_what_is_told_of_no_month_or_no_extreme_is_no_short_answer_to_one():
    year = hit(chunk("y", "The snow lay 317 cm deep."))
    july = hit(chunk("j", "In July the snow lay 17 cm deep; that is the deepest."))

    for question in ("How deep was the snow in July?", "How deep was the deepest snow?"):
        assert "**" not in answer(question, year)[0]
        assert answer(question, july)[0].startswith("**17 cm**")


@pytest.mark.parametrize(
    ("question", "is_bold"),
    [("When is the fair of the hut?", True), ("What changes at the fair of the hut?", False)],
)
def test_a_day_stands_in_bold_where_a_day_is_asked_for(question, is_bold):
    text, _ = answer(question, hit(chunk("f", "The fair of the hut is on 3 March 1999.")))

    assert text.startswith("**") is is_bold
    assert "3 March 1999" in text

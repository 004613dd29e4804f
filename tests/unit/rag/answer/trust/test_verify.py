import functools
import math
import time
from dataclasses import replace

import pytest
from builders_answer import (
    DEPTHS,
    MARMOTS,
    WINTER,
    chunk,
    hit,
    resolve_marks,
    snow_index,
    snow_scorer,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer.base.prompt import build_prompt
from rag.answer.passages.passages import Passages
from rag.answer.trust.support import Passage
from rag.answer.trust.verify import (
    UNREAD,
    Checked,
    SupportWeights,
    Verifier,
    excerpt,
    is_quotation,
    is_worked_out,
)
from rag.datamodel import Answer, Context, Query
from rag.generation.extractive import ExtractiveWriter
from rag.protocols import Reading

CONTEXT = Context(
    hits=(
        hit(chunk("winter", WINTER), 1),
        hit(chunk("depths", DEPTHS, role="table"), 2),
        hit(chunk("marmots", MARMOTS), 3),
    )
)


class SteadyReader:
    """Holds everything equally relevant, and counts what it reads."""

    def __init__(self):
        self.read_count = 0

    def read(self, question, passages, *, contexts):  # noqa: ARG002 - it has no opinion
        self.read_count += len(passages)
        return [Reading(relevance=0.5) for _ in passages]


def frequencies(terms):
    return dict.fromkeys(terms, 1), 10


def answer(text, context=CONTEXT):
    citations, unresolved = resolve_marks(text, context)
    return Answer(
        query=Query(text="Snow?"),
        text=text,
        context=context,
        citations=citations,
        unresolved=unresolved,
    )


def marked(text, **options):
    checker = Verifier(SteadyReader(), frequencies, **options)
    return [text[start:end] for start, end in checker.check(answer(text)).unsupported]


@pytest.mark.parametrize(
    "text",
    [
        "Snow lay 317 cm deep in March 1999 [1].",
        "In March 1999 the snow lay 317 cm deep [1].",
        "The pass was closed in May [1]. Marmots eat grass [3].",
        "**317 cm** — 1999 — Greatest depth: 317 cm; Days of snow: 171 [2]",
        "From 1998 to 1999 the greatest depth grew by 105 cm (317 - 212) [2].",
        "Marmots sleep from October until April.",
    ],
)
def test_what_its_sources_say_is_not_marked(text):
    assert marked(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Snow lay 371 cm deep in March 1999 [1].",
        "The pass was not closed in May [1].",
        "The glacier of Aletsch lost 38 metres [1].",
        "From 1998 to 1999 the greatest depth grew by 95 cm (317 - 212) [2].",
        "Marmots eat 12 chickens.",
    ],
)
def test_what_its_sources_do_not_say_is_marked(text):
    (found,) = marked(text)

    assert text.startswith(found)


def test_a_sentence_is_compared_by_the_forms_that_words_have_in_its_language():
    source = chunk("gasthaus", "Die Gäste schlafen in einem Haus und zahlen viel.")
    text = (
        "Der Gast schläft in den Häusern und zahlt viel [1]. Der Gast schläft in den Ställen [1]."
    )

    checked = Verifier(SteadyReader(), frequencies).check(
        answer(text, Context(hits=(hit(source, 1),)))
    )

    assert [text[start:end] for start, end in checked.unsupported] == [
        "Der Gast schläft in den Ställen"
    ]


def test_only_the_sentence_that_is_not_borne_out_is_marked():
    text = "The pass was closed in May [1]. It had 99 guests in 2005 [1]. Rain fell in June [1]."

    assert marked(text) == ["It had 99 guests in 2005"]


def test_a_refusal_is_not_checked():
    refused = Answer(query=Query(text="Snow?"), text="Nothing is 12.", answered=False)

    assert Verifier(SteadyReader(), frequencies).check(refused) == Checked()


def test_a_quotation_is_found_without_reading():
    reader = SteadyReader()
    text = "“Snow lay 317 cm deep in March 1999.” [1]\n\n- 1999 — Greatest depth: 317 cm [2]"

    assert Verifier(reader, frequencies).check(answer(text)).unsupported == ()
    assert reader.read_count == 0


def test_until_the_reader_is_ready_sentences_are_checked_without_it():
    reader = SteadyReader()
    checker = Verifier(reader, frequencies, ready=lambda: False)
    text = "In March the snow lay 317 cm deep [1]. It lay 400 cm deep in Chur [1]."

    ((start, end),) = checker.check(answer(text)).unsupported

    assert text[start:end] == "It lay 400 cm deep in Chur"
    assert reader.read_count == 0


def test_words_of_two_rows_are_no_quotation_of_a_table():
    table = chunk("depths", DEPTHS, role="table")

    assert is_quotation("1999 — Greatest depth: 317 cm", table)
    assert not is_quotation("1998 — Greatest depth: 317 cm", table)


def test_half_a_number_is_no_quotation():
    assert not is_quotation("17 cm", chunk("winter", WINTER))


def test_a_calculation_must_hold_over_numbers_of_the_sources():
    chunks = [chunk("depths", DEPTHS, role="table")]

    assert is_worked_out("**105 cm** — 317 - 212", chunks)
    assert not is_worked_out("**205 cm** — 317 - 212", chunks)
    assert not is_worked_out("**105 cm** — 318 - 213", chunks)


def test_of_a_long_table_the_header_is_read_with_the_row():
    rows = "\n".join(f"{year} | {year - 1700} cm | {year % 97}" for year in range(1900, 1960))
    found = excerpt(
        "In 1955 the depth was 255 cm.",
        Passage(text=f"Year | Greatest depth | Days\n{rows}"),
        lambda _: 1.0,
    )

    assert found.text.startswith("Year | Greatest depth | Days\n")
    assert "1955 | 255 cm" in found.text
    assert len(found.text) < 700


def test_a_chance_is_the_logistic_of_the_weighted_signs():
    weights = SupportWeights(weights={"cover": 2.0}, bias=-1.0, threshold=0.5)

    assert weights.chance({"cover": 1.0, "unknown": 9.0}) == pytest.approx(1 / (1 + math.exp(-1)))


WORDS = "snow depth march may june pass marmots october grass days 1998 1999 rain closed".split()


@functools.cache
def quoting_generator():
    _, embedder = snow_index()
    return ExtractiveWriter(Passages(snow_scorer()), embedder)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_what_the_extractive_generator_quotes_is_never_marked(words):
    prompt = build_prompt(Query(text=f"What {' '.join(words)}?"), CONTEXT)
    reader = SteadyReader()
    text = "".join(quoting_generator().stream(prompt))

    assert Verifier(reader, frequencies, quoting=True).check(answer(text)).unsupported == ()
    assert reader.read_count == 0


def test_a_table_is_called_by_the_heading_above_it():
    table = replace(chunk("depths", DEPTHS, role="table"), context="winters — Depths by year")
    context = Context(hits=(hit(table, 1),))
    text = (
        "**1999** — the year of the row with the largest depth, of all 3 rows of “Depths by year”."
        "\n\n- 1999 — Greatest depth: 317 cm [1]"
    )
    checker = Verifier(SteadyReader(), frequencies, quoting=True)

    assert checker.check(answer(text, context)).unsupported == ()
    by_file = text.replace("Depths by year", table.source)
    assert checker.check(answer(by_file, context)).unsupported == ()
    other = text.replace("by year", "by month")
    assert checker.check(answer(other, context)).unsupported != ()


def test_checking_quotations_costs_next_to_nothing():
    text = "\n\n".join(["“Snow lay 317 cm deep in March 1999.” [1]"] * 3)
    checker = Verifier(SteadyReader(), frequencies, quoting=True)
    start = time.process_time()
    for _ in range(10):
        checker.check(answer(text))

    assert (time.process_time() - start) / 10 < 0.15


def read_against(claim, text):
    """Return what is marked of a sentence that cites a passage of these words, and the note."""
    context = Context(hits=(hit(chunk("one", text), 1),))
    told = f"{claim} [1]."
    checked = Verifier(SteadyReader(), frequencies).check(answer(told, context))
    return [told[start:end] for start, end in checked.unsupported], "".join(checked.notes)


UNTIL_JUNE = "Snow lay until 12 June."


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Snow remained on the ground into June", UNTIL_JUNE),
        ("Snow remained on the ground into June", "The last snow melted on 14 June at the hut."),
        ("Anna Keller acquired the hut in 1931", "The hut was bought by Anna Keller in 1931."),
    ],
)
def test_a_paraphrase_is_no_fault(claim, text):
    assert read_against(claim, text) == ([], "")


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Snow remained on the ground into September", UNTIL_JUNE),
        ("Snow did not remain until June", UNTIL_JUNE),
        ("Der Schnee lag bis September", UNTIL_JUNE),
        ("Der Schnee lag bis zum 14. Juni", UNTIL_JUNE),
        ("Der Schnee lag bis September", "Der Schnee lag bis Juni auf dem Pass."),
        ("Der Schnee lag nicht bis Juni", "Der Schnee lag bis Juni auf dem Pass."),
        ("La neige est restée sur les prés jusqu’en août", UNTIL_JUNE),
        ("Paul Berger bought the hut in 1931", "The hut was bought by Anna Keller in 1931."),
        ("Rain fell on the pass in June", "Marmots sleep in June. Hikers climb the rocks."),
    ],
)
def test_a_wrong_number_month_name_or_denial_is_marked(claim, text):
    assert read_against(claim, text)[0] == [claim]


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Der Schnee lag bis Juni", UNTIL_JUNE),
        ("Die Hütte wurde von Anna gekauft", "The hut was bought by Anna."),
        ("雪は6月まで残った", "Snow lay until 6 June."),
    ],
)
def test_a_language_that_is_not_read_is_left_unmarked_and_says_so(claim, text):
    assert read_against(claim, text) == ([], UNREAD)

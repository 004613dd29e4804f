"""Questions that a sure plan over a table of the hits answers."""

import functools

import pytest
from builders_answer import chunk, hit, snow_index

from rag.answer.base.refusal import CLOSEST
from rag.answer.compose.extractive import ExtractiveGenerator
from rag.answer.computed.computed_answers import work_out
from rag.answer.computed.planned import unfolded, wants_whole
from rag.answer.computed.table_rows import tables_of
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.answer.trust.confidence import Confidence
from rag.datamodel import Context, Prompt
from rag.neural.embed.embedders import minilm
from rag.tables.planner import SURE

MONTHS = """Month | Mean °C | Lowest °C | Precip. mm | Sun h | Gust km/h
Jan | -8.4 | -21.7 | 148 | 96 | 142
Feb | -9.1 | -20.8 | 121 | 118 | 167
Jul | 8.2 | 0.4 | 221 | 189 | 112
Aug | 8.6 | 0.8 | 194 | 196 | 89"""
HUTS = """Hut | Canton | Beds
Upper hut | Valais | 40
Lower hut | Bern | 62
Lake hut | Valais | 18
Old hut | Uri | 25"""


@functools.cache
def embedder():
    return minilm()


def ranker():
    index, _ = snow_index()
    return AnswerRanker(EvidenceScorer(index, embedder(), Readings(None)))


def answer(question, *hits, dropped=()):
    context = Context(hits=hits, dropped=dropped)
    return work_out(understand(question), context, ranker()).text


def table(text, name="t"):
    return chunk(name, text, role="table")


ZONES = """Segment | Sales
Zone North | 1,553
Zone South | 2,467
Zone West | 906
Nurseries | 3,131
Loans | (25)"""


@pytest.mark.parametrize(
    ("question", "text", "opening"),
    [
        (
            "Which month was the sunniest?",
            MONTHS,
            (
                "**Aug (196)** — Month of the row with the largest Sun h, of all 4 rows of"
                " “report.pdf”.\n\n"
                "- Aug — Sun h: 196; Mean °C: 8.6;"
            ),
        ),
        ("windiest month", MONTHS, "**Feb (167)** — Month of the row with the largest Gust km/h,"),
        ("Which hut has the most beds?", HUTS, "**Lower hut (62)** — Hut of the row with the"),
        ("which zone had the biggest sales?", ZONES, "**Zone South (2,467)** — Segment of the row"),
        ("which segment has the smallest sales?", ZONES, "**Loans, (25)** — Segment of the row"),
        (
            "How many huts have more than 30 beds?",
            HUTS,
            (
                "**2** — the number of the rows of “report.pdf” where Beds is more than 30.\n\n"
                "- Upper hut — Beds: 40; Canton: Valais [1]\n"
                "- Lower hut — Beds: 62; Canton: Bern [1]"
            ),
        ),
    ],
)
def test_what_a_sure_plan_gives_is_told_with_the_plan_and_its_rows(question, text, opening):
    assert answer(question, hit(table(text))).startswith(opening)


def test_a_table_is_read_as_the_language_of_its_document_writes_numbers():
    visitors = "Hut | Besucher\nUpper hut | 1.234\nLower hut | 987\nLake hut | 312\nOld hut | 645"
    asked = "Which hut has the most Besucher?"
    german, english = (chunk("t", visitors, role="table", language=code) for code in ("de", "en"))

    assert answer(asked, hit(german)).startswith("**Upper hut (1.234)**")
    assert answer(asked, hit(english)).startswith("**Lower hut (987)**")


def test_a_table_is_called_by_its_caption_or_its_heading():
    captioned = f"Table 2: Huts of the pass. (Read off the bar chart)\n{HUTS}"
    headed = chunk("t", HUTS, role="table", headings=("The pass", "Huts"))
    (first,), (second,) = (tables_of([hit(one)]) for one in (table(captioned), headed))

    assert first.title == "Table 2: Huts of the pass"
    assert second.title == "Huts"


def test_no_passage_follows_what_a_sure_plan_gives():
    marmots = hit(chunk("m", "Huts with beds are rare. A hut of the pass has no beds at all."), 2)
    context = Context(hits=(hit(table(HUTS)), marmots))
    asked = understand("Which hut has the most beds?")
    told = "".join(
        ExtractiveGenerator(ranker(), embedder()).stream(Prompt(query=asked, context=context))
    )

    assert told.startswith("**Lower hut (62)**")
    assert told == work_out(asked, context, ranker()).text


def test_a_table_of_months_tells_no_day_and_no_year():
    assert answer("Which day was the sunniest?", hit(table(MONTHS))) == ""
    assert answer("Which year was the sunniest?", hit(table(MONTHS))) == ""


def test_the_rows_of_a_table_are_only_counted_as_what_it_calls_them():
    assert answer("How many huts are in Valais?", hit(table(HUTS))).startswith("**2**")
    assert answer("How many huts are there?", hit(table(HUTS))) == ""  # not the Lake hut alone
    for things in ("pie charts", "tables", "slides", "dogs"):
        assert answer(f"How many {things} are there in the paper?", hit(table(HUTS))) == "", things


def test_nothing_is_counted_that_was_not_to_be_counted():
    diary = """Date | Kind | What happened
3 Jan | Snowfall | 58 cm of new snow in 24 hours; the pass road closed for two days.
19 Jan | Storm | Gust of 142 km/h from the north-west; one shutter of the hut lost.
18 Feb | Power | Mains failure for 6 hours 20 minutes; the battery bank carried on.
23 May | Rain | 41 mm of rain on snow in 9 hours; slush flows below the pass.
5 Nov | Frost | Freezing fog for 31 hours without a break.
8 Dec | Snowfall | 39 cm of new snow in 24 hours."""

    assert answer("hours", hit(table(diary))) == ""


def test_of_a_table_that_did_not_fit_nothing_is_told():
    head, *rows = HUTS.split("\n")
    first, second = table(HUTS, "a"), table("\n".join([head, rows[0]]), "b")

    assert answer("Which hut has the most beds?", hit(first)) != ""
    assert answer("Which hut has the most beds?", hit(first), dropped=(hit(second, 2),)) == ""


def test_without_the_embedder_nothing_is_planned():
    index, fake = snow_index()
    plain = AnswerRanker(EvidenceScorer(index, fake, Readings(None)))
    context = Context(hits=(hit(table(HUTS)),))

    assert work_out(understand("Which hut has the most beds?"), context, plain).text == ""


def test_columns_that_stand_twice_beside_each_other_are_one_table():
    (folded,) = tables_of(
        [hit(table("State | Rate | State | Rate\nOhio | 3 | Utah | 4\nIowa | 5 | | "))]
    )

    assert [row.cells for row in unfolded(folded).rows] == [
        ("Ohio", "3"),
        ("Utah", "4"),
        ("Iowa", "5"),
    ]


def test_a_table_is_wanted_whole_where_its_column_is_picked_by_or_counted():
    (months,) = tables_of([hit(table(MONTHS))])

    assert wants_whole(understand("Which month was the sunniest?"), months)
    assert wants_whole(understand("How much precip. fell in total?"), months)
    assert not wants_whole(understand("How long did the sun shine in July?"), months)
    assert not wants_whole(understand("Which month had the most marmots?"), months)


def test_what_is_closest_begins_with_what_is_worked_out_and_has_nothing_in_bold():
    sources = Context(hits=(hit(table(MONTHS)),))
    asked = understand("Which month was the sunniest?")

    told = ExtractiveGenerator(ranker(), embedder()).closest(asked, sources)

    assert told.startswith(f"{CLOSEST}\n\nAug (196) — Month of the row with the largest Sun h")
    assert "**" not in told


def test_what_a_sure_plan_answers_is_held_by_its_chance():
    sources = Context(hits=(hit(table(MONTHS)),))
    confidence = Confidence(ranker())

    held = confidence.estimate(understand("Which month was the sunniest?"), sources).held

    assert held >= SURE
    assert confidence.estimate(understand("Which month was the funniest?"), sources).held < held


SNOW = """Category | Snow depth in cm
2023 | 41
2024 | 63
2025 | 87"""
KINDS = """Day | Kind | What happened
4 Feb | Inversion | Sea of fog
17 Feb | Storm | Strongest gust
29 Jul | Storm | Gust before a front"""


def test_a_table_that_says_no_word_of_the_question_answers_nothing():
    assert not answer("when is the last descent", hit(table(SNOW)))


def test_the_most_common_is_told_where_it_is_asked_for():
    assert answer("most common kind of day", hit(table(KINDS))).startswith("**Storm**")

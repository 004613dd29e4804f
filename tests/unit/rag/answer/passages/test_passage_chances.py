"""The chance of a unit among all."""

import pytest
from builders_answer import chunk, hit, snow_scorer

from rag.answer.base.refusal import CLOSEST, PERHAPS
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.passages.passages import (
    LETTERING,
    OTHER_DATE,
    Passages,
    PassageSigns,
)
from rag.answer.question.question import understand
from rag.datamodel import Context

HITS = [
    hit(chunk("a", "Snow lay deep in March. Much later twelve long days of rain fell on the ice."))
]


def chances(**weights):
    passages = Passages(AnswerRanker(snow_scorer()), weights=PassageSigns(**weights))
    return [unit.chance for unit in passages.units(understand("How deep was the snow?"), HITS)]


def test_a_unit_is_as_likely_as_its_signs_weigh():
    assert chances(opens=2.0)[0] > 0.5 > chances(length=3.0)[0]


def test_the_chances_of_all_units_sum_to_one():
    assert sum(chances(opens=2.0)) == pytest.approx(1)


def test_hits_without_words_have_no_units():
    passages = Passages(AnswerRanker(snow_scorer()))

    assert passages.units(understand("How deep was the snow?"), []) == []


def test_works_that_are_cited_are_told_after_what_says_something():
    cited = chunk(
        "c", "Kloss, F.: How deep was the snow in March 1999, 317 cm?", headings=("References",)
    )
    said = chunk("s", "Snow lay 317 cm deep at the stake.", headings=("Snow",))
    asked = understand("How deep was the snow in March 1999?")

    def told(*hits):
        return Passages(AnswerRanker(snow_scorer())).told(asked, hits)

    assert told(hit(cited), hit(said, rank=2)).startswith("“Snow lay 317 cm deep")
    assert "Kloss" in told(hit(cited))


def test_the_lettering_of_a_chart_opens_no_answer():
    drawn = chunk(
        "f", "Snow depth of three winters, cm 400 317 100 Oct Nov Dec March", role="figure"
    )
    said = chunk("s", "The snow of March lay 317 cm deep at the stake.")
    asked = understand("How deep was the snow in March?")

    told = Passages(AnswerRanker(snow_scorer())).told(asked, [hit(said), hit(drawn, rank=2)])
    assert told.startswith("“The snow of March")


def test_the_lettering_of_a_chart_counts_less_but_where_the_chart_is_asked_for():
    drawn = hit(chunk("f", "Snow depth in March, 317 cm", role="figure"))
    said = hit(chunk("s", "Snow depth in April, 317 cm"), rank=2)
    passages = Passages(AnswerRanker(snow_scorer()))

    def share(question):
        of_drawn, of_said = (u.chance for u in passages.units(understand(question), [drawn, said]))
        return of_drawn / of_said

    plain, asked_for = (share(f"How deep was the snow{where}?") for where in ("", " in the chart"))
    assert plain == pytest.approx(LETTERING * asked_for, rel=0.5)


def test_where_a_row_is_of_the_month_that_is_asked_for_others_count_less():
    year = hit(chunk("y", "The sun shone for 1,780 hours."))
    months = hit(chunk("m", "Month | Sunshine h\nJun | 196\nJul | 189", role="table"), rank=2)
    passages = Passages(AnswerRanker(snow_scorer()))

    def chances(question):
        units = passages.units(understand(question), [year, months])
        return {unit.shown: unit.chance for unit in units}

    of_year = chances("How many hours did the sun shine?")[year.chunk.text]
    of_july = chances("How many hours did the sun shine in July?")
    assert max(of_july, key=of_july.get) == "Jul — Sunshine h: 189"
    assert of_july[year.chunk.text] < OTHER_DATE * 2 * of_year


def test_rows_that_are_far_less_likely_than_their_table_s_best_are_not_shown():
    table = chunk(
        "t",
        "Day | What happened\n14 Mar | Slab release\n16 Mar | Snow was 317 cm deep\n17 Mar | Sun",
        role="table",
    )
    asked = understand("How deep was the snow?")

    told = Passages(AnswerRanker(snow_scorer())).told(asked, [hit(table)])

    assert told == "16 Mar — What happened: Snow was 317 cm deep [1]"


SAID = hit(chunk("a", "The snow on the pass was 317 cm deep at the end of March."))
HARDLY = hit(chunk("b", "Two observers live 2 m below the pass in the snow."), rank=2)


def told(asked, *hits, **above):
    return Passages(AnswerRanker(snow_scorer())).told(understand(asked), hits, **above)


def test_what_is_far_less_likely_than_the_first_place_is_told_apart():
    parts = told("How deep was the snow?", SAID, HARDLY).split("\n\n")

    assert [parts[0][-3:], parts[1], parts[2][-3:]] == ["[1]", PERHAPS, "[2]"]


def test_what_is_as_likely_is_not_told_apart():
    other = hit(chunk("c", "The snow at the hut was 117 cm deep at the end of March."), rank=2)

    assert PERHAPS not in told("How deep was the snow?", SAID, other)


def test_what_stands_around_a_place_that_is_quoted_above_belongs_to_it():
    above = "**317 cm** — “The snow on the pass was 317 cm deep at the end of March.” "
    asked = "How deep was the snow?"

    assert told(asked, SAID, HARDLY, after=f"{above} [1]").startswith(PERHAPS)
    assert told(asked, SAID, HARDLY, after=f"{above} [1, 2]").startswith("“Two observers")


def test_what_is_worked_out_is_the_answer_and_other_places_are_told_apart():
    other = hit(chunk("c", "The snow at the hut was 117 cm deep at the end of March."), rank=2)
    parts = told("How deep was the snow?", SAID, other, after="434 cm together [1]", is_told=True)

    assert [part[-3:] for part in parts.split("\n\n")] == ["[1]", PERHAPS[-3:], "[2]"]


def test_of_what_is_only_closest_nothing_is_told_apart():
    context = Context(hits=(SAID, HARDLY))
    closest = Passages(AnswerRanker(snow_scorer())).closest(
        understand("How deep was the snow?"), context
    )

    assert closest.startswith(CLOSEST)
    assert PERHAPS not in closest
    assert "[2]" in closest

"""The chance of a unit among all."""

import pytest
from builders_answer import chunk, hit, snow_scorer

from rag.answer.passages.passages import LETTERING, Passages, quotations
from rag.answer.question.question import understand

HITS = [
    hit(chunk("a", "Snow lay deep in March. Much later twelve long days of rain fell on the ice."))
]


def told(question, *hits, after="", max_words=120):
    units = Passages(snow_scorer()).units(understand(question), hits)
    return quotations(units, max_words=max_words, after=after)


def test_the_chances_of_all_units_sum_to_one():
    units = Passages(snow_scorer()).units(understand("How deep was the snow?"), HITS)

    assert sum(unit.chance for unit in units) == pytest.approx(1)


def test_works_that_are_cited_are_told_after_what_says_something():
    cited = chunk(
        "c", "Kloss, F.: How deep was the snow in March 1999, 317 cm?", headings=("References",)
    )
    said = chunk("s", "Snow lay 317 cm deep at the stake.", headings=("Snow",))
    asked = "How deep was the snow in March 1999?"

    assert told(asked, hit(cited), hit(said, rank=2))[0].startswith("“Snow lay 317 cm deep")
    assert "Kloss" in told(asked, hit(cited))[0]


def test_the_lettering_of_a_chart_counts_less_but_where_the_chart_is_asked_for():
    drawn = hit(chunk("f", "Snow depth in March, 317 cm", role="figure"))
    said = hit(chunk("s", "Snow depth in April, 317 cm"), rank=2)
    passages = Passages(snow_scorer())

    def share(question):
        of_drawn, of_said = (u.chance for u in passages.units(understand(question), [drawn, said]))
        return of_drawn / of_said

    plain, asked_for = (share(f"How deep was the snow{where}?") for where in ("", " in the chart"))
    assert plain == pytest.approx(LETTERING * asked_for, rel=0.5)


def test_rows_that_are_far_less_likely_than_their_table_s_best_are_not_shown():
    table = chunk(
        "t",
        "Day | What happened\n14 Mar | Slab release\n16 Mar | Snow was 317 cm deep\n17 Mar | Sun",
        role="table",
    )
    assert told("How deep was the snow?", hit(table)) == [
        "16 Mar — What happened: Snow was 317 cm deep [1]"
    ]


SAID = hit(chunk("a", "The snow on the pass was 317 cm deep at the end of March."))
HARDLY = hit(chunk("b", "Marmots eat grass and sleep from October until April."), rank=9)


def test_a_place_that_is_far_less_likely_than_the_first_is_not_quoted():
    (only,) = told("How deep was the snow?", SAID, HARDLY)

    assert only.endswith("[1]")


def test_what_is_said_above_is_not_quoted_again_nor_what_says_little_more():
    assert told("How deep was the snow?", SAID, after=SAID.chunk.text) == []
    assert told("How deep was the snow?", SAID, after=" ".join(SAID.chunk.text.split()[:-1])) == []
    assert told("How deep was the snow?", SAID, after="It was deep.")

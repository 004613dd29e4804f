"""How sentences, points and rows are shown."""

from dataclasses import replace

import pytest
from builders_answer import DEPTHS, chunk, hit, resolve_marks, snow_scorer

from rag.datamodel import Context
from rag.generation.quotation.passages import OCR_SHARE, Passages, left_out, quotations
from rag.generation.quotation.units import is_listing, quotation, unit_of
from rag.retrieval.evidence.evidence import candidates
from rag.understanding.question.qualities import same_measure
from rag.understanding.question.question import understand

ASKED = understand("How deep was the snow?")


def units(text, role="text"):
    found = hit(chunk("c", text, role=role))
    return [unit_of(evidence, ASKED) for evidence in candidates(found)], found


@pytest.mark.parametrize(
    ("text", "role", "headings", "quoted"),
    [
        ("The snow lay deep in March.", "text", (), ["“The snow lay deep in March.” [1]"]),
        ("“The snow lay deep in March.", "text", (), ["“The snow lay deep in March.” [1]"]),
        ('"The snow lay deep in March."', "text", (), ["“The snow lay deep in March.” [1]"]),
        ("The snow lay “deep” in March.", "text", (), ["“The snow lay “deep” in March.” [1]"]),
        (
            "How winter went\nThe snow lay deep in the month of March.",
            "text",
            ("How winter went",),
            ["How winter went: “The snow lay deep in the month of March.” [1]"],
        ),
        (
            "Bring along for the way:\n- a warm jacket for two",
            "text",
            (),
            ["“Bring along for the way:” [1]", "“a warm jacket for two” [1]"],
        ),
        (
            DEPTHS,
            "table",
            (),
            [
                "1998 — Days of snow: 140; Greatest depth: 212 cm [1]",
                "1999 — Days of snow: 171; Greatest depth: 317 cm [1]",
            ],
        ),
    ],
)
def test_a_unit_is_quoted_with_its_heading_and_mark(text, role, headings, quoted):
    found = hit(chunk("c", text, role=role, headings=headings))
    told = [quotation([unit_of(evidence, ASKED)]) for evidence in candidates(found)]

    assert told == quoted
    for one in told:
        (citation,), unresolved = resolve_marks(one, Context(hits=(found,)))
        assert citation.quote in found.chunk.text
        assert unresolved == ()


def test_units_of_one_hit_are_quoted_each_with_its_mark():
    told, _ = units("The snow lay deep in March. The rain fell in June again.")
    rows, _ = units(DEPTHS, role="table")

    assert (
        quotation(told) == "“The snow lay deep in March.” [1] … “The rain fell in June again.” [1]"
    )
    assert [line[:6] for line in quotation(rows).split("\n")] == ["- 1998", "- 1999"]


def test_a_column_that_is_called_by_a_word_for_the_same_measure_is_asked_for_too():
    row, *_ = candidates(hit(chunk("c", DEPTHS, role="table")))
    asked = replace(understand("How deep was it?"), related=same_measure("How deep was it?"))

    assert unit_of(row, asked).shown == "1998 — Greatest depth: 212 cm; Days of snow: 140"


def test_a_mark_in_the_words_of_a_document_cites_nothing():
    told, found = units("Snow lay deep in March, as others found [1].")

    citations, _ = resolve_marks(quotation(told), Context(hits=(found,)))
    assert len(citations) == 1


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("5.7 Restoring the watch to its factory settings............ 38", True),
        ("1 Scope … 2\n2 Terms … Page 4", True),
        ("Western … $8.50\nFarmers … $8.75", False),
        ("Restoring the watch.......... 38\nPress the upper button.\nTouch Reset.", False),
    ],
)
def test_lines_that_lead_to_pages_list_what_is_told_elsewhere(text, lists):
    assert is_listing(chunk("c", text)) is lists


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("[7] F. Xu, W. Shi, E. Choi, and P. Li, Improving retrieval, arXiv preprint, 2023", True),
        ("Aligon, J., P. Marcel, E. Roy, et E. Negre (2010a). Un cadre pour résumer.", True),
        (
            "The hut was built by J. B. Marcel in 1931, and burnt down with all that was in it.",
            False,
        ),
        ("Staff: A. Rood, J. P. Bauer, T. Wieland, M. K. Berg", False),
    ],
)
def test_works_that_are_cited_are_told_by_initials_and_years(text, lists):
    assert is_listing(chunk("c", text)) is lists


def told(question, *hits, after="", max_words=120, max_places=3):
    units = Passages(snow_scorer()).units(understand(question), hits)
    return quotations(units, max_words=max_words, max_places=max_places, after=after)


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
    assert plain == pytest.approx(OCR_SHARE * asked_for, rel=0.5)


def test_rows_that_are_far_less_likely_than_their_table_s_best_are_not_shown():
    table = chunk(
        "t",
        "Day | What happened\n14 Mar | Slab release\n16 Mar | Snow was 317 cm deep\n17 Mar | Sun",
        role="table",
    )
    assert told("How deep was the snow?", hit(table)) == [
        "16 Mar — What happened: Snow was 317 cm deep [1]"
    ]


def test_rows_and_lettering_beside_a_row_that_is_named_are_not_shown():
    rows = "Month | Snow depth\nMarch | 317 cm\nApril | 290 cm\nMay | 101 cm"
    table = chunk("t", rows, role="table")
    drawn = chunk("f", "Snow depth March 317 April 290 May 101", role="figure")
    asked = "What was the snow depth in April?"

    assert told(asked, hit(table), hit(drawn, rank=2)) == ["April — Snow depth: 290 cm [1]"]
    assert "March" in told("What was the snow depth?", hit(table))[0]


SAID = hit(chunk("a", "The snow on the pass was 317 cm deep at the end of March."))


def test_what_is_said_above_is_not_quoted_again_nor_what_says_little_more():
    assert told("How deep was the snow?", SAID, after=SAID.chunk.text) == []
    assert told("How deep was the snow?", SAID, after=" ".join(SAID.chunk.text.split()[:-1])) == []
    assert told("How deep was the snow?", SAID, after="It was deep.")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("The hut was built of larch in the summer of 1931.", True),
        ("The snow was **317 cm** deep.", False),
        ("At the end of March the snow on the pass was 317 cm deep, which was not much.", False),
    ],
)
def test_a_likely_place_and_what_is_said_are_one_where_either_says_most_of_the_other(
    said, expected
):
    asked = understand("How deep was the snow?")
    found = Passages(snow_scorer()).units(asked, [SAID])
    assert (left_out(said, found) is not None) is expected
    assert left_out(said, [replace(unit, chance=0.05) for unit in found]) is None


def test_of_the_one_place_below_what_is_said_two_sentences_are_quoted():
    text = "Snow lay 1 m deep in May. Snow lay 2 m deep in June. Snow lay 3 m deep in July."
    found = hit(chunk("c", text))
    (below,) = told("How deep was the snow?", found, max_places=1)
    (alone,) = told("How deep was the snow?", found)
    assert (below.count("“"), alone.count("“")) == (2, 3)


FOUND = [
    hit(chunk("a", "The pass was closed. Snow lay 317 cm deep.", language="en"), score=0.6),
    hit(chunk("b", "Rain fell in July. It was warm.", language="en"), rank=2, score=0.3),
]


def test_what_can_not_be_compared_with_the_question_is_as_likely_as_its_hit_was_found():
    units = Passages(snow_scorer()).units(understand("雪有多深？"), FOUND)

    assert [unit.evidence.hit.rank for unit in units] == [1, 1, 2, 2]
    assert units[0].chance == units[1].chance > 100 * units[2].chance


def test_what_compares_across_languages_tells_which_sentence_is_quoted():
    def similar(_text, others):
        return [0.9 if "317" in one else 0.8 for one in others]

    units = Passages(snow_scorer(), similar).units(understand("雪有多深？"), FOUND)

    assert max(units, key=lambda unit: unit.chance).shown == "Snow lay 317 cm deep."


def test_a_sentence_without_spaces_is_quoted_and_a_word_of_them_is_not():
    said = hit(chunk("a", "最后一次冰河期从距今74000年持续到更新世结束。", language="zh"))
    heading = hit(chunk("b", "冰河期\n74000", language="zh"), rank=2)

    assert told("冰河期从何时开始？", said, heading) == [
        "“最后一次冰河期从距今74000年持续到更新世结束。” [1]"
    ]


def test_what_leads_to_a_list_is_not_quoted_without_it():
    text = "What we say of how deep the snow was at the hut in winter:\n- a stake shows 3 m of snow"
    assert told("How deep was the snow?", hit(chunk("c", text))) == [
        "“a stake shows 3 m of snow” [1]"
    ]

"""Lessons for the writer: what is quoted, what stays in a cut source, queries by names."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.table_qa.planner.table import table_of
from rag.table_qa.query_table import query_table
from training.writer.checks import (
    Lesson,
    answer_from,
    cell_label,
    is_fine,
    read_lessons,
    sentence_around,
    write_lessons,
)
from training.writer.examples import Example, by_names, reading_lessons
from training.writer.sources import Pool, cut

PROSE = "The pump hums. " * 40 + 'Dr. Venn called it "safe." ' + "The filter drips. " * 40
ROWS = "Hut | Beds\n" + "\n".join(f"Hut {n} | {n} beds in {n} rooms of one" for n in range(90))


def span_of(text, part):
    return (text.index(part), text.index(part) + len(part))


@pytest.mark.parametrize(
    ("text", "part", "answer"),
    [
        ("It rained. Dr. Venn left in 1999.", "1999", "Dr. Venn left in **1999** [0]."),
        ('He said "it is safe." Then he left.', "safe", 'He said "it is **safe** [0]."'),
        ("It has a tail (of 9 mm).", "tail", "It has a **tail** (of 9 mm) [0]."),
        ("雨が降った。彼は東京へ行った。", "東京", "彼は**東京**へ行った [0]。"),
        ("Hut | Beds\nLower hut | 62", "62", "Lower hut, Beds: **62** [0]."),
    ],
)
def test_an_answer_is_its_sentence_or_cell_with_a_mark(text, part, answer):
    assert answer_from(text, span_of(text, part)) == answer


def test_a_reason_gets_the_sentence_after_it():
    text = "The pump stopped at noon. The filter was full of sand and leaves."

    answer = answer_from(text, span_of(text, "stopped"), "why did the pump stop?")

    assert answer.count("[0]") == 2


@pytest.mark.parametrize(
    "text", ["Club: Ajax | Won: 13\nClub: Hull | Won: 6", "Club | Won\nHull | 6"]
)
def test_a_cell_is_named_by_its_row_and_column(text):
    assert cell_label(text, text.rindex("6")) == "Hull, Won: "


def test_no_sentence_goes_across_rows():
    assert sentence_around(ROWS, span_of(ROWS, "3 beds")) is None


@given(seed=st.integers(), case=st.sampled_from([(PROSE, '"safe."'), (ROWS, "Hut 61 | 61 beds")]))
def test_a_cut_source_is_shorter_and_holds_what_is_asked_for(seed, case):
    text, part = case

    shown = cut(text, [span_of(text, part)], random.Random(seed), max_words=100)

    assert part in shown
    assert len(shown.split()) < len(text.split()) / 2
    assert text.startswith("Hut") is shown.startswith("Hut | Beds\n")


def test_a_lesson_marks_the_source_that_holds_the_answer(tmp_path):
    rng = random.Random(1)
    pool = Pool(rng)
    texts = [f"The valve {name} weighs {n} kg. It is red." for n, name in enumerate("ABCDE", 11)]
    numbers = [pool.add(text, "squad2") for text in texts]
    examples = [
        Example(
            kind="squad2",
            question="How heavy is the red valve?",
            passage=number,
            answer=answer_from(text, span := span_of(text, f"{n} kg")),
            gold=[f"{n} kg"],
            spans=[span],
            check="span",
        )
        for n, (number, text) in enumerate(zip(numbers, texts, strict=True), 11)
    ]

    write_lessons(tmp_path / "l.xz", reading_lessons(examples, pool, rng, dev=True))
    lessons = [one for one in read_lessons(tmp_path / "l.xz") if one.kind == "squad2"]

    assert len(lessons) == 5
    for lesson in lessons:
        source = lesson.user.split("<source ")[lesson.mark]
        assert source.startswith(f'number="{lesson.mark}"')
        assert lesson.gold[0] in source.replace("\n", " ")
        assert lesson.answer.endswith(f"**{lesson.gold[0]}** [{lesson.mark}].")
        assert is_fine(lesson, lesson.answer)
        assert not is_fine(lesson, lesson.answer.replace(f"[{lesson.mark}]", "[7]"))


def test_a_query_by_numbers_is_said_by_names():
    table = query_table(table_of(["Film", "Year"], [["Octane", "2003"], ["Pups", "1999"]]))

    sql = "select c1 from w where c1 = 'octane' order by c2_number limit 1"

    assert by_names(sql, table) == (
        "SELECT film FROM t WHERE film = 'Octane' ORDER BY year LIMIT 1"
    )
    assert not by_names("select c3 from w", table)


@pytest.mark.parametrize(
    ("query", "fine"),
    [("SELECT a FROM t", True), ("SELECT b FROM t", False), ("DELETE FROM t", False)],
)
def test_a_models_own_query_stands_where_it_gives_the_answer(query, fine):
    lesson = Lesson(
        kind="sql",
        turns=[("", "")],
        check="query",
        gold=["1"],
        columns=[("a", "INTEGER")],
        rows=[[1, 1]],
    )

    assert is_fine(lesson, query) is fine

"""Which tables are asked; a result of other years than those asked for is not told."""

import pytest
from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.table_answers import (
    as_asked,
    is_doubtful,
    is_kept,
    likely_tables,
    of_other_years,
    speaks_of,
)
from rag.storage.tables.table_store import TableStore, TableToKeep
from rag.table_qa.hit_tables import TableResult
from rag.table_qa.table_rows import tables_of
from rag.understanding.question.question import understand


@pytest.mark.parametrize(
    ("question", "told", "expected"),
    [
        ("lowest temperature in 2024?", "Lowest temperature — 2025: -24.8 °C", True),
        ("how many shares in 2021?", "sum of Shares: 3,098 (2021; 2020; 2019)", True),
        ("how many shares in 2021?", "Shares: 1,358 (2021)", False),
        ("how many shares in FY2021?", "Shares: 643 (2020)", True),
        ("which year since 2019 was the wettest?", "2023 (Precipitation: 1,204)", False),
        ("which year was the wettest?", "2023 (Precipitation: 1,204)", False),
    ],
)
def test_years(question, told, expected):
    assert of_other_years(told, understand(question)) is expected


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        ("who owns the most shares?", "Others", True),
        ("who owns the most shares?", "Vanguard", False),
        ("how many do others own?", "Others", False),
        ("how many own shares?", "1", True),
    ],
)
def test_others_are_not_the_most_of_anything_and_one_row_is_no_count(question, value, expected):
    result = TableResult(
        text=value,
        rows=((value,),),
        sql="SELECT COUNT(*) FROM t" if value == "1" else "SELECT owner FROM t",
        plan="",
        cells=(),
        brought=None,
        sureness=0.9,
    )
    assert is_doubtful(result, understand(question)) is expected


TOLD = "the mean of Depth: 40.25 (W-1.5; 140.25; 40.25.1)"


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        (("de",), "the mean of Depth: 40,25 (W-1.5; 140.25; 40.25.1)"),
        (("en",), TOLD),
        (("de", "en"), TOLD),
        ((), TOLD),
    ],
)
def test_a_number_has_the_decimal_mark_of_the_question(languages, told):
    assert as_asked(TOLD, ["40.25"], languages) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [("de", "438.200"), ("fr", "438\u202f200"), ("pl", "438\u00a0200"), ("en", "438200")],
)
def test_thousands_are_set_apart_as_in_the_language_of_the_question(language, told):
    assert as_asked("sum: 438200", ["438200"], [language]) == f"sum: {told}"


def test_a_whole_number_and_a_year_stay():
    assert as_asked("number of rows: 1040 (2025)", ["1040", "2025"], ["fr"]) == (
        "number of rows: 1040 (2025)"
    )


def a_table(name, rank, source="a.xlsx"):
    text = f"{name} | Rain\nMarch | 41\nApril | 17"
    found = chunk(name, text, role="table", source=source)
    return Hit(chunk=found, score=1, rank=rank, channel="reranked")


@pytest.mark.parametrize(
    ("chances", "asked"),
    [
        ((0.2, 0.3, 0.1), ["b", "a"]),
        ((0.2, 0.16, 0.3), ["c", "a"]),
        ((0.1, 0.2, 0.14), ["b"]),
        ((0.1, 0.05, 0.02), []),
    ],
)
def test_a_likely_table_is_asked_that_was_found_first_or_is_likeliest(chances, asked):
    hits = [a_table(name, rank) for rank, name in enumerate("abc", start=1)]
    by_id = {hit.chunk.id: chance for hit, chance in zip(hits, chances, strict=True)}

    tables = likely_tables(tables_of(hits), hits, by_id)

    assert [table.names[0] for table in tables] == asked


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("which month is the wettest?", [True, False]),
        ("rain in march or april?", [True, True]),
    ],
)
def test_a_table_of_another_document_than_the_first_hit_speaks_of_its_words_alone(question, told):
    hits = [a_table("a", 1), a_table("b", 2, "b.xlsx")]
    assert [speaks_of(question, table, hits) for table in tables_of(hits)] == told


@pytest.mark.parametrize(
    ("header", "is_whole"), [("State | Rate | Area | Rain", True), ("S | R | S | R", False)]
)
def test_what_is_kept_side_by_side_is_not_the_table_that_is_asked(tmp_path, header, is_whole):
    store = TableStore(tmp_path)
    text = f"{header}\nAlabama | 119 | Utah | 110"
    rows = [("Alabama", "119", "Utah", "110")] * 3
    store.put(
        "a.xlsx", TableToKeep(text=text, names=tuple(header.split(" | ")), rows=rows, title="")
    )
    found = Hit(
        chunk=chunk("a", text, role="table", source="a.xlsx"), score=1, rank=1, channel="reranked"
    )
    (table,) = tables_of([found])
    assert is_kept(table, store.headed) is is_whole

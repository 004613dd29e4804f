"""Tests of what the tables of hits give: which is asked, what is told of it, the cells of hits."""

import pytest
from builders_answer import chunk, hit
from builders_written import RecordedModel

from rag.models.embedders import minilm
from rag.storage.tables.table_store import TableStore, TableToKeep
from rag.table_qa.hit_tables import ask_table, cells_shown, result_text
from rag.table_qa.query_table import query_table
from rag.table_qa.table_answer import answer_table
from rag.table_qa.table_rows import tables_of
from training.tables.examples import TextVectors

HUTS = """Hut | Canton | Beds
Upper hut | Valais | 1,040
Lower hut | Bern | 62
Lake hut | Valais | 18"""
HEADER = "Order | Region | Amount EUR"
REGIONS = ("North", "South", "Alps", "Coast")
ROWS = [(str(n), REGIONS[n % 4], f"{n * 37 % 1009 / 10}") for n in range(1, 601)]


@pytest.fixture(scope="module")
def embed():
    return TextVectors(minilm())


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = TableStore(tmp_path_factory.mktemp("tables"))
    text = f"{HEADER}\n{' | '.join(ROWS[0])}"
    table = TableToKeep(text=text, names=tuple(HEADER.split(" | ")), rows=ROWS, title="Orders")
    made.put("orders.csv", table)
    return made


def _tables(*texts):
    chunks = [chunk(f"c{n}", text, role="table", source=f"{n}.csv") for n, text in enumerate(texts)]
    return tables_of([hit(one, rank) for rank, one in enumerate(chunks, start=1)])


def _orders(count=12):
    text = "\n".join([HEADER, *(" | ".join(row) for row in ROWS[:count])])
    return tables_of([hit(chunk("o", text, role="table", source="orders.csv"))])


def _lit(result):
    return [one.hit.chunk.text[slice(*one.lit)] for one in result.cells]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("SELECT beds FROM t WHERE hut = 'Upper hut'", "Upper hut — Beds: 1,040"),
        ("SELECT hut FROM t WHERE beds = 62", "Lower hut (Beds: 62)"),
        ("SELECT hut, beds FROM t WHERE beds = 62", "Lower hut (Beds: 62)"),
        (
            "SELECT COUNT(*) FROM t WHERE canton = 'Valais'",
            "number of rows: 2 (Upper hut; Lake hut)",
        ),
        (
            "SELECT SUM(beds) FROM t WHERE canton = 'Valais'",
            "sum of Beds: 1058 (Upper hut; Lake hut)",
        ),
        (
            "SELECT hut FROM t WHERE canton = 'Valais'",
            "Upper hut (Canton: Valais); Lake hut (Canton: Valais)",
        ),
    ],
)
def test_a_result_is_told_with_the_names_of_its_rows_and_columns(query, text):
    (table,) = _tables(HUTS)
    answer = answer_table(RecordedModel(query), "Which hut?", query_table(table.typed()))

    assert answer is not None
    rows = {number: row.cells for number, row in enumerate(table.rows)}
    assert result_text(answer, table.names, answer.cells, rows, "") == text


def test_a_table_set_side_by_side_is_one_table(embed):
    rows = ("Alabama | 119 | Montana | 123", "Idaho | 140 | Utah | 110", "Maine | 126 |  | ")
    text = "\n".join(("State | Rate | State | Rate", *rows))
    (table,) = _tables(text)
    assert table.names == ("State", "Rate")
    assert [row.cells[0] for row in table.rows] == ["Alabama", "Idaho", "Maine", "Montana", "Utah"]
    query = RecordedModel("SELECT state FROM t ORDER BY rate LIMIT 1")
    result = ask_table("which state has the lowest rate?", table, embed, model=query)
    assert result is not None
    assert (result.text, _lit(result)) == ("Utah (Rate: 110)", ["Utah", "110"])


def test_two_columns_of_one_name_are_no_tables_side_by_side():
    (table,) = _tables(
        "Year | Year\n2001 | 2002",
    )
    assert table.names == ("Year", "Year")


def test_plans_answer_without_a_model(embed):
    result = ask_table("Which hut has the most beds?", *_tables(HUTS), embed)

    assert result is not None
    assert result.text == "Upper hut (Beds: 1,040)"
    assert (result.sql, result.rows) == ("", (("Upper hut",),))
    assert "largest Beds" in result.plan
    assert {"Upper hut", "1,040"} <= set(_lit(result))


def test_a_kept_table_is_asked_whole_and_its_row_is_brought(embed, store):
    result = ask_table(
        "Which order has the largest amount?", *_orders(), embed, open_table=store.headed
    )

    assert result is not None
    assert result.text == "409 (Amount EUR: 100.7)"
    assert "all 600 rows" in result.plan
    assert result.brought is not None
    assert result.brought.chunk.text == f"{HEADER}\n409 | South | 100.7"
    assert result.brought.chunk.id.startswith("rows:")
    assert set(_lit(result)) == {"409", "100.7"}


def test_cells_are_of_the_hits_that_have_them_and_others_are_brought():
    (table,) = _orders()
    cells, brought = cells_shown([(6, 2), (499, 2)], {6: ROWS[6], 499: ROWS[499]}, table.rows)

    assert brought is not None
    assert [one.hit.chunk.id for one in cells] == ["o", brought.chunk.id]
    assert [one.hit.chunk.text[slice(*one.lit)] for one in cells] == [ROWS[6][2], ROWS[499][2]]
    assert [one.hit.chunk.text[slice(*one.row)] for one in cells] == [
        " | ".join(ROWS[number]) for number in (6, 499)
    ]

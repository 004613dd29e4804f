"""Tables of documents, kept typed in a file for each."""

import pytest

from rag.datamodel import Document, Element
from rag.storage.tables.long_rows import sketch
from rag.storage.tables.table_store import TableStore, TableToKeep
from rag.table_qa.planner.long_engine import LongEngine
from rag.table_qa.planner.table import Condition, Order, Rows, TablePlan

HUTS = """Hut | Beds | Opened
Upper hut | 40 | 1999
Lower hut | € 62 | 2001-05-06
Lake hut | n/a | 2004"""


@pytest.fixture
def store(tmp_path):
    return TableStore(tmp_path / "tables")


def document(*texts):
    elements = [Element(role="heading", text="Huts of the valley", level=1)]
    elements += [Element(role="table", text=text) for text in texts]
    return Document(
        id="d1", sources=("huts.md",), media_type="text/markdown", elements=tuple(elements)
    )


def test_the_tables_of_a_document_are_kept_with_the_types_of_their_columns(store):
    store.keep(document(HUTS, HUTS, "a lone line"))

    with store.headed("d1", "Hut | Beds | Opened") as table:
        assert (table.title, table.rows.height) == ("Huts of the valley", 3)
    assert [(c.name, c.kind) for c in table.columns] == [
        ("Hut", "text"),
        ("Beds", "number"),
        ("Opened", "date"),
    ]


def test_a_table_is_opened_by_its_header_and_asked(store):
    store.keep(document(HUTS))

    with store.headed("d1", "Hut | Beds | Opened") as table:
        largest = LongEngine(table.rows).run(
            TablePlan("select", (0,), Rows(order=Order(1, "number", largest=True)))
        )
        assert largest.texts == ("Lower hut",)
        assert table.rows.page(1, 5) == {
            1: ("Lower hut", "€ 62", "2001-05-06"),
            2: ("Lake hut", "n/a", "2004"),
        }
    with store.headed("d1", "Hut | Rooms") as other:
        assert other is None


def test_tables_that_a_document_lost_are_forgotten(store):
    store.keep(document(HUTS, "Lift | Seats\nWest | 6"))
    store.keep(document("Lift | Seats\nWest | 6"))

    assert [*store.heights("d1").values()] == [1]


def test_rows_that_the_document_does_not_hold_outlast_it(store):
    text = "Order | Amount\n0 | 0"
    rows = ((str(n), str(n % 7)) for n in range(30_000))

    kept = store.put("d1", TableToKeep(text=text, names=("Order", "Amount"), rows=rows))
    store.keep(document(text))

    assert kept == 30_000
    with store.headed("d1", "Order | Amount") as table:
        engine = LongEngine(table.rows)
        assert engine.run(TablePlan("sum", (1,), Rows())).texts == ("89995",)
        assert engine.run(TablePlan("count", (), Rows((Condition(1, "is", "6"),)))).texts == (
            "4285",
        )
        assert 23_456 in sketch("what is the amount of order 23456?", table)
        assert len(sketch("what is the amount of order 23456?", table)) < 100


def test_a_damaged_file_is_made_anew(store, tmp_path):
    store.keep(document(HUTS))
    (tmp_path / "tables" / "d1.sqlite").write_bytes(b"no database")

    assert store.heights("d1") == {}
    store.keep(document(HUTS))
    assert [*store.heights("d1").values()] == [3]


def test_a_row_is_found_by_its_very_cells(store):
    store.keep(document(HUTS))

    with store.headed("d1", "Hut | Beds | Opened") as table:
        assert table.rows.find(["Lake hut", "n/a", "2004"]) == 2
        assert table.rows.find(["Lake hut", "n/a", "200"]) is None
        assert table.rows.find(["Lake hut"]) is None

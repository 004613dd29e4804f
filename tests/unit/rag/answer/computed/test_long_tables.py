"""Tables that are longer than what is read for a question: asked where they are kept whole."""

import pytest
from builders_answer import chunk, hit, snow_index

from rag.answer.computed.computed_answers import work_out
from rag.answer.computed.long_tables import with_long_tables
from rag.answer.computed.planned import too_long
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.datamodel import Context
from rag.index.tables.table_file import TableToKeep
from rag.index.tables.table_store import TableStore
from rag.neural.embed.embedders import minilm
from rag.tables.long.long_table import named_rows

HEADER = "Order | Region | Amount EUR"
REGIONS = ("North", "South", "Alps", "Coast")
ROWS = [(str(n), REGIONS[n % 4], f"{n * 37 % 1009 / 10}") for n in range(1, 601)]


@pytest.fixture(scope="module")
def ranker(tmp_path_factory):
    store = TableStore(tmp_path_factory.mktemp("tables"))
    text = f"{HEADER}\n1 | North | 3.7"
    table = TableToKeep(text=text, names=tuple(HEADER.split(" | ")), rows=ROWS)
    store.put(chunk("t", text).doc_id, table)
    index, _ = snow_index()
    scorer = EvidenceScorer(index, minilm(), Readings(None))
    return AnswerRanker(scorer, open_table=store.headed)


def gathered(question, ranker):
    found = chunk("t", "\n".join([HEADER, *(" | ".join(row) for row in ROWS[:12])]), role="table")
    return with_long_tables(
        understand(question), [hit(found)], lambda _asked, _table: False, ranker=ranker
    )


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        (
            "Which order has the largest amount?",
            "**409 (100.7)** — Order of the row with the largest Amount EUR, of all 600 rows",
        ),
        ("How many orders are from the Alps?", "**150** — the number of the rows"),
        ("What is the total amount of orders from the Coast?", "**7,532.1** — the sum of Amount"),
        ("average amount in the Alps", "**50.55** — the mean of Amount EUR over the rows of"),
    ],
)
def test_a_plan_is_run_over_all_rows(ranker, question, opening):
    asked = understand(question)
    context = Context(hits=tuple(gathered(question, ranker)))

    told = work_out(asked, context, ranker).text

    assert told.startswith(opening)
    assert told.rstrip().endswith("[2]")
    assert too_long(asked, context, ranker) is None


GRAVES = "Name | Place | Buried | Age"
BURIED = [
    (f"Person {n}", "North" if n % 2 else "South", f"{1900 + n % 90}", str(20 + n % 50))
    for n in range(600)
]


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("Who is the oldest person buried in the North?", "**Ada Frey"),
        ("the earliest burial, whose is it", "**Ben Roth"),
        ("Which place is the most common?", "**South**"),
    ],
)
def test_a_plan_is_what_it_gives_over_all_rows(tmp_path, question, opening):
    """Of the rows that are looked at first the oldest is also the one who was buried last."""
    last = [
        ("Ada Frey", "North", "1850", "99"),
        ("Ben Roth", "South", "1706", "31"),
        ("Cleo May", "South", "5 Dec", "40"),
    ]
    store = TableStore(tmp_path)
    first = f"{GRAVES}\nPerson 1 | North | 1901 | 21"
    table = TableToKeep(text=first, names=tuple(GRAVES.split(" | ")), rows=[*BURIED, *last])
    store.put(chunk("g", first).doc_id, table)
    index, _ = snow_index()
    ranker = AnswerRanker(EvidenceScorer(index, minilm(), Readings(None)), open_table=store.headed)
    rows = "\n".join([GRAVES, *(" | ".join(row) for row in BURIED[:12])])
    asked = understand(question)
    hits = with_long_tables(
        asked, [hit(chunk("g", rows, role="table"))], lambda _asked, _table: False, ranker=ranker
    )

    told = work_out(asked, Context(hits=tuple(hits)), ranker).text

    assert told.startswith(opening)


def test_a_row_that_is_named_comes_as_a_source(ranker):
    first, rows = gathered("What is the amount of order 377?", ranker)

    assert rows.chunk.text == f"{HEADER}\n377 | South | {377 * 37 % 1009 / 10}"
    assert (rows.rank, rows.chunk.doc_id) == (2, first.chunk.doc_id)


def test_a_table_that_is_read_whole_is_asked_as_before(ranker):
    whole = chunk("t", "Hut | Beds\nUpper hut | 40", role="table")

    hits = with_long_tables(
        understand("Which hut has most beds?"),
        [hit(whole)],
        lambda _asked, _table: True,
        ranker=ranker,
    )

    assert hits == [hit(whole)]


def test_a_row_is_named_by_letters_before_its_number(tmp_path):
    store = TableStore(tmp_path)
    rows = [(f"P{n}", f"{n % 50}") for n in range(1000, 1600)]
    header = ("Plot", "Yield")
    table = TableToKeep(text="Plot | Yield\nP1000 | 2", names=header, rows=rows)
    store.put("d1", table)

    with store.headed("d1", "Plot | Yield") as kept:
        assert named_rows("What is the yield of P1432?", kept) == [432]

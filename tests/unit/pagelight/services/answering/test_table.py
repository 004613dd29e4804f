"""Tables for people and programs: scope, rows, background runs, and what the page is told."""

import json
import re
import threading

import pytest
from builders_table import DEPTH, TEXTS, TableFakeEngine, put
from builders_ui import client_of, wait
from fakes import FakeEmbedder
from fastapi.testclient import TestClient

from pagelight.server.app.api import api_app
from pagelight.services.answering.table import (
    rows_in_scope,
    table_rows,
)
from pagelight.services.jobs.table_jobs import MAX_OF_ONE, MAX_WAITING, Tables, table_line
from pagelight.ui.tables import (
    ShownRow,
    cell_places,
    in_order,
    table_routes,
)
from rag.errors import PagelightError
from rag.storage.workspace.store import WorkspaceIndex

PAGES_S = 20


@pytest.fixture
def engine(tmp_path):
    embedder = FakeEmbedder()
    with WorkspaceIndex(
        tmp_path / "ws", model_id=embedder.model_id, dim=embedder.dim, chunker_version="1"
    ) as index:
        for source, texts in TEXTS.items():
            put(index, embedder, source, texts)
        yield TableFakeEngine(index, embedder)


@pytest.fixture
def tables(engine):
    tables = Tables(engine)
    yield tables
    tables.close()


def finished(run):
    wait(lambda: run.over)
    return run


def test_a_scope_is_a_pattern_or_a_part_of_a_name(engine):
    records = engine.index.documents()

    assert [row.source for row in rows_in_scope(records, "")] == ["a.txt", "b.txt", "c.txt"]
    assert [row.source for row in rows_in_scope(records, "[ab]*")] == ["a.txt", "b.txt"]
    assert [row.source for row in rows_in_scope(records, " b.t ")] == ["b.txt"]
    with pytest.raises(PagelightError, match="fits “a until 1900-01-01”"):
        rows_in_scope(records, "a", until="1900-01-01")
    with pytest.raises(PagelightError, match="nothing"):
        rows_in_scope(records, "nothing.pdf")
    with pytest.raises(PagelightError, match="no document yet"):
        rows_in_scope([], "")


def test_a_row_as_json_cites_its_page_and_an_unsupported_cell_is_empty(engine):
    rows = rows_in_scope(engine.index.documents(), "")
    first, _, last = (row.as_json() for row in table_rows(engine, [DEPTH], rows))
    (told,), (empty,) = first["cells"], last["cells"]

    assert first["source"] == "a.txt"
    assert (told["answered"], told["page"], told["bbox"]) == (True, 1, [0.1, 0.2, 0.5, 0.3])
    assert told["quote"] == TEXTS["a.txt"][1]
    assert (empty["answered"], empty["text"]) == (False, "")


@pytest.fixture
def held(engine):
    """Let the first table that gets its turn wait, until the test is over."""
    gate, begun = threading.Event(), threading.Event()
    engine.warm = lambda: (begun.set(), gate.wait(PAGES_S))
    yield begun
    gate.set()


def test_a_stopped_table_keeps_its_rows_and_the_next_one_gets_its_turn(engine, tables):
    gate, begun = threading.Event(), threading.Event()
    engine.warm = lambda: (begun.set(), gate.wait(PAGES_S))
    first = tables.start([DEPTH], "")
    begun.wait(PAGES_S)
    second = tables.start([DEPTH], "a.txt")
    states = (first.state, second.state)
    tables.stop(first)
    gate.set()

    assert states == ("running", "waiting")
    assert (finished(first).state, len(first.rows)) == ("stopped", 1)
    assert finished(second).state == "done"


def table_threads():
    return [thread for thread in threading.enumerate() if thread.name == "table"]


def test_however_many_tables_are_asked_for_one_thread_fills_them(tables, held):
    begun = [tables.start([DEPTH], "") for _ in range(MAX_OF_ONE)]
    held.wait(PAGES_S)
    for _ in range(300):
        with pytest.raises(PagelightError, match=r"of your tables wait .* or stop it"):
            tables.start([DEPTH], "")

    assert len(table_threads()) == 1
    assert [tables.ahead(run) for run in begun] == [0, 1, 2, 3]


def test_all_persons_share_one_line_of_a_certain_length(engine, held):
    line = table_line()
    persons = [Tables(engine, line=line) for _ in range(MAX_WAITING // MAX_OF_ONE + 1)]
    first = persons[0].start([DEPTH], "")
    held.wait(PAGES_S)
    for person in persons[1:]:
        runs = [person.start([DEPTH], "") for _ in range(MAX_OF_ONE)]
    with pytest.raises(PagelightError, match=f"{MAX_WAITING} tables of all who ask"):
        persons[0].start([DEPTH], "")
    persons[-1].stop(runs[0])

    assert (runs[0].state, runs[0].over) == ("stopped", True)
    assert persons[0].start([DEPTH], "") is not first
    assert persons[-1].ahead(runs[1]) == MAX_WAITING - 3
    assert len(table_threads()) == 1
    for person in persons[1:]:
        person.close()
    assert all(run.over for run in runs)


def test_trouble_is_told_and_the_next_table_runs(engine, tables, caplog):
    def broken():
        raise RuntimeError("a bug")

    engine.warm = broken
    assert finished(tables.start([DEPTH], "")).error.startswith("The table broke off")
    engine.warm = lambda: None
    run = finished(tables.start([DEPTH], ""))
    assert (run.state, len(run.rows), run.error) == ("done", 3, "")
    assert tables.get(run.key) is run
    assert tables.get("other") is None
    assert "a table broke off" in caplog.text


@pytest.fixture
def client(tables):
    return client_of(table_routes(tables))


def begun(client, **changes):
    answer = client.post("/table", json={"questions": f"{DEPTH}\n\nWhat do marmots eat?"} | changes)
    return answer.json()["key"]


def seen(client, key, **wanted):
    wait(lambda: client.get(f"/table/{key}").json()["over"])
    return client.get(f"/table/{key}", params=wanted).json()


def test_the_page_is_told_rows_whose_cells_open_their_place(client, tables):
    view = seen(client, begun(client), unsure=True)
    opened = re.findall(r'name="source" value="(\w+)/(\d+)"', view["html"])
    places = [cell_places(tables, key)[int(at)] for key, at in opened]

    assert (view["told"], view["done"], view["percent"]) == ("3 of 3 documents asked", 3, 100)
    assert [place.question for place in places[:2]] == [DEPTH, "What do marmots eat?"]
    assert places[0].quote == TEXTS["a.txt"][1]


def test_rows_are_sorted_filtered_and_shown_a_part_at_a_time(client):
    key = begun(client)

    def sources(**wanted):
        return re.findall(r"(\w\.txt)</button>", seen(client, key, **wanted)["html"])

    assert sources(sort=0, down=True) == ["c.txt", "b.txt", "a.txt"]
    assert sources(words="B.T") == ["b.txt"]
    assert sources(shown=1) == ["a.txt"]
    assert 'data-more="301">Show more (2)</button>' in seen(client, key, shown=1)["html"]


@pytest.mark.parametrize("down", [False, True])
def test_numbers_come_before_words_and_empty_cells_last_whichever_way_is_sorted(down):
    texts = {"empty": "", "word": "none", "ten": "10 m", "two": "2 m"}
    rows = [ShownRow(document=None, cells=(), texts=each) for each in texts.items()]

    numbers = ["ten", "two"] if down else ["two", "ten"]
    assert [row.texts[0] for row in in_order(rows, 1, down=down)] == [*numbers, "word", "empty"]


def test_bad_tables_are_refused_in_words(client):
    nothing = client.post("/table", json={"questions": " "})
    nobody = client.post("/table", json={"questions": DEPTH, "scope": "zzz"})

    assert (nothing.status_code, nobody.status_code) == (422, 422)
    assert "zzz" in nobody.json()["error"]
    assert client.get("/table/0123").status_code == 404
    assert client.post("/table/0123/stop").status_code == 404
    assert client.get("/table/0123.csv").status_code == 404


def test_the_command_line_gets_the_same_rows_through_a_running_chat(engine):
    app = api_app(engine, jobs=None, incoming=None, token="t")  # noqa: S106 - of this test only
    body = {"questions": [DEPTH], "scope": ""}
    with TestClient(app, headers={"Authorization": "Bearer t"}) as client:
        lines = client.post("/api/table", json=body).text.splitlines()
        refused = client.post("/api/table", json=body | {"scope": "zzz"})
    rows = table_rows(engine, [DEPTH], rows_in_scope(engine.index.documents(), ""))

    assert json.loads(lines[0]) == {"documents": 3}
    assert [json.loads(line) for line in lines[1:]] == [row.as_json() for row in rows]
    assert "zzz" in refused.json()["error"]

"""Tables for people and programs: scope, rows, background runs, and what the page is told."""

import json
import threading
import time

import pytest
from builders_table import DEPTH, TEXTS, TableFakeEngine, put
from fakes import FakeEmbedder
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.errors import PagelightError
from rag.index.store import WorkspaceIndex
from ui.api import api_routes
from ui.asking import Days
from ui.places import Shelf
from ui.table import MOST_QUESTIONS, checked_questions, pattern_of, rows_in_scope, table_rows
from ui.table_jobs import Tables
from ui.table_numbers import Number, number_of
from ui.table_routes import table_routes

PAGES_S = 20


@pytest.fixture
def engine(tmp_path):
    embedder = FakeEmbedder()
    with WorkspaceIndex.open(
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
    deadline = time.monotonic() + PAGES_S
    while not run.over and time.monotonic() < deadline:
        time.sleep(0.005)
    return run


@pytest.mark.parametrize(
    ("scope", "pattern"),
    [
        ("a[1].txt", "a[[]1].txt"),
        ("[1]", "*[[]1]*"),
        ("notes", "*notes*"),
        ("*.txt", "*.txt"),
        (" ", ""),
    ],
)
def test_names_stand_for_themselves_before_they_are_patterns(scope, pattern):
    assert pattern_of(scope, ["a[1].txt", "a1.txt", "notes/b.txt"]) == pattern


def test_a_scope_is_a_pattern_or_a_part_of_a_name(engine):
    records = engine.index.documents()

    assert [row.source for row in rows_in_scope(records, "")] == ["a.txt", "b.txt", "c.txt"]
    assert [row.source for row in rows_in_scope(records, "[ab]*")] == ["a.txt", "b.txt"]
    assert [row.source for row in rows_in_scope(records, " b.t ")] == ["b.txt"]
    with pytest.raises(PagelightError, match="fits “a until 1900-01-01”"):
        rows_in_scope(records, "a", days=Days(until="1900-01-01"))
    with pytest.raises(PagelightError, match="nothing"):
        rows_in_scope(records, "nothing.pdf")
    with pytest.raises(PagelightError, match="no document yet"):
        rows_in_scope([], "")


def test_questions_are_trimmed_and_asked_once_and_there_are_some():
    assert checked_questions(["  How\tdeep? ", "", "How deep?", "Who?"]) == ("How deep?", "Who?")
    for bad in ([], [" \n"], [f"{n}?" for n in range(MOST_QUESTIONS + 1)], ["x" * 2000]):
        with pytest.raises(PagelightError):
            checked_questions(bad)


def test_a_row_as_json_cites_its_page_and_an_unsupported_cell_is_empty(engine):
    rows = rows_in_scope(engine.index.documents(), "")
    first, _, last = (row.as_json() for row in table_rows(engine, [DEPTH], rows))
    (told,), (empty,) = first["cells"], last["cells"]

    assert first["source"] == "a.txt"
    assert (told["answered"], told["page"], told["bbox"]) == (True, 1, [0.1, 0.2, 0.5, 0.3])
    assert told["quote"] == TEXTS["a.txt"][1]
    assert (empty["answered"], empty["text"]) == (False, "")


def test_a_table_is_filled_in_the_background(tables):
    run = finished(tables.start([DEPTH], ""))

    assert (run.state, len(run.rows), run.error) == ("done", 3, "")
    assert tables.get(run.key) is run
    assert tables.get("other") is None


def test_a_stopped_table_keeps_its_rows_and_the_next_one_gets_its_turn(engine, tables):
    gate, begun = threading.Event(), threading.Event()
    engine.warm = lambda: (begun.set(), gate.wait(PAGES_S))
    first = tables.start([DEPTH], "")
    begun.wait(PAGES_S)
    second = tables.start([DEPTH], "a.txt")
    states = (first.state, second.state)
    first.stop.set()
    gate.set()

    assert states == ("running", "waiting")
    assert (finished(first).state, len(first.rows)) == ("stopped", 1)
    assert finished(second).state == "done"


def test_trouble_is_told_and_the_next_table_runs(engine, tables, caplog):
    def broken():
        raise RuntimeError("a bug")

    engine.warm = broken
    assert finished(tables.start([DEPTH], "")).error.startswith("The table broke off")
    engine.warm = lambda: None
    assert finished(tables.start([DEPTH], "")).state == "done"
    assert "a table broke off" in caplog.text


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def client(tables, shelf):
    app = FastAPI()
    app.include_router(table_routes(tables, shelf))
    with TestClient(app) as client:
        yield client


def begun(client, **changes):
    answer = client.post("/table", json={"questions": f"{DEPTH}\n\nWhat do marmots eat?"} | changes)
    return answer.json()["key"]


def seen(client, key, start=0):
    deadline = time.monotonic() + PAGES_S
    view = client.get(f"/table/{key}?start={start}").json()
    while not view["over"] and time.monotonic() < deadline:
        view = client.get(f"/table/{key}?start={start}").json()
    return view


def test_the_page_is_told_rows_whose_cells_open_their_place(client, shelf):
    view = seen(client, begun(client))
    places = [
        shelf.get(cell["key"])[cell["at"]]
        for row in view["rows"]
        for cell in row["cells"]
        if cell["key"]
    ]

    assert (view["state"], view["done"], view["total"]) == ("done", 3, 3)
    assert view["questions"] == [DEPTH, "What do marmots eat?"]
    assert [place.question for place in places[:2]] == view["questions"]
    assert places[0].quote == TEXTS["a.txt"][1]
    assert view["rows"][0]["cells"][0]["sure"]


def test_the_page_asks_for_new_rows_alone_and_their_places_go_on(client):
    key = begun(client)
    whole = seen(client, key)["rows"]

    assert seen(client, key, start=2)["rows"] == whole[2:]
    assert seen(client, key, start=9)["rows"] == []


def test_bad_tables_are_refused_in_words(client):
    nothing = client.post("/table", json={"questions": " "})
    nobody = client.post("/table", json={"questions": DEPTH, "scope": "zzz"})

    assert (nothing.status_code, nobody.status_code) == (422, 422)
    assert "zzz" in nobody.json()["error"]
    assert client.get("/table/0123").status_code == 404
    assert client.post("/table/0123/stop").status_code == 404
    assert client.get("/table/0123.csv").status_code == 404


def test_a_table_is_taken_along_as_a_file(client):
    key = begun(client, scope="a.txt")
    seen(client, key)
    as_csv, as_xlsx = client.get(f"/table/{key}.csv"), client.get(f"/table/{key}.xlsx")

    assert "attachment" in as_csv.headers["content-disposition"]
    assert "317" in as_csv.text
    assert as_xlsx.content.startswith(b"PK")


def test_the_command_line_gets_the_same_rows_through_a_running_chat(engine):
    app = FastAPI()
    app.include_router(api_routes(engine, jobs=None, read_image=None, token="t"))  # noqa: S106 - of this test only
    body = {"questions": [DEPTH], "scope": ""}
    with TestClient(app, headers={"Authorization": "Bearer t"}) as client:
        lines = client.post("/api/table", json=body).text.splitlines()
        refused = client.post("/api/table", json=body | {"scope": "zzz"})
    rows = table_rows(engine, [DEPTH], rows_in_scope(engine.index.documents(), ""))

    assert json.loads(lines[0]) == {"documents": 3}
    assert [json.loads(line) for line in lines[1:]] == [row.as_json() for row in rows]
    assert "zzz" in refused.json()["error"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("86.00", Number(value=86)),
        ("$100,000", Number(value=100_000, unit="$")),
        ("RM 12.50", Number(value=12.5, unit="RM")),
        ("2.1 million", Number(value=2_100_000)),
        ("$17,564 thousand ($17,564,000)", Number(value=17_564_000, unit="$")),
        ("-5.5%", Number(value=-5.5, unit="%")),
        ("612 cm", Number(value=612, unit="cm")),
        ("about 6 m", Number(value=6, unit="m")),
        ("(12)", Number(value=-12)),
        ("2004", Number(value=2004, unit="year")),
        ("June 2022", None),
        ("19-05-2018", None),
        ("$670 $723", None),
        ("David Flynn", None),
        ("forty", None),
        ("", None),
    ],
)
def test_a_cell_counts_for_its_one_number(text, number):
    assert number_of(text) == number

"""What the page fetches of tables: begin, look, stop, take along as a file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Annotated, Final, Literal, NamedTuple

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.discovery.formats import XLSX
from pagelight.server.middleware.headers import download, fresh, there
from pagelight.services.answering.places import Place
from pagelight.services.answering.table import TableCell, TableRow, as_csv, as_xlsx
from pagelight.services.jobs.table_jobs import UNSURE, TableRun, Tables
from pagelight.ui.language import say, say_count, say_number
from pagelight.ui.templating import render
from rag.number_forms import NUMBER
from rag.quantities import quantity
from rag.summarization.collection import ListedDocument
from rag.text import MONTH

PAGE_ROWS: Final = 300
_DATE: Final = re.compile(rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\b{MONTH}\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
MAX_WORDS: Final = 3
"""Of a cell that counts as its number."""


class TableForm(BaseModel):
    model_config = ConfigDict(extra="forbid")
    questions: str = Field(max_length=100_000)
    scope: str = Field(default="", max_length=1000)


class TableLook(BaseModel):
    """How the rows are wanted: with some words, sorted by a column (0: the document; -1: as asked).

    `unsure` shows answers without enough support too. `seen` rows are there already: while there
    are no more, none are sent.
    """

    words: str = Field(default="", max_length=1000)
    sort: int = -1
    down: bool = False
    unsure: bool = False
    shown: int = Field(default=PAGE_ROWS, ge=0)
    seen: int = -1


class ShownRow(NamedTuple):
    """What one document says: cells with words and the key of their place; its columns' words."""

    document: ListedDocument
    cells: tuple[tuple[TableCell, str, str], ...]
    texts: tuple[str, ...]


def table_routes(tables: Tables) -> APIRouter:
    router = APIRouter(prefix="/table")

    @router.post("")
    def begin(body: TableForm) -> Response:
        return fresh({"key": tables.start(body.questions.splitlines(), body.scope).key})

    @router.get("/{key}.{kind}")
    def saved(key: str, kind: Literal["csv", "xlsx"]) -> Response:
        run = there(tables.get(key))
        rows = [row.as_json() for row in list(run.rows)]
        data = (as_csv if kind == "csv" else as_xlsx)(run.questions, rows)
        media = "text/csv; charset=utf-8" if kind == "csv" else XLSX.media_type
        return download(data, f"table.{kind}", media)

    @router.get("/{key}")
    def look(key: str, wanted: Annotated[TableLook, Query()]) -> Response:
        run = there(tables.get(key))
        over = run.over  # before its rows: a table that is over gets no more
        rows, total = list(run.rows), len(run.asked)
        body = {
            "told": _state_text(run, len(rows), tables.ahead(run)),
            "failed": run.state == "failed",
            "over": over,
            "done": len(rows),
            "percent": 100 * len(rows) / total if total else 0,
            "html": "" if len(rows) == wanted.seen and not over else _html(run, rows, wanted),
        }
        return fresh(body)

    @router.post("/{key}/stop", status_code=204)
    def stop(key: str) -> None:
        tables.stop(there(tables.get(key)))

    return router


def cell_places(tables: Tables, key: str) -> tuple[Place, ...]:
    """Return the places of a table's cells, sure or unsure ones, by the key that the page knows."""
    run = tables.get(key.removesuffix(UNSURE))
    cells = (cell for row in list(run.rows) for cell in row.cells) if run else ()
    is_sure = run is not None and run.key == key
    return tuple(cell.place for cell in cells if cell.place and cell.cell.supported == is_sure)


def _state_text(run: TableRun, count: int, ahead: int) -> str:
    done = {"done": say_number(count), "total": say_number(len(run.asked))}
    match run.state:
        case "failed":
            return run.error
        case "waiting":
            some = "Waiting for {n} other tables …"
            return say_count(ahead or 1, "Waiting for another table …", some)
        case "running":
            return say("Asking: {done} of {total} documents", **done) if count else say("Asking …")
        case "stopped":
            return say("Stopped: {done} of {total} documents. Run again to go on.", **done)
        case "done":
            return say("{done} of {total} documents asked", **done)


def _html(run: TableRun, rows: Sequence[TableRow], wanted: TableLook) -> str:
    words = wanted.words.strip().casefold()
    shown = _shown(run, rows, unsure=wanted.unsure)
    found = [row for row in shown if any(words in text.casefold() for text in row.texts)]
    return render(
        "table.html",
        questions=list(run.questions),
        rows=in_order(found, wanted.sort, down=wanted.down),
        wanted=wanted,
        more=wanted.shown + PAGE_ROWS,
    )


def _shown(run: TableRun, rows: Sequence[TableRow], *, unsure: bool) -> Iterator[ShownRow]:
    keys = {True: run.key, False: run.unsure_key}
    positions = {True: itertools.count(), False: itertools.count()}

    def shown(each: TableCell) -> tuple[TableCell, str, str]:
        sure = each.cell.supported
        key = f"{keys[sure]}/{next(positions[sure])}" if each.place else ""
        return each, each.cell.text if sure or unsure else "", key

    for row in rows:
        cells = tuple(map(shown, row.cells))
        yield ShownRow(row.row, cells, (row.row.source, *(text for _, text, _ in cells)))


def in_order(rows: list[ShownRow], column: int, *, down: bool) -> list[ShownRow]:
    """Return the rows in order of a column; numbers before words, and empty cells last, always."""
    if column < 0:
        return rows
    told = [(row, "".join(row.texts[column : column + 1])) for row in rows]
    cells = [(row, _number_of(text) if column else None, text.casefold()) for row, text in told]
    cells.sort(key=itemgetter(2), reverse=down)
    cells.sort(key=lambda cell: cell[1] or 0.0, reverse=down)
    cells.sort(key=lambda cell: (cell[1] is None, not cell[2]))
    return [row for row, _, _ in cells]


def _number_of(text: str) -> float | None:
    """Return the one number that a short answer is; None for words, dates and several numbers."""
    answer = text.split("(", 1)[0].strip() or text
    is_sentence = len(_WORD.findall(answer)) > MAX_WORDS
    if is_sentence or _DATE.search(answer) or len(NUMBER.findall(answer)) != 1:
        return None
    found = quantity(answer)
    return found.size if found else None

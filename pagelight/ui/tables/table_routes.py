"""What the page fetches of tables: begin, look, stop, take along as a file."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from pagelight.services.answering.places import Place
from pagelight.services.answering.table import TableCell, TableRow
from pagelight.services.answering.table_export import as_csv, as_xlsx
from pagelight.services.answering.table_numbers import number_of
from pagelight.services.jobs.table_jobs import TableRun, Tables
from pagelight.ui.html.sentences import explained
from rag.errors import PagelightError

FRESH: Final = {"cache-control": "no-store"}
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableForm(BaseModel):
    """Questions, one a line, and which documents are asked."""

    model_config = ConfigDict(extra="forbid")
    questions: str = Field(max_length=100_000)
    scope: str = Field(default="", max_length=1000)


def table_routes(tables: Tables) -> APIRouter:
    """Return the routes under `/table`."""
    router = APIRouter(prefix="/table")

    @router.post("")
    def begin(body: TableForm) -> Response:
        try:
            run = tables.start(body.questions.splitlines(), body.scope)
        except PagelightError as error:
            return JSONResponse({"error": explained(error)}, status_code=422, headers=FRESH)
        return JSONResponse({"key": run.key}, headers=FRESH)

    @router.get("/{key}.{kind}")
    def download(key: str, kind: Literal["csv", "xlsx"]) -> Response:
        run = _known(tables, key)
        rows = [row.as_json() for row in list(run.rows)]
        data = (as_csv if kind == "csv" else as_xlsx)(run.questions, rows)
        media = "text/csv; charset=utf-8" if kind == "csv" else _XLSX
        named = {"content-disposition": f'attachment; filename="table.{kind}"'}
        return Response(data, media_type=media, headers=FRESH | named)

    @router.get("/{key}")
    def look(key: str, start: int = 0) -> Response:
        run = _known(tables, key)
        over = run.over  # before its rows: a table that is over gets no more
        rows = list(run.rows)
        view = _view(run, rows, max(0, start), over=over) | {"ahead": tables.ahead(run)}
        return JSONResponse(view, headers=FRESH)

    @router.post("/{key}/stop")
    def stop(key: str) -> Response:
        tables.stop(_known(tables, key))
        return Response(status_code=204)

    return router


def cell_places(tables: Tables, key: str) -> tuple[Place, ...]:
    """Return the places of a table's cells by the key that the page knows them by; else none."""
    run = tables.named(key)
    return places_of(list(run.rows), sure=run.key == key) if run else ()


def places_of(rows: Sequence[TableRow], *, sure: bool) -> tuple[Place, ...]:
    """Return the places of the cells with, or without, enough support, row by row."""
    return tuple(
        cell.place
        for row in rows
        for cell in row.cells
        if cell.place is not None and cell.cell.supported == sure
    )


def _known(tables: Tables, key: str) -> TableRun:
    run = tables.get(key)
    if run is None:
        raise HTTPException(404)
    return run


def _view(run: TableRun, rows: list[TableRow], start: int, *, over: bool) -> dict[str, Any]:
    keys = {True: run.key, False: run.unsure_key}
    counts = {sure: itertools.count(len(places_of(rows[:start], sure=sure))) for sure in keys}

    def shown(cell: TableCell) -> dict[str, Any]:
        sure = cell.cell.supported
        place = {"key": keys[sure], "at": next(counts[sure])} if cell.place else {"key": ""}
        return _cell(cell) | place

    return {
        "state": run.state,
        "over": over,
        "error": run.error,
        "questions": run.questions,
        "total": len(run.asked),
        "done": len(rows),
        "rows": [
            {
                "doc": row.row.doc_id,
                "source": row.row.source,
                "cells": [shown(cell) for cell in row.cells],
            }
            for row in rows[start:]
        ],
    }


def _cell(cell: TableCell) -> dict[str, Any]:
    """Return what the page shows of a cell, but for its place."""
    number = number_of(cell.cell.text)
    return {
        "text": cell.cell.text,
        "sure": cell.cell.supported,
        "confidence": round(cell.cell.confidence, 3),
        "where": cell.place.where if cell.place else "",
        "quote": " ".join(cell.place.quote.split())[:600] if cell.place else "",
        "value": number.value if number else None,
        "unit": number.unit if number else "",
    }

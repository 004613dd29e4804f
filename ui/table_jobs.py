"""Tables that the page asked for: filled one after the other in the background, and stopped.

Knows what fills a table; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from rag.answer.collection import Row
from rag.errors import PagelightError
from ui.table import TableEngine, TableRow, checked_questions, rows_in_scope, table_rows

logger = logging.getLogger(__name__)

KEPT_TABLES: Final = 8
"""Tables that can still be looked at; what they found stays in the workspace."""

CLOSE_S: Final = 10.0

State = Literal["waiting", "running", "stopped", "done", "failed"]


@dataclass(slots=True, kw_only=True)
class TableRun:
    """One table: its rows so far. Written by its thread, read by any.

    `key` names it and the places of its cells, `unsure_key` those of cells without enough support.
    """

    key: str
    unsure_key: str
    questions: tuple[str, ...]
    asked: Sequence[Row]
    rows: list[TableRow] = field(default_factory=list)
    state: State = "waiting"
    error: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        return self.state in ("stopped", "done", "failed")


class Tables:
    """Fills one table at a time; the others wait for their `turn`, which persons share."""

    def __init__(self, engine: TableEngine, *, turn: threading.Lock | None = None) -> None:
        self._engine = engine
        self._turn = turn or threading.Lock()
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, TableRun] = OrderedDict()
        self._threads: list[threading.Thread] = []

    def start(self, questions: Sequence[str], scope: str) -> TableRun:
        """Begin a table. Raises PagelightError where nothing, or nobody, can be asked."""
        asked = checked_questions(questions)
        rows = rows_in_scope(self._engine.index.documents(), scope)
        key, unsure_key = secrets.token_hex(12), secrets.token_hex(12)
        run = TableRun(key=key, unsure_key=unsure_key, questions=asked, asked=rows)
        thread = threading.Thread(target=self._fill, args=(run,), name="table", daemon=True)
        with self._lock:
            self._runs[run.key] = run
            while len(self._runs) > KEPT_TABLES:
                _, oldest = self._runs.popitem(last=False)
                oldest.stop.set()
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()
        return run

    def get(self, key: str) -> TableRun | None:
        with self._lock:
            return self._runs.get(key)

    def close(self) -> None:
        """Stop all tables, and wait until none uses the workspace."""
        with self._lock:
            runs, threads = list(self._runs.values()), list(self._threads)
        for run in runs:
            run.stop.set()
        for thread in threads:
            thread.join(CLOSE_S)

    def _fill(self, run: TableRun) -> None:
        with self._turn:
            if run.stop.is_set():
                run.state = "stopped"
                return
            run.state = "running"
            try:
                self._engine.warm()
                self._ask(run)
            except PagelightError as error:
                run.state, run.error = "failed", str(error)
            except Exception:
                run.state, run.error = "failed", "The table broke off: a bug. The log tells more."
                logger.exception("a table broke off")

    def _ask(self, run: TableRun) -> None:
        for row in table_rows(self._engine, run.questions, run.asked):
            run.rows.append(row)
            if run.stop.is_set():
                break
        run.state = "done" if len(run.rows) == len(run.asked) else "stopped"

"""Tables that the page asked for: filled one after the other in the background, and stopped.

Knows what fills a table, and the line that all persons' tables wait in; knows nothing of HTML or
HTTP.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from pagelight.services.answering.asking import AnyEngine
from pagelight.services.answering.table import (
    TableRow,
    checked_questions,
    rows_in_scope,
    table_rows,
)
from pagelight.services.jobs.jobs import WaitingLine
from rag.errors import PagelightError
from rag.summarization.collection import ListedDocument

logger = logging.getLogger(__name__)

KEPT_TABLES: Final = 8
"""Tables that can still be looked at; what they found stays in the workspace."""

MAX_OF_ONE: Final = 4
"""Tables of one person that wait or are filled."""

MAX_WAITING: Final = 32
"""Tables of all persons that wait."""

CLOSE_S: Final = 10.0

UNSURE: Final = "u"
"""Ends the key of the places of cells without enough support; no other key has this letter."""

State = Literal["waiting", "running", "stopped", "done", "failed"]


@dataclass(slots=True, kw_only=True)
class TableRun:
    """One table. `key` names it and its cells' places, `unsure_key` those without support."""

    key: str
    questions: tuple[str, ...]
    asked: Sequence[ListedDocument]
    rows: list[TableRow] = field(default_factory=list)
    state: State = "waiting"
    error: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def end(self, state: State, *, error: str = "") -> None:
        self.state, self.error = state, error
        self.ended.set()

    @property
    def unsure_key(self) -> str:
        return f"{self.key}{UNSURE}"

    @property
    def over(self) -> bool:
        return self.state in ("stopped", "done", "failed")


def table_line() -> WaitingLine:
    return WaitingLine(max_waiting=MAX_WAITING, name="table")


class Tables:
    """One person's tables; each waits for its turn in a `line`, which persons share."""

    def __init__(
        self,
        engine: AnyEngine,
        *,
        line: WaitingLine | None = None,
        allow: Callable[[int], object] = lambda _: None,
    ) -> None:
        """`allow` counts questions; raises QuotaError where they may not be asked."""
        self._engine = engine
        self._allow = allow
        self._line = line or table_line()
        self._lock = threading.Lock()
        self._runs: dict[str, TableRun] = {}

    def start(self, questions: Sequence[str], scope: str) -> TableRun:
        """Begin a table. Raises PagelightError for nothing to ask, or too many tables."""
        asked = checked_questions(questions)
        rows = rows_in_scope(self._engine.index.documents(), scope)
        self._allow(len(asked))
        run = TableRun(key=secrets.token_hex(12), questions=asked, asked=rows)
        with self._lock:
            if sum(not one.over for one in self._runs.values()) >= MAX_OF_ONE:
                raise PagelightError(
                    "{n} of your tables wait or are being filled.",
                    hint="Wait for one of them, or stop it.",
                    n=MAX_OF_ONE,
                )
            if not self._line.add(run.key, partial(self._fill, run)):
                raise PagelightError(
                    "{n} tables of all who ask are waiting.", hint="Try again later.", n=MAX_WAITING
                )
            self._runs[run.key] = run
            while len(self._runs) > KEPT_TABLES:
                # More are kept than one person may have under way: one is over.
                del self._runs[next(key for key, run in self._runs.items() if run.over)]
        return run

    def get(self, key: str) -> TableRun | None:
        with self._lock:
            return self._runs.get(key)

    def ahead(self, run: TableRun) -> int:
        return self._line.ahead(run.key)

    def stop(self, run: TableRun) -> None:
        """End a table after the row at hand, or before its turn."""
        run.stop.set()
        if self._line.take_out(run.key):
            run.end("stopped")

    def close(self) -> None:
        """Stop all tables, and wait until none uses the workspace."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            self.stop(run)
        for run in runs:
            run.ended.wait(CLOSE_S)

    @property
    def at_work(self) -> bool:
        with self._lock:
            return not all(run.over for run in self._runs.values())

    def _fill(self, run: TableRun) -> None:
        run.state = "running"
        try:
            self._engine.warm()
            for row in table_rows(self._engine, run.questions, run.asked):
                run.rows.append(row)
                if run.stop.is_set():
                    break
            run.end("done" if len(run.rows) == len(run.asked) else "stopped")
        except PagelightError as error:
            run.end("failed", error=str(error))
        except Exception:
            run.end("failed", error="The table broke off: a bug. The log tells more.")
            logger.exception("a table broke off")

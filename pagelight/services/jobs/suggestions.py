"""Questions for the empty screen: each was asked in the background, and well answered.

Runs when the program is ready and reads nothing; what was found is kept in the workspace until
the library changes. Its thread has the priority of all others: one of a lower that holds the
interpreter on a busy machine holds up whoever asks. Knows threads and the engine; knows nothing of
HTML or HTTP.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pagelight.services.answering.protocols import EngineSeam
from pagelight.services.answering.suggest import SuggestedQuestion, candidates_of
from pagelight.services.jobs.jobs import Watchable
from rag.datamodel import Answer, Document, Query
from rag.errors import PagelightError

logger = logging.getLogger(__name__)

MADE: Final = 4
"""How questions are made: raised where others are made of the same documents."""

SHOWN: Final = 4
MOST_DOCUMENTS: Final = 24
"""Documents that are looked at, taken evenly by the hash of their content."""

MOST_ASKED: Final = 40
LEAST_CONFIDENCE: Final = 0.85
QUICK_PROFILE: Final = "embedded"
"""Where a model writes, a question costs too much to be asked unasked."""


class Suggestions:
    """At most `SHOWN` questions, each of another document. Safe for several threads.

    Who shares a `turn` looks for questions one after the other. Where some are `given`, these are
    shown, and none is looked for.
    """

    def __init__(
        self,
        engine: EngineSeam,
        jobs: Watchable,
        *,
        store: Path,
        given: Sequence[str] = (),
        turn: threading.Lock | None = None,
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._store = store
        self._given = given
        self._turn = turn or threading.Lock()
        self._lock = threading.Lock()
        self._version = ""
        self._found: tuple[str, ...] = ()
        self._running = False

    def current(self) -> tuple[Sequence[str], bool]:
        """Return the questions found so far, and whether more may come; begins if need be."""
        if self._given or self._engine.profile.name != QUICK_PROFILE:
            return self._given, False
        version = self._library_version()
        with self._lock:
            if version != self._version and not self._running and self._has_turn():
                self._begin(version)
            fits = version == self._version
            return (self._found if fits else ()), self._running or not fits

    def _library_version(self) -> str:
        return f"{self._engine.index.version()}-{MADE}"

    def _is_free(self) -> bool:
        return self._engine.ready() and not self._jobs.state.running

    def _has_turn(self) -> bool:
        return self._is_free() and self._turn.acquire(blocking=False)

    def _begin(self, version: str) -> None:
        self._version, self._found = version, self._stored(version)
        if self._found:
            self._turn.release()
            return
        self._running = True
        threading.Thread(target=self._run, args=(version,), name="suggest", daemon=True).start()

    def _run(self, version: str) -> None:
        try:
            for question in self._answered():
                with self._lock:
                    self._found = (*self._found, question)
            self._keep(version)
        except _BusyError:
            with self._lock:
                self._version = ""  # it is begun anew once the program is free
        except PagelightError as error:
            logger.info("no questions are suggested: %s", error)
        except Exception:
            logger.exception("suggesting questions stopped by a bug")
        finally:
            with self._lock:
                self._running = False
            self._turn.release()

    def _answered(self) -> Iterator[str]:
        """Yield questions that their own document answers, one of each document.

        Raises _BusyError where the program is free no more.
        """
        count = asked = 0
        for candidates in candidate_lists(self._documents()):
            for candidate in candidates:
                if asked >= MOST_ASKED or count >= SHOWN:
                    return
                if not self._is_free():
                    raise _BusyError
                asked += 1
                start = time.monotonic()
                *_, answer = self._engine.ask(Query(text=candidate.question), ())
                if is_good(answer, candidate):
                    count += 1
                    yield candidate.question
                    break
                time.sleep(time.monotonic() - start)  # half of the time is the person's

    def _documents(self) -> list[Document]:
        records = [r for r in self._engine.index.documents() if r.id and not r.pending]
        records.sort(key=lambda record: hashlib.sha256(record.id.encode()).digest())
        found = (self._engine.index.document(record.id) for record in records[:MOST_DOCUMENTS])
        return [doc for doc in found if doc is not None]

    def _stored(self, version: str) -> tuple[str, ...]:
        try:
            row = json.loads(self._store.read_text(encoding="utf-8"))
            return tuple(map(str, row["questions"])) if row["version"] == version else ()
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def _keep(self, version: str) -> None:
        row = {"version": version, "questions": self._found}
        try:
            self._store.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            logger.warning("suggested questions could not be kept: %s", error)


class _BusyError(Exception):
    """Raised where documents are read, or models made ready, before all were asked."""


def candidate_lists(docs: Sequence[Document]) -> list[list[SuggestedQuestion]]:
    """Return each document's candidates; first kinds differ from one document to the next."""
    lists = []
    for position, doc in enumerate(docs):
        found = candidates_of(doc)
        kinds = list(dict.fromkeys(one.kind for one in found))
        first = kinds[position % len(kinds)] if kinds else ""
        lists.append(sorted(found, key=_apart(first)))
    return lists


def _apart(first: str) -> Callable[[SuggestedQuestion], bool]:
    return lambda candidate: candidate.kind != first


def is_good(answer: Answer, candidate: SuggestedQuestion) -> bool:
    """Tell whether an answer is sure, opens with its own document, and shows the figure asked for.

    A passage may go on with what other documents say of it.
    """
    if not answer.answered or not answer.citations or answer.unsupported:
        return False
    if answer.citations[0].chunk.doc_id != candidate.doc_id:
        return False
    if candidate.kind == "caption":
        return bool(answer.figures)
    return answer.confidence >= LEAST_CONFIDENCE

"""Asking from the command line: here, or through the chat that owns the workspace.

One process owns a workspace. Where that is a running chat, the same questions go to it over its
local API; the answers have the same shape either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Protocol

from ingest.brake import Brake
from ingest.progress import OnProgress
from rag.answer.render_json import answer_json, documents_json, hits_json, page_json
from rag.closing import Closing
from rag.datamodel import Query, Turn
from rag.errors import PagelightError, WorkspaceBusyError
from rag.index.lock import Owner, owner_of
from rag.settings import Settings
from ui.asking import NO_DAYS, Days, query_of, read_page, ready_documents
from ui.assemble import Assembly, assemble
from ui.reports import reports_json
from ui.table import rows_in_scope, table_rows

ASK_SECONDS: Final = 600.0
"""A chat may still be loading its models, and a long answer takes a while."""


ReadBy = Literal["local", "ray"]


class Session(AbstractContextManager["Session"], Protocol):
    """What the command line can ask for. Results are those of ARCHITECTURE's command line.

    `within` is a glob: only documents whose path fits it, and whose day lies within `days`, are
    searched. `holds_workspace` tells
    whether the workspace is open in this process.
    """

    holds_workspace: ClassVar[bool]

    def close(self) -> None: ...
    def ask(
        self,
        question: str,
        image: Path | None,
        history: Sequence[Turn],
        *,
        within: str = "",
        days: Days = NO_DAYS,
    ) -> dict[str, Any]: ...
    def search(
        self,
        query: str,
        image: Path | None,
        *,
        k: int,
        within: str = "",
        days: Days = NO_DAYS,
    ) -> list[dict[str, Any]]: ...
    def status(self) -> str:
        """Return what is wrong with the models or the workspace, as a sentence; "" if nothing."""
        ...

    def documents(self) -> list[dict[str, Any]]: ...
    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]: ...
    def reports(self) -> list[dict[str, Any]]:
        """Return the answers that were reported as wrong, oldest first."""
        ...

    def ingest(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: Brake | None = None,
        engine: ReadBy = "local",
    ) -> dict[str, Any]:
        """Read what changed. `engine`: child processes open the files, or a Ray cluster."""
        ...

    def table(
        self, questions: Sequence[str], scope: str, *, days: Days = NO_DAYS
    ) -> AbstractContextManager[tuple[int, Iterator[dict[str, Any]]]]:
        """Return how many documents are asked, and their rows as they finish."""
        ...


def open_session(settings: Settings) -> Session:
    """Open the workspace, or reach the chat that has it open.

    Raises WorkspaceBusyError if another process has it open that can't be asked.
    """
    owner = owner_of(settings.workspace)
    if owner is None:
        return LocalSession(settings)
    if not owner.url:
        raise WorkspaceBusyError(
            f"The workspace {settings.workspace} is in use by {owner.description}.",
            hint="Wait until it is done, or choose another --workspace.",
        )
    return RemoteSession(owner)


class LocalSession(Closing):
    """The workspace open in this process."""

    holds_workspace: ClassVar[bool] = True

    def __init__(self, settings: Settings) -> None:
        self._parts: Assembly = assemble(settings)

    def ask(
        self,
        question: str,
        image: Path | None,
        history: Sequence[Turn],
        *,
        within: str = "",
        days: Days = NO_DAYS,
    ) -> dict[str, Any]:
        engine = self._parts.engine
        engine.warm()
        (*_, answer) = engine.ask(self._query(question, image, within, days), history)
        return answer_json(answer, profile=engine.profile.name)

    def search(
        self,
        query: str,
        image: Path | None,
        *,
        k: int,
        within: str = "",
        days: Days = NO_DAYS,
    ) -> list[dict[str, Any]]:
        self._parts.engine.warm()
        found = self._parts.engine.search(self._query(query, image, within, days), k)
        return hits_json(found, question=query)

    def status(self) -> str:
        self._parts.engine.warm()
        return self._parts.engine.status()

    def documents(self) -> list[dict[str, Any]]:
        return documents_json(ready_documents(self._parts.engine.index))

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]:
        return page_json(read_page(self._parts.engine.index, source, page, quote))

    def reports(self) -> list[dict[str, Any]]:
        return reports_json(self._parts.engine.index)

    def ingest(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: Brake | None = None,
        engine: ReadBy = "local",
    ) -> dict[str, Any]:
        parts = self._parts
        readers = parts.make_ray_ingest() if engine == "ray" else nullcontext(parts.make_ingest())
        with readers as made:
            return made.run(folder, on_progress=on_progress, stop=stop).as_json()

    @contextmanager
    def table(
        self, questions: Sequence[str], scope: str, *, days: Days = NO_DAYS
    ) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
        engine = self._parts.engine
        rows = rows_in_scope(engine.index.documents(), scope, days=days)
        engine.warm()
        yield len(rows), (row.as_json() for row in table_rows(engine, questions, rows))

    def _query(self, text: str, image: Path | None, within: str, days: Days) -> Query:
        read_image = self._parts.read_image
        return query_of(text, image, within=within, days=days, read_image=read_image)

    def close(self) -> None:
        self._parts.close()


class RemoteSession(Closing):
    """The workspace open in a running chat."""

    holds_workspace: ClassVar[bool] = False

    def __init__(self, owner: Owner) -> None:
        import httpx  # noqa: PLC0415 - only where a chat runs

        self._httpx = httpx
        self._client = httpx.Client(
            base_url=f"{owner.url}/api/",
            headers={"Authorization": f"Bearer {owner.token}"},
            timeout=ASK_SECONDS,
            trust_env=False,
        )

    def ask(
        self,
        question: str,
        image: Path | None,
        history: Sequence[Turn],
        *,
        within: str = "",
        days: Days = NO_DAYS,
    ) -> dict[str, Any]:
        turns = [{"question": turn.question, "answer": turn.answer} for turn in history]
        body = {"question": question, "image": _absolute(image), "history": turns}
        answer: dict[str, Any] = self._post("ask", body | {"within": within} | asdict(days))
        return answer

    def search(
        self,
        query: str,
        image: Path | None,
        *,
        k: int,
        within: str = "",
        days: Days = NO_DAYS,
    ) -> list[dict[str, Any]]:
        body = {"query": query, "image": _absolute(image), "k": k, "within": within}
        hits: list[dict[str, Any]] = self._post("search", body | asdict(days))
        return hits

    def status(self) -> str:
        return str(self._sent("GET", "status")["status"])

    def documents(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._post("documents", {})
        return rows

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]:
        body = {"source": source, "page": page, "quote": quote}
        found: dict[str, Any] = self._post("page", body)
        return found

    def reports(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._post("reports", {})
        return rows

    def ingest(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: Brake | None = None,
        engine: ReadBy = "local",
    ) -> dict[str, Any]:
        del on_progress, stop  # the chat's own page shows it, and has its own buttons
        if engine != "local":
            raise PagelightError(
                f"The running chat at {self._client.base_url} reads the files itself.",
                hint="Close it to read them with --engine ray.",
            )
        report: dict[str, Any] = self._post("ingest", {"folder": _absolute(folder)}, seconds=None)
        return report

    @contextmanager
    def table(
        self, questions: Sequence[str], scope: str, *, days: Days = NO_DAYS
    ) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
        body = {"questions": list(questions), "scope": scope} | asdict(days)
        try:
            with self._client.stream("POST", "table", json=body) as response:
                if not response.is_success:
                    raise PagelightError(_told(response.read().decode(), response.status_code))
                lines = map(json.loads, response.iter_lines())
                yield next(lines)["documents"], lines
        except self._httpx.HTTPError as error:
            raise PagelightError(
                f"The running chat at {self._client.base_url} did not answer: {error}.",
                hint="Run the same command again: what is done is kept.",
            ) from error

    def _post(self, name: str, body: dict[str, Any], *, seconds: float | None = ASK_SECONDS) -> Any:  # noqa: ANN401 - JSON
        return self._sent("POST", name, json=body, timeout=seconds)

    def _sent(self, method: str, name: str, **what: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            response = self._client.request(method, name, **what)
        except self._httpx.HTTPError as error:
            raise PagelightError(
                f"The running chat at {self._client.base_url} did not answer: {error}.",
                hint="Close it and try again.",
            ) from error
        if response.is_success:
            return response.json()
        raise PagelightError(_told(response.text, response.status_code))

    def close(self) -> None:
        self._client.close()


def _absolute(path: Path | None) -> str | None:
    return str(path.resolve()) if path else None


def _told(body: str, status: int) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return f"The running chat refused the request (HTTP {status})."

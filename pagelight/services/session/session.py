"""Asking from the command line: here, or through the chat that owns the workspace; many at once.

One process owns a workspace. Where that is a running chat, the same questions go to it over its
local API; the answers have the same shape either way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, Final, Unpack

from ingest.archives.passwords import lent
from ingest.pipeline.progress import OnProgress
from ingest.remote.address import folder_at, is_address
from pagelight.services.answering.answer_json import (
    answer_json,
    documents_json,
    hits_json,
    page_json,
    reports_json,
)
from pagelight.services.answering.asking import (
    AnyEngine,
    Incoming,
    ReadBy,
    Request,
    Scope,
    messages_of,
    query_of,
    read_page,
    ready_documents,
    turns,
    words_of,
)
from pagelight.services.answering.table import rows_in_scope, table_rows
from pagelight.services.session.assemble import assemble
from rag.closing import Closing
from rag.datamodel import Turn
from rag.errors import PagelightError, WorkspaceBusyError
from rag.pipeline.engine.engine import Engine
from rag.settings import Settings
from rag.storage.files.folder import Owner, owner_of


class SeamSession(Closing):
    """Over an engine of this process, another's to close, and limited by whoever made it."""

    holds_workspace: ClassVar[bool] = True
    """Whether the workspace is open in this process."""

    def __init__(self, engine: AnyEngine, incoming: Incoming) -> None:
        self._engine = engine
        self._incoming = incoming

    def ask(self, request: Request, history: Sequence[Turn]) -> dict[str, Any]:
        query = query_of(request, self._incoming)
        self._engine.warm()
        (*_, answer) = self._engine.ask(query, history)
        return answer_json(answer, profile=self._engine.profile.name)

    def search(self, request: Request, *, k: int) -> list[dict[str, Any]]:
        query = query_of(request, self._incoming)
        self._engine.warm()
        return hits_json(self._engine.search(query, k), question=request.text)

    def documents(self, *, start: int = 0, most: int | None = None) -> list[dict[str, Any]]:
        """Return `most` documents from number `start` (from 0) on; None: all of them."""
        return documents_json(ready_documents(self._engine.index, start=start, most=most))

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]:
        return page_json(read_page(self._engine.index, source, page, quote))

    def rows(
        self, questions: Sequence[str], scope: str, *, since: str = "", until: str = ""
    ) -> tuple[int, Iterator[dict[str, Any]]]:
        """Return how many documents are asked, and their rows as they finish."""
        rows = rows_in_scope(self._engine.index.documents(), scope, since=since, until=until)

        def finished() -> Iterator[dict[str, Any]]:
            self._engine.warm()
            yield from (row.as_json() for row in table_rows(self._engine, questions, rows))

        return len(rows), finished()

    def close(self) -> None:
        """Nothing is held here."""


class OwnerSession(SeamSession):
    """As `SeamSession`, for who owns the workspace."""

    def __init__(self, engine: Engine, incoming: Incoming) -> None:
        super().__init__(engine, incoming)
        self._index = engine.index

    def reports(self) -> list[dict[str, Any]]:
        """Return the answers that were reported as wrong, oldest first."""
        return reports_json(self._index)

    def audit(self, most: int, *, who: str = "") -> list[dict[str, Any]]:
        """Return the last lines of who did what, newest first; `who`: of one person."""
        return [line.as_json() for line in self._index.audit.last(most, who=who)]


class LocalSession(OwnerSession):
    """The workspace open in this process."""

    def __init__(self, settings: Settings) -> None:
        self._parts = assemble(settings)
        super().__init__(self._parts.engine, self._parts)
        while self._index.share():  # what other machines have read since
            continue

    def ask(self, request: Request, history: Sequence[Turn]) -> dict[str, Any]:
        self._parts.engine.warm_writer()
        return super().ask(request, history)

    def status(self) -> str:
        """Return what is wrong with the models or the workspace, as a sentence; "" if nothing."""
        self._engine.warm()
        return self._engine.status()

    def ingest(
        self,
        folder: str | Path,
        *,
        on_progress: OnProgress,
        engine: ReadBy = "local",
        remove_all: bool = False,
        briefly: bool = False,
    ) -> dict[str, Any]:
        """Read what changed in a folder or address; return `Report.as_json`.

        `engine`: child processes open the files, or a Ray cluster.
        `remove_all`: what is gone leaves the index, also where that is everything.
        """
        parts = self._parts
        root = folder_at(folder, parts.settings.workspace)
        readers = parts.make_ray_ingest() if engine == "ray" else nullcontext(parts.make_ingest())
        with readers as made:
            report = made.run(root, on_progress=on_progress, remove_all=remove_all)
        return report.as_json(briefly=briefly)

    def close(self) -> None:
        self._parts.close()


ASK_SECONDS: Final = 600.0
"""A chat may still be loading its models, and a long answer takes a while."""


class RemoteSession(Closing):
    """As `LocalSession`, in a running chat. Raises PagelightError where it refuses."""

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

    def ask(self, request: Request, history: Sequence[Turn]) -> dict[str, Any]:
        body = {
            "question": request.text,
            "history": messages_of(history),
            "attachments": [str(path.resolve()) for path in request.attachments],
        }
        return dict(self._post("ask", body | _scope(request)))

    def search(self, request: Request, *, k: int) -> list[dict[str, Any]]:
        image = str(request.image.resolve()) if request.image else None
        body = {"query": request.text, "k": k, "image": image} | _scope(request)
        return list(self._post("search", body))

    def status(self) -> str:
        return str(self._sent("GET", "status")["status"])

    def documents(self, *, start: int = 0, most: int | None = None) -> list[dict[str, Any]]:
        return list(self._post("documents", {"start": start, "most": most}))

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]:
        return dict(self._post("page", {"source": source, "page": page, "quote": quote}))

    def reports(self) -> list[dict[str, Any]]:
        return list(self._post("reports", {}))

    def audit(self, most: int, *, who: str = "") -> list[dict[str, Any]]:
        return list(self._post("audit", {"most": most, "who": who}))

    def ingest(
        self,
        folder: str | Path,
        *,
        on_progress: OnProgress,
        engine: ReadBy = "local",
        remove_all: bool = False,
        briefly: bool = False,
    ) -> dict[str, Any]:
        del on_progress, briefly  # the chat's own page shows it, and has its own buttons
        if engine != "local" or lent():
            raise PagelightError(
                f"The running chat at {self._client.base_url} reads the files itself.",
                hint="Close it to read them with --engine ray or --password-file.",
            )
        named = folder if is_address(folder) else Path(folder).resolve()
        body = {"folder": str(named), "remove_all": remove_all}
        return dict(self._post("ingest", body, seconds=None))

    def rows(
        self, questions: Sequence[str], scope: str, *, since: str = "", until: str = ""
    ) -> tuple[int, Iterator[dict[str, Any]]]:
        scoped = {"scope": scope, "since": since, "until": until}
        lines = self._lines("table", {"questions": list(questions)} | scoped)
        return next(lines)["documents"], lines

    def _lines(self, name: str, body: dict[str, Any]) -> Iterator[Any]:
        with (
            self._answering(hint="Run the same command again: what is done is kept."),
            self._client.stream("POST", name, json=body) as response,
        ):
            if not response.is_success:
                raise PagelightError(_refusal(response.read().decode(), response.status_code))
            yield from map(json.loads, response.iter_lines())

    def _post(self, name: str, body: dict[str, Any], *, seconds: float | None = ASK_SECONDS) -> Any:  # noqa: ANN401 - JSON
        return self._sent("POST", name, json=body, timeout=seconds)

    def _sent(self, method: str, name: str, **what: Any) -> Any:  # noqa: ANN401 - JSON
        with self._answering(hint="Close it and try again."):
            response = self._client.request(method, name, **what)
        if response.is_success:
            return response.json()
        raise PagelightError(_refusal(response.text, response.status_code))

    @contextmanager
    def _answering(self, *, hint: str) -> Iterator[None]:
        try:
            yield
        except self._httpx.HTTPError as error:
            raise PagelightError(
                f"The running chat at {self._client.base_url} did not answer: {error}.", hint=hint
            ) from error

    def close(self) -> None:
        self._client.close()


def _scope(request: Request) -> dict[str, Any]:
    return {"within": request.within, "since": request.since, "until": request.until}


def _refusal(body: str, status: int) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return f"The running chat refused the request (HTTP {status})."


Session = LocalSession | RemoteSession
"""What the command line asks. Results have the shapes that its commands print as JSON."""


def open_session(settings: Settings) -> Session:
    """Open the workspace, or reach the chat that has it open. Raises WorkspaceBusyError."""
    owner = owner_of(settings.workspace)
    if owner is None:
        return LocalSession(settings)
    if not owner.url:
        raise WorkspaceBusyError(
            f"The workspace {settings.workspace} is in use by {owner.description}.",
            hint="Wait until it is done, or choose another --workspace.",
        )
    return RemoteSession(owner)


def read_history(path: Path) -> tuple[Turn, ...]:
    """Read a JSON list of messages {"role": "user" | "assistant", "content"}."""
    try:
        return turns(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, PagelightError) as error:
        raise PagelightError(f"The history {path} can't be read: {error}") from error


def answer_lines(session: Session, path: Path, **scope: Unpack[Scope]) -> Iterator[dict[str, Any]]:
    """Yield an answer, or {"id", "error"}, for each line; its files lie beside the batch's."""

    def work(row: Mapping[str, Any]) -> dict[str, Any]:
        history, text = turns(row.get("history") or ()), words_of(row.get("question") or "")
        names = [*(row.get("attachments") or ()), *filter(None, [row.get("image")])]
        files = tuple(path.parent / str(name) for name in names)
        return session.ask(Request(text=text, attachments=files, **scope), history)

    yield from _each_line(path, work)


def search_lines(
    session: Session, path: Path, *, k: int, **scope: Unpack[Scope]
) -> Iterator[dict[str, Any]]:
    """Yield {"id", "hits"}, or {"id", "error"}, for each line; `scope` as in `answer_lines`."""

    def work(row: Mapping[str, Any]) -> dict[str, Any]:
        text = words_of(row.get("question") or row.get("query") or "")
        image = path.parent / str(row["image"]) if row.get("image") else None
        return {"hits": session.search(Request(text=text, image=image, **scope), k=k)}

    yield from _each_line(path, work)


def _each_line(
    path: Path, work: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield what each line makes; a bad line stops no other."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise PagelightError(f"The batch {path} can't be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        row: Any = {}
        try:
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    row = {}
                    raise PagelightError("not a JSON object")  # noqa: TRY301 - told as one below
                yield {"id": row.get("id", number), **work(row)}
        except (ValueError, PagelightError) as error:
            yield {"id": row.get("id", number), "error": f"line {number}: {error}"}

"""The workspace of a running chat, asked from the command line over the chat's local API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Final

from ingest.archives.passwords import lent
from ingest.pipeline.progress import OnProgress
from ingest.remote.address import is_address
from pagelight.services.answering.asking import NO_DAYS, Days, Request
from pagelight.services.answering.messages import messages_of
from pagelight.services.answering.protocols import ReadBy
from rag.closing import Closing
from rag.datamodel import Turn
from rag.errors import PagelightError
from rag.storage.database.lock import Owner

ASK_SECONDS: Final = 600.0
"""A chat may still be loading its models, and a long answer takes a while."""


class RemoteSession(Closing):
    """The workspace open in a running chat. Does all that `session.LocalSession` does.

    Raises PagelightError for what the chat refuses, and where it does not answer.
    """

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
        attachments = [str(path.resolve()) for path in request.attachments]
        body = {
            "question": request.text,
            "history": messages_of(history),
            "attachments": attachments,
        }
        answer: dict[str, Any] = self._post("ask", body | _options(request))
        return answer

    def search(self, request: Request, *, k: int) -> list[dict[str, Any]]:
        image = str(request.image.resolve()) if request.image else None
        body = {"query": request.text, "k": k, "image": image}
        hits: list[dict[str, Any]] = self._post("search", body | _options(request))
        return hits

    def status(self) -> str:
        return str(self._sent("GET", "status")["status"])

    def documents(self, *, start: int = 0, most: int | None = None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._post("documents", {"start": start, "most": most})
        return rows

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]:
        body = {"source": source, "page": page, "quote": quote}
        found: dict[str, Any] = self._post("page", body)
        return found

    def reports(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._post("reports", {})
        return rows

    def audit(self, most: int, *, who: str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._post("audit", {"most": most, "who": who})
        return rows

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
        report: dict[str, Any] = self._post("ingest", body, seconds=None)
        return report

    @contextmanager
    def table(
        self, questions: Sequence[str], scope: str, *, days: Days = NO_DAYS
    ) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
        body = {"questions": list(questions), "scope": scope} | asdict(days)
        try:
            with self._client.stream("POST", "table", json=body) as response:
                if not response.is_success:
                    raise PagelightError(_refusal(response.read().decode(), response.status_code))
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
        raise PagelightError(_refusal(response.text, response.status_code))

    def close(self) -> None:
        self._client.close()


def _options(request: Request) -> dict[str, Any]:
    return {"within": request.within, **asdict(request.days)}


def _refusal(body: str, status: int) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return f"The running chat refused the request (HTTP {status})."

"""What programs ask of an engine that runs in this process already: the chat's own server.

Answers have the shapes of `services.session.session`. Knows the seams alone: what a person may see
was settled by whoever made the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pagelight.services.answering.answer_json import (
    answer_json,
    documents_json,
    hits_json,
    page_json,
)
from pagelight.services.answering.asking import Request, query_of, read_page, ready_documents
from pagelight.services.answering.protocols import AnyEngine, Incoming
from rag.closing import Closing
from rag.datamodel import Turn


class SeamSession(Closing):
    """The engine is another's to close."""

    holds_workspace: ClassVar[bool] = True
    """Whether the workspace is open in this process."""

    def __init__(self, engine: AnyEngine, incoming: Incoming) -> None:
        self._engine = engine
        self._incoming = incoming

    def ask(self, request: Request, history: Sequence[Turn]) -> dict[str, Any]:
        self._engine.warm()
        (*_, answer) = self._engine.ask(query_of(request, self._incoming), history)
        return answer_json(answer, profile=self._engine.profile.name)

    def search(self, request: Request, *, k: int) -> list[dict[str, Any]]:
        self._engine.warm()
        found = self._engine.search(query_of(request, self._incoming), k)
        return hits_json(found, question=request.text)

    def documents(self, *, start: int = 0, most: int | None = None) -> list[dict[str, Any]]:
        """Return `most` documents from number `start` (from 0) on; None: all of them."""
        return documents_json(ready_documents(self._engine.index, start=start, most=most))

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> dict[str, Any]:
        return page_json(read_page(self._engine.index, source, page, quote))

    def close(self) -> None:
        """Nothing is held here."""

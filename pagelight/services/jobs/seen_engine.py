"""The engine as one person may use it: whatever is asked, their collections alone are searched.

Knows the seams; knows no passwords and nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pagelight.services.accounts.person import Person
from pagelight.services.answering.protocols import Library, ProfileSeam, WholeEngine
from rag.answer.library.collection import TableAsker
from rag.datamodel import Answer, Hit, Query, Turn


class SeenEngine:
    """Implements `pagelight.services.answering.protocols.Engine`.

    Its models, and what they read, are those of the one engine.
    """

    def __init__(self, engine: WholeEngine, person: Person) -> None:
        self._engine = engine
        self._collections = person.collections
        self._index = engine.index.seen_by(owner=person.key, collections=person.collections)

    @property
    def index(self) -> Library:
        return self._index

    @property
    def profile(self) -> ProfileSeam:
        return self._engine.profile

    def warm(self) -> None:
        self._engine.warm()

    def ready(self) -> bool:
        return self._engine.ready()

    def status(self) -> str:
        return self._engine.status()

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        return self._engine.ask(self._seen(query), history)

    def search(self, query: Query, k: int) -> list[Hit]:
        return self._engine.search(self._seen(query), k)

    def table(self) -> TableAsker:
        """Return what asks documents by their ids; a table's rows come from `index`."""
        return self._engine.table()

    def writers(self) -> Mapping[str, str]:
        return self._engine.writers()

    def _seen(self, query: Query) -> Query:
        return replace(query, filters=replace(query.filters, collections=self._collections))

"""What a server takes of a request, as its refusals have told. Knows the protocol's fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from rag.models.endpoint.errors import RefusedPartError

LIMIT: Final = "max_tokens"
OTHER_LIMIT: Final = "max_completion_tokens"
"""What OpenAI's models that reason take in its place."""

SETTINGS: Final = (LIMIT, OTHER_LIMIT, "temperature")
"""What a server may refuse of a request, and be asked without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`pictures` are how many are taken; None: as many as are sent."""

    pictures: int | None = None
    tools: bool = True
    refused: frozenset[str] = frozenset()

    def without(self, error: RefusedPartError) -> Taken:
        """Return what is taken after a refusal; another request is then another one."""
        if error.part == "pictures":
            return replace(self, pictures=error.most)
        if error.part == "tools":
            return replace(self, tools=False)
        return replace(self, refused=self.refused | {error.part})

    def settings(self, *, answer_tokens: int) -> dict[str, Any]:
        """Return how long an answer may be, and that none is left to chance."""
        limit = OTHER_LIMIT if LIMIT in self.refused else LIMIT
        told = {limit: answer_tokens, "temperature": 0}
        return {name: value for name, value in told.items() if name not in self.refused}

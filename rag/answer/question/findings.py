"""What is found for a question, each thing once. Knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

Thing = TypeVar("Thing")


class Findings:
    """What is found for a question, each thing once. What two threads find at once, both find.

    A key names who finds (an index, a model, a stage) and what it was given.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was found under the key; `make` finds it the first time."""
        if key not in self._found:
            self._found[key] = make()
        found: Thing = self._found[key]  # type: ignore[assignment]  # as it was made for this key
        return found

"""How much is found and read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is retrieved and read, and the chance of an answer under which none is given.

    `reading_tokens` and `pictures` are what a larger model that writes is given.
    """

    top_k: int
    context_hits: int
    context_tokens: int
    threshold: float
    reading_tokens: int = 6000
    pictures: int = 0

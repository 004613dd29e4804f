"""What a model that writes did for an answer: what it searched, read and wrote."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a model read and wrote for an answer, in tokens, and how long that took.

    `first_s`: from the prompt to the first words; `seconds`: to the last. Several prompts of one
    answer are summed, but for `first_s`.
    """

    read_tokens: int
    tokens: int
    first_s: float
    seconds: float

    @property
    def tokens_per_s(self) -> float:
        """How fast it wrote once it had begun; 0 for what came at once."""
        writing_s = self.seconds - self.first_s
        return self.tokens / writing_s if writing_s > 0 else 0.0


class SearchStep(Struct, frozen=True, kw_only=True, array_like=True):
    """What a model asked for while it answered, and what that brought, as words for a person.

    `refused` tells that it was not done, and `found` then why.
    """

    action: str
    words: str
    found: str
    refused: bool = False

"""The seam of the language model: text in, text out. Knows no engine and no weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCompletion:
    """What a model wrote.

    `mean_logprob` is the mean natural logarithm of its tokens' probabilities, at most 0; 0 of
    none. `finish_reason` is "length" where `max_tokens` cut it off.
    """

    text: str
    mean_logprob: float
    finish_reason: FinishReason


class LanguageModel(Protocol):
    """Continues a conversation, greedily: the same input gives the same text."""

    @property
    def model_id(self) -> str: ...

    def complete(
        self,
        system: str,
        examples: Sequence[tuple[str, str]],
        user: str,
        *,
        max_tokens: int,
    ) -> TextCompletion:
        """Return what follows `user`, after a system text and worked examples (user, assistant).

        A system text and examples that are the same as before cost little. Raises ModelError.
        """
        ...

"""The seam of the language model: text in, text out. Knows no engine and no weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of generated text; `logprob` is the sum over its tokens (natural logarithm).

    The last one of a text has its `finish_reason`, how many `tokens` were generated in all, and
    the `samples` that were asked for.
    """

    text: str = ""
    logprob: float = 0.0
    finish_reason: FinishReason | None = None
    tokens: int = 0
    samples: tuple[TextCompletion, ...] = ()


class LanguageModel(Protocol):
    """Continues a conversation, greedily: the same input gives the same text."""

    @property
    def model_id(self) -> str: ...

    def complete(self, system: str, user: str, *, max_tokens: int) -> TextCompletion:
        """Return what follows `user`, after a system text.

        A system text that is the same as before costs little. Raises ModelError.
        """
        ...

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int,
        begun: str = "",
        samples: int = 0,
    ) -> Iterator[Segment]:
        """Yield what follows some messages (role, content), as it is generated.

        Behind what it has `begun` it goes on, also where it would have ended. Beside it so many
        `samples` are drawn from what the model holds for likely. Closing the iterator ends the
        work. Raises ModelError.
        """
        ...


def completion_of(segments: Sequence[Segment]) -> TextCompletion:
    """Return the text that segments are the pieces of, all of them."""
    last = segments[-1]
    return TextCompletion(
        text="".join(one.text for one in segments).strip(),
        mean_logprob=sum(one.logprob for one in segments) / max(1, last.tokens),
        finish_reason=last.finish_reason or "stop",
    )


def messages_of(system: str, user: str) -> list[dict[str, str]]:
    """Return a conversation: the system text, and what is asked."""
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": without_control_tokens(user)},
    ]


def without_control_tokens(text: str) -> str:
    """Return text of documents and people that can't end its own turn: `<|im_end|>` is words."""
    return text.replace("<|", "<\u200b|")

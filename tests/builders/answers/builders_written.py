"""A language model whose words are recorded: what a test lets it say, whatever it is asked."""

from collections.abc import Iterator, Mapping, Sequence

from rag.errors import ModelError
from rag.models.llm.protocol import Segment, TextCompletion


class RecordedModel:
    """Says one text, word by word; keeps the messages that it was asked with."""

    model_id = "recorded"

    def __init__(self, text: str, *, logprob: float = -0.1, fails: bool = False) -> None:
        self._text = text
        self._logprob = logprob
        self._fails = fails
        self.asked: list[str] = []

    def complete(
        self, system: str, examples: Sequence[tuple[str, str]], user: str, *, max_tokens: int
    ) -> TextCompletion:
        del system, examples, max_tokens
        self.asked.append(user)
        return TextCompletion(text=self._text, mean_logprob=self._logprob, finish_reason="stop")

    def stream(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int
    ) -> Iterator[Segment]:
        del max_tokens
        self.asked.append(messages[-1]["content"])
        words = self._text.split(" ")
        for number, word in enumerate(words):
            if self._fails and number:
                raise ModelError("The language model ended.")
            yield Segment(text=f"{' ' if number else ''}{word}", logprob=self._logprob)
        yield Segment(finish_reason="stop", tokens=len(words))

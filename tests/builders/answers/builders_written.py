"""A language model whose words are recorded: what a test lets it say, whatever it is asked."""

from collections.abc import Iterator, Mapping, Sequence

from builders_answering import answering

from rag.answer.question.question import understand
from rag.datamodel import Answer
from rag.errors import ModelError
from rag.generation.writer import AnswerWriter
from rag.models.llm.protocol import Segment, TextCompletion


class RecordedModel:
    """Says one text, word by word; keeps the messages that it was asked with."""

    model_id = "recorded"

    def __init__(self, text: str, *, fails: bool = False) -> None:
        self._text = text
        self._fails = fails
        self.asked: list[str] = []

    def complete(self, system: str, user: str, *, max_tokens: int) -> TextCompletion:
        del system, max_tokens
        self.asked.append(user)
        return TextCompletion(text=self._text, mean_logprob=-0.1, finish_reason="stop")

    def stream(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int
    ) -> Iterator[Segment]:
        del max_tokens
        self.asked.append(messages[-1]["content"])
        words = self._text.split(" ")
        for number, word in enumerate(words):
            if self._fails and number:
                raise ModelError("The language model ended.")
            yield Segment(text=f"{' ' if number else ''}{word}", logprob=-0.1)
        yield Segment(finish_reason="stop", tokens=len(words))


def written_answers(model: RecordedModel, index, embedder, question: str) -> list[Answer]:
    """Return how the answer grows that a model writes from an index."""
    writer = AnswerWriter(model, lambda text: len(text.split()))
    return list(answering(index, embedder, writer=writer).ask(understand(question)))

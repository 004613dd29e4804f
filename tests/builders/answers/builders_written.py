"""A language model whose words are recorded: what a test lets it say, whatever it is asked."""

from collections.abc import Iterator, Mapping, Sequence

from builders_answering import answering

from rag.datamodel import Answer, AnswerLength, AnswerWishes, Query
from rag.errors import ModelError
from rag.generation.writers.answer_writer import AnswerWriter
from rag.models.llm.language_model import Segment, TextCompletion
from rag.understanding.question.question import understand


class RecordedModel:
    """Says one text after another, word by word; keeps what it was asked with.

    That is the last message of each, and what it had `begun`. `samples` are drawn beside each text
    that is written with some.
    """

    model_id = "recorded"

    def __init__(
        self,
        *texts: str,
        samples: Sequence[str] = (),
        fails: bool = False,
        mean_logprob: float = -0.05,
        score: float | None = None,
    ) -> None:
        self._texts = texts
        self._samples = samples
        self._fails = fails
        self._mean_logprob = mean_logprob
        self._score = score
        self.asked: list[str] = []
        self.begun: list[str] = []

    def complete(self, system: str, user: str, *, max_tokens: int) -> TextCompletion:
        del system, max_tokens
        text = self._next()
        self.asked.append(user)
        return self._completion(text)

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int,
        begun: str = "",
        samples: int = 0,
    ) -> Iterator[Segment]:
        del max_tokens
        words = self._next().split(" ")
        self.begun.append(begun)
        self.asked.append(messages[-1]["content"])
        for number, word in enumerate(words):
            if self._fails and number:
                raise ModelError("The language model ended.")
            yield Segment(text=f"{' ' if number else ''}{word}", logprob=-0.1)
        drawn = tuple(map(self._completion, self._samples[:samples]))
        yield Segment(finish_reason="stop", tokens=len(words), samples=drawn)

    def score(self, messages: Sequence[Mapping[str, str]], text: str) -> float | None:
        del messages, text
        return self._score

    def _completion(self, text: str) -> TextCompletion:
        return TextCompletion(text=text, mean_logprob=self._mean_logprob, finish_reason="stop")

    def _next(self) -> str:
        """Return the text that is said next; the last one again and again."""
        return self._texts[min(len(self.asked), len(self._texts) - 1)]


def written_answers(
    model: RecordedModel,
    index,
    embedder,
    question: str,
    *,
    length: AnswerLength = "usual",
    **stages,
) -> list[Answer]:
    """Return how the answer grows that a model writes from an index."""
    query = Query(text=question, wishes=AnswerWishes(length=length))
    writer = AnswerWriter(model, lambda text: len(text.split()))
    return list(answering(index, embedder, writer=writer, **stages).ask(understand(query)))

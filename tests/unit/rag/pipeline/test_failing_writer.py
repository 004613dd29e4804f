"""A model that writes and fails: it is told, with what to do, and the places found are quoted."""

import pytest
import torch
from builders_meaning import engine_over, opened, put

from rag.datamodel import Query
from rag.errors import ModelError
from rag.generation.writers.large_writer import INSTEAD
from rag.models.embedders import minilm
from rag.models.reader.reader import Reader

QUESTION = "How deep was the snow on the pass in March?"
PLACE = "In March the snow on the pass was 317 cm deep."

FAILURES = {
    "memory": (MemoryError(), "ran out of memory while the model that writes ran"),
    "memory of a GPU": (torch.OutOfMemoryError("CUDA"), "take a smaller model"),
    "a missing file": (FileNotFoundError(2, "No such file", "a.bin"), "can't be read"),
    "a refusal": (ModelError("The key was refused.", hint="Set RAG_GENERATOR_KEY."), "Set RAG_"),
    "a bug": (AttributeError("no attribute 'shape'"), "failed: no attribute 'shape'"),
}


class FailingWriter:
    """Raises `error` at one `moment`: "count", "fit", "start", "amid" its answer, or at its end."""

    model_id = "failing"
    sees = False

    def __init__(self, error, moment):
        self.error, self.moment = error, moment

    def _at(self, moment):
        if moment == self.moment:
            raise self.error

    def count_tokens(self, text):
        self._at("count")
        return len(text.split())

    def fit(self, prompt):
        self._at("fit")
        return prompt

    def stream(self, prompt):
        del prompt
        self._at("start")
        self._at("count")  # what can't count can't write
        yield "Snow lay very"
        self._at("amid")
        yield " deep [1]."
        self._at("end")


@pytest.fixture
def index(tmp_path):
    with opened(tmp_path / "ws") as made:
        put(made, PLACE, "A road that was closed.")
        yield made


def engine_with(index, error, moment):
    return engine_over(index, minilm(), Reader(), writer=FailingWriter(error, moment))


@pytest.fixture(params=FAILURES.values(), ids=FAILURES)
def failure(request):
    return request.param


@pytest.mark.parametrize("moment", ["count", "fit", "start", "amid", "end"])
def test_whenever_the_writer_fails_the_places_found_are_quoted_and_it_is_told(
    index, failure, moment
):
    error, why = failure
    *_, answer = engine_with(index, error, moment).ask(Query(text=QUESTION))

    assert answer.complete
    assert PLACE in answer.text
    assert PLACE in {citation.quote.strip("“”") for citation in answer.citations}
    assert why in answer.notes[-1]
    assert answer.notes[-1].endswith(INSTEAD)
    assert "317 cm" in answer.text

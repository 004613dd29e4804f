"""A model that fails takes no question with it where another stands in: and it is told."""

import threading

import numpy as np
import pytest
import torch
from builders_answer import chunk, hit
from builders_meaning import Stronger, engine_over, meaning_of, opened, put
from fakes import FakeImageEmbedder, FoundOrder

from rag.datamodel import Query
from rag.errors import ModelError, failure_message
from rag.models.embedders import SentenceEmbedder, minilm
from rag.models.folder_models import ModelReranker
from rag.models.reader.reader import Reader
from rag.pipeline.engine.other_writers import EmbeddedWriter
from rag.retrieval.images import ImageSearch
from rag.storage.search.spaces import PictureSpace

FAILURES = {
    "memory": MemoryError(),
    "memory of a GPU": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
    "memory of torch": RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    "a missing file": FileNotFoundError(2, "No such file or directory", "model.safetensors"),
    "a refusal": ModelError("The folder is empty."),
    "a bug": AttributeError("'NoneType' object has no attribute 'shape'"),
}


@pytest.fixture(params=FAILURES.values(), ids=FAILURES)
def failure(request):
    return request.param


class Failing:
    """Calls what it stands for until `error` is set."""

    def __init__(self, made):
        self.made, self.error = made, None

    def __getattr__(self, name):
        if self.error is not None:
            raise self.error
        return getattr(self.made, name)


@pytest.fixture
def index(tmp_path):
    with opened(tmp_path / "ws") as made:
        put(made, "snow on the pass", "a road that was closed")
        yield made


def test_another_text_model_that_fails_leaves_the_finding_to_the_built_in_one(index, failure):
    model = Failing(Stronger())
    meaning = meaning_of(index, model)
    meaning.catch_up()
    model.error = failure

    assert meaning.find(Query(text="snow"), k=5) is None
    assert meaning.status.endswith("The built-in model finds instead.")
    model.error = None
    assert meaning.find(Query(text="snow"), k=5)
    assert meaning.status == ""
    meaning.close()


class Judge:
    def __init__(self):
        self.error = None

    def __call__(self, question, hits):
        del question
        if self.error is not None:
            raise self.error
        return [0.1 * n for n, _ in enumerate(hits)]


def test_a_reranker_that_fails_leaves_the_order_that_was(tmp_path, failure):
    judge = Judge()
    reranker = ModelReranker(tmp_path / "tiny", FoundOrder(), lambda _: judge)
    reranker.warm()
    hits = [hit(chunk("a", "snow")), hit(chunk("b", "road"), rank=2)]
    judge.error = failure

    assert reranker.rerank(Query(text="snow"), hits) == FoundOrder().rerank(Query(text="s"), hits)
    assert reranker.problem.endswith("Our own ranker orders what was found.")
    judge.error = None
    assert [h.chunk.id for h in reranker.rerank(Query(text="snow"), hits)] == ["b", "a"]
    assert reranker.problem == ""


def sight_of(index, model):
    def pixels(_):
        return np.zeros((8, 8, 3), dtype=np.uint8)

    return ImageSearch(
        model,
        lambda m: index.space(PictureSpace, model_id=m.model_id, dim=m.dim),
        load=pixels,
        read=pixels,
    )


def test_an_image_model_that_fails_leaves_the_finding_to_words(index, failure):
    model = Failing(FakeImageEmbedder())
    sight = sight_of(index, model)
    sight.warm()
    model.error = failure

    assert sight.find(Query(text="red"), k=5) == []
    assert sight.problem.endswith("Pictures are found by their words alone.")
    model.error = None
    sight.close()


def test_loading_in_the_background_tells_of_every_failure(tmp_path, failure):
    def nowhere():
        raise failure

    embedder = SentenceEmbedder(nowhere, name="fake-words-64", max_tokens=9, dim=64)
    loaded = threading.Event()
    with opened(tmp_path / "ws") as index:
        engine = engine_over(index, embedder, Reader(adapter=tmp_path / "gone"))
        engine.warm_in_background(loaded.set)

        assert loaded.wait(20)
        assert engine.status() == failure_message(failure, of="The search model")
        assert engine.active.meaning is None


def test_a_writer_of_the_set_up_that_fails_is_told_beside_answers(tmp_path):
    with (
        opened(tmp_path / "ws") as index,
        EmbeddedWriter(lambda: tmp_path / "gone", len) as embedded,
    ):
        put(index, "The snow on the Passeck was 290 cm deep.")
        engine = engine_over(index, minilm(), Reader(), embedded=embedded)
        embedded.load()

        *_, answer = engine.ask(Query(text="How deep was the snow on the Passeck?"))

    assert any(note.endswith("Answers are quotations.") for note in answer.notes)

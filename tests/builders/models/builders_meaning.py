"""Another text model beside a built-in one, and small workspaces that both find in."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders_index import make_document, make_file, open_index, put_document
from fakes import FakeEmbedder

from rag.errors import ModelError
from rag.pipeline.engine.attached import AttachedFiles
from rag.pipeline.engine.built_in import BuiltIn
from rag.pipeline.engine.engine import Engine
from rag.pipeline.engine.models_in_use import ActiveModels
from rag.pipeline.engine.other_writers import OtherWriters
from rag.pipeline.finding import Limits
from rag.retrieval.model_search import DenseSearch
from rag.settings import Settings
from rag.storage.search.spaces import TextSpace

OLD = FakeEmbedder()


class Stronger(FakeEmbedder):
    """Another model; `broken` can't be loaded, `after` is called once a batch is embedded."""

    def __init__(self, *, dim=96, broken=False, after=lambda: None):
        super().__init__(dim=dim)
        self.ready = False
        self.closed = False
        self._broken = broken
        self._after = after

    def embed_documents(self, texts):
        rows = super().embed_documents(texts)
        self._after()
        return rows

    def warm(self):
        if self._broken:
            raise ModelError("The folder is empty.")
        self.ready = True

    def close(self):
        self.closed = True


def opened(workspace):
    return open_index(workspace, chunker_version="test")


def put(index, *texts, source="notes/a.txt", language=None):
    document = replace(make_document(*texts, source=source, name=source), language=language)
    put_document(index, document, files=[make_file(source, document.id)])


def meaning_of(index, model):
    return DenseSearch(
        model, lambda m: index.space(TextSpace, model_id=m.model_id, dim=m.dim), name="stronger"
    )


def engine_over(index, embedder, reader, *, writer=None, embedded=None, languages=None):
    """Return an engine over an index that nothing is attached to."""
    limits = Limits(top_k=3, context_hits=3, context_tokens=99, threshold=0.2)
    unopened = lambda: pytest.fail("nothing is attached")  # noqa: E731 - one line
    attached = AttachedFiles(Path("nowhere"), unopened, embedder, reader, limits, limit_mb=1)
    built_in = BuiltIn(index, embedder, reader, languages=languages)
    active = ActiveModels(settings=Settings(), writer=writer)
    others = OtherWriters(dict, lambda _name, _source: pytest.fail("no other writer is named"))
    return Engine(
        index, built_in, active, limits, attached=attached, others=others, embedded=embedded
    )

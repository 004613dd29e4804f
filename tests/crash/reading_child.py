"""A program that reads a workspace with another text model, and tells each batch it begins."""

import sys
from pathlib import Path

from crash.crash_child import open_index
from fakes import FakeEmbedder

from rag.retrieval.model_search import DenseSearch
from rag.storage.search.spaces import TextSpace


class Another(FakeEmbedder):
    """The same words in another space; says when it begins a batch."""

    ready = True

    def __init__(self, told=lambda _: None):
        super().__init__(dim=96)
        self._told = told

    def embed_documents(self, texts):
        self._told(len(texts))
        return super().embed_documents(texts)

    def warm(self):
        pass

    def close(self):
        pass


def meaning_of(index, model):
    return DenseSearch(
        model, lambda m: index.space(TextSpace, model_id=m.model_id, dim=m.dim), name="other"
    )


def tell(count: int) -> None:
    print(count, flush=True)  # noqa: T201 - this is how it speaks to the test


if __name__ == "__main__":
    with open_index(Path(sys.argv[1])) as opened:
        meaning = meaning_of(opened, Another(tell))
        meaning.catch_up()
        meaning.close()
    print("done", flush=True)  # noqa: T201 - as above

"""Whatever is done to an index, in whatever order, it shows what a plain list would show."""

import tempfile
from pathlib import Path

from builders_index import (
    EMBEDDER,
    embedded,
    make_chunks,
    make_document,
    make_file,
    open_index,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rag.datamodel import Filters

SOURCES = st.sampled_from(["a.txt", "b.txt", "sub/c.txt"])
TEXTS = st.lists(st.sampled_from(["snow", "rain", "snow rain", "hail"]), max_size=4)


class IndexMachine(RuleBasedStateMachine):
    """`shown` maps each source to the texts that must be found under it."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.index = self._open()
        self.shown = {}
        self.contents = {}

    def _open(self):
        return open_index(Path(self.folder.name) / "w")

    def teardown(self):
        self.index.close()
        self.folder.cleanup()

    @rule(source=SOURCES, texts=TEXTS)
    def put(self, source, texts):
        document = make_document(*texts, source=source)
        chunks = make_chunks(document)
        vectors = embedded(self.index.missing(chunks))
        self.index.put(document, chunks, vectors, files=[record(source, document.id)])
        self.contents[source] = document.id
        self.shown[source] = texts

    @rule(source=SOURCES)
    def remove(self, source):
        self.index.remove_sources([source])
        self._forget(source)

    @rule(source=SOURCES)
    def fail(self, source):
        self.index.fail(record(source, None))
        self._forget(source)

    @rule(source=SOURCES, of=SOURCES)
    def copy(self, source, of):
        if of in self.contents:
            self.index.add_sources([record(source, self.contents[of])])
            self.contents[source], self.shown[source] = self.contents[of], self.shown[of]

    @rule()
    def reopen(self):
        self.index.close()
        self.index = self._open()

    @invariant()
    def what_is_shown_is_found_and_nothing_else(self):
        for source in ("a.txt", "b.txt", "sub/c.txt"):
            filters = Filters(source_glob=source)
            words = self.index.search_lexical("snow rain hail", k=99, filters=filters)
            vector = EMBEDDER.embed_queries(["snow"])
            near = self.index.search_dense(vector, k=99, filters=filters)
            expected = sorted(self.shown.get(source, []))
            assert sorted(hit.chunk.text for hit in words) == expected
            assert sorted(hit.chunk.text for hit in near) == expected
            assert {hit.chunk.source for hit in near} <= {source}

    @invariant()
    def ledger_and_vectors_agree(self):
        assert self.index.check() == []

    def _forget(self, source):
        self.shown.pop(source, None)
        self.contents.pop(source, None)


def record(source, doc_id):
    return make_file(source, doc_id, state="ready" if doc_id else "failed")


IndexMachine.TestCase.settings = settings(max_examples=5, stateful_step_count=10, deadline=None)
TestIndex = IndexMachine.TestCase

"""Documents gathered until embedding is worth a call, and no longer than memory allows."""

import threading

import pytest
from builders_index import make_document
from fakes import FakeEmbedder

from ingest.pipeline.writer import (
    CHUNKS_AT_ONCE,
    EMBEDDED_AT_ONCE,
    LARGEST_CALL,
    Writer,
)


class Store:
    """An index in memory that forgets what is put there; `embedded`: it has every vector."""

    def __init__(self, *, embedded):
        self.embedded = embedded

    def missing(self, chunks):
        return [] if self.embedded else list(chunks)

    def put_all(self, entries):
        return [None for _ in entries]


class Desk:
    """A writer at work; `most` is how many documents ever waited."""

    def __init__(self, *, embedded, **how):
        self.taken = self.stored = self.most = 0
        self.embedder = FakeEmbedder(dim=8)
        self.stop = threading.Event()
        self.writer = Writer(
            Store(embedded=embedded),
            self.embedder,
            on_stored=self.on_stored,
            on_unstored=lambda *told: pytest.fail(f"not stored: {told}"),
            stop=self.stop,
            **how,
        )

    def on_stored(self, document, files):
        del document, files
        self.stored += 1

    def take(self, document):
        self.writer.add(document, [], seconds=0)
        self.taken += 1
        self.most = max(self.most, self.taken - self.stored)

    def write(self, documents):
        """Take them; None is a pause."""
        self.writer.follow((document for document in documents), self.take)
        self.writer.close()
        assert self.stored == self.taken == len(documents) - documents.count(None)


def test_documents_that_need_no_vector_do_not_wait_for_others():
    desk = Desk(embedded=True)
    desk.write([make_document(name=f"note {n}") for n in range(16 * EMBEDDED_AT_ONCE)])

    assert desk.most <= 4 * EMBEDDED_AT_ONCE


def test_long_documents_that_have_their_vectors_wait_no_longer_than_memory_allows():
    desk = Desk(embedded=True)
    texts = [f"{n} snow " * 60 for n in range(CHUNKS_AT_ONCE // 4)]
    desk.write([make_document(*texts, name=f"report {n}") for n in range(10)])

    assert desk.most <= 2 * 4


def test_once_stopped_what_is_embedded_by_then_is_stored_and_no_more():
    desk = Desk(embedded=False, gathered=10 * LARGEST_CALL, patient=True)
    for n in range(4):
        texts = [f"{n} {day} snow " * 70 for day in range(LARGEST_CALL // 2)]
        desk.take(make_document(*texts, name=f"report {n}"))
    desk.stop.set()

    desk.writer.flush()

    assert (desk.stored, desk.embedder.calls) == (2, [LARGEST_CALL])

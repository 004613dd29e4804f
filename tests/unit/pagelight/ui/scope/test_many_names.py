"""What an @ stands for among 20,000 documents is told as one types."""

import time

import pytest
from builders_ui import client_of

from pagelight.ui.scope.routes import KnownNames, scope_routes
from rag.storage.documents.records import DocumentRecord

MAX_MS = 20.0
"""Of a processor, for one letter."""


def a_record(source):
    return DocumentRecord(id="0" * 64, sources=(source,), media_type="application/pdf")


class ManyDocuments:
    def __init__(self):
        self.records = [a_record(f"year {n % 25}/report {n}.pdf") for n in range(20_000)]

    def version(self):
        return str(len(self.records))

    def documents(self):
        return self.records


@pytest.fixture(scope="module")
def library():
    return ManyDocuments()


@pytest.fixture(scope="module")
def client(library):
    return client_of(scope_routes(library))


@pytest.mark.parametrize("words", ["", "e", "report 12", "nothing"])
def test_a_letter_costs_less_than_20_ms_of_a_processor(library, words):
    names = KnownNames(library)
    taken = []
    for _ in range(6):  # of this thread alone, and the first look is not meant
        begin = time.thread_time()
        names.html(words)
        taken.append(1000 * (time.thread_time() - begin))

    assert min(taken) < MAX_MS


def test_a_document_that_comes_in_is_told_at_once(client, library):
    assert "snow.pdf" not in client.get("/scope/names?words=snow").text
    library.records = [*library.records, a_record("snow.pdf")]

    assert "snow.pdf" in client.get("/scope/names?words=snow").text

"""What is found for a question is found once: searches, frequencies, readings."""

from collections import Counter

import pytest
from builders_answer import snow_index
from builders_answering import answering
from fakes import FakeEmbedder

from rag.protocols import Reading
from rag.retrieval.evidence.reading import Readings
from rag.understanding.question.question import understand

PLAIN = "How deep was the snow in March 1999?"
COMPARED = "Compare 1998 and 1999"


class NotedIndex:
    """The small index; notes what is searched and counted."""

    def __init__(self, index, notes):
        self._index, self._notes = index, notes

    def search_dense(self, vector, *, k, filters):
        self._notes.append(("dense", vector.tobytes()))
        return self._index.search_dense(vector, k=k, filters=filters)

    def search_lexical(self, text, *, k, filters):
        self._notes.append(("lexical", text, filters))
        return self._index.search_lexical(text, k=k, filters=filters)

    def document_frequencies(self, terms):
        self._notes.append(("frequencies", *sorted(terms)))
        return self._index.document_frequencies(terms)

    def chunks(self, ids):
        return self._index.chunks(ids)


class NotedEmbedder(FakeEmbedder):
    def __init__(self, notes):
        super().__init__()
        self._notes = notes

    def embed_queries(self, texts):
        self._notes += [("embedded", text) for text in texts]
        return super().embed_queries(texts)


class NotedReader:
    def __init__(self, notes):
        self._notes = notes

    def read(self, question, passages, *, contexts):
        assert len(contexts) == len(passages)
        self._notes += [("read", question, passage) for passage in passages]
        return [Reading(relevance=0.5) for _ in passages]


def noted(question):
    """Return how often each thing was looked for to answer a question, and the answer."""
    notes = []
    index, embedder = NotedIndex(snow_index()[0], notes), NotedEmbedder(notes)
    *_, answer = answering(index, embedder, readings=Readings(NotedReader(notes))).ask(
        understand(question)
    )
    return Counter(notes), answer


@pytest.mark.parametrize("question", [PLAIN, COMPARED])
def test_nothing_is_looked_for_twice(question):
    notes, answer = noted(question)

    assert answer.text
    assert notes
    assert {what: count for what, count in notes.items() if count > 1} == {}

"""What threads share keeps its word while many of them use it at once."""

import random

import pytest
from builders_answer import chunk, hit, snow_index
from builders_encoder import save_text_embedder
from fakes import FakeEmbedder
from hammer import hammer

from rag.datamodel import Query
from rag.models.folder_models import FolderEmbedder, ModelReranker
from rag.protocols import Reading, Span
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.storage.files.members import CellStore
from rag.storage.search.kept import WordCounts
from rag.storage.vectors.vectors import VectorStore
from rag.understanding.question.question import understand

PASSAGES = [
    hit(chunk(f"c{n}", f"Snow lay {n} cm deep in March. It fell in May."), rank=n + 1)
    for n in range(24)
]
QUESTIONS = [f"How deep was the snow of winter {n}?" for n in range(6)]


class WordReader:
    """Finds the first word of each passage relevant."""

    def read(self, question, passages, *, contexts=(), count=3):
        del question, contexts, count
        span = Span(start=0, end=4, score=0.5)
        return [Reading(relevance=0.5, spans=(span,)) for _ in passages]


class LengthJudge:
    """Holds the longest passage for the best; not for two threads at once."""

    def __init__(self):
        self.at_work = 0

    def __call__(self, question, hits):
        del question
        self.at_work += 1
        assert self.at_work == 1
        found = [1 / len(hit.chunk.text) for hit in hits]
        self.at_work -= 1
        return found


def some(draw, count=8):
    return draw.sample(PASSAGES, count)


def scorer(**options):
    return EvidenceScorer(*snow_index(), Readings(WordReader()), max_kept=16, **options)


def test_evidence_is_found_whatever_others_ask():
    shared, alone = scorer(), scorer()
    groups = [random.Random(n).sample(PASSAGES, 8) for n in range(4)]
    known = {
        (q, n): alone.find(understand(q), hits) for q in QUESTIONS for n, hits in enumerate(groups)
    }

    def use(draw):
        question, n = draw.choice(list(known))
        assert shared.find(understand(question), groups[n]) == known[question, n]

    hammer(use, rounds=2)


def test_a_judge_is_asked_by_one_thread_at_a_time(tmp_path):
    class AsFound:
        def rerank(self, query, hits):
            del query
            return list(hits)

    reranker = ModelReranker(tmp_path, AsFound(), lambda _: LengthJudge())
    reranker.warm()

    def use(draw):
        ranked = reranker.rerank(Query(text="snow"), some(draw))
        assert [one.rank for one in ranked] == list(range(1, 9))

    hammer(use)


def test_a_folders_model_counts_while_it_embeds(tmp_path):
    embedder = FolderEmbedder(save_text_embedder(tmp_path / "model"))
    embedder.warm()
    text = "snow in march " * 400
    tokens = embedder.count_tokens(text)

    def use(draw):
        if draw.random() < 0.3:
            assert embedder.embed_queries(["snow"]).shape == (1, embedder.dim)
        else:
            assert embedder.count_tokens(text) == tokens

    hammer(use, rounds=6)


def test_vectors_cells_and_stems_are_read_while_they_are_written(tmp_path):
    embedder, cells, counts = FakeEmbedder(dim=16), CellStore(tmp_path), WordCounts()
    store = VectorStore(tmp_path / "v", model_id="m", dim=16)
    row = embedder.embed_queries(["snow"])
    store.upsert({"always": row[0]})

    def use(draw):
        name = f"v{draw.randrange(9)}"
        if draw.random() < 0.2:
            store.upsert({name: row[0]})
            cells.put({(name, "k"): name})
        elif draw.random() < 0.1:
            store.delete([name])
        assert ("always", pytest.approx(1.0, abs=1e-5)) in store.search(row, k=20)
        assert set(cells.get([(name, "k")]).values()) <= {name}
        assert counts.terms(f"{name} depths") == (name, "depth")

    hammer(use, rounds=5)
    store.close()
    cells.close()
    counts.close()

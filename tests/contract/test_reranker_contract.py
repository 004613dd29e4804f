"""One suite for every `Reranker`: ours over the reader, and models in folders over it."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit, snow_index
from builders_encoder import save_cross_encoder
from fakes import FoundOrder
from hub_server import Hub, serving

from rag.datamodel import Query, QueryImage
from rag.models.base.weights import folder_of
from rag.models.folder_models import ModelReranker
from rag.models.reader.reader import Reader
from rag.models.registry.choice import choose
from rag.models.registry.downloads import Download, ModelStore
from rag.models.registry.model_table import Machine, model_named
from rag.protocols import Reading
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.retrieval.rerank.reranking import EvidenceReranker
from rag.settings import Settings

QUERY = Query(text="How deep was the snow on the pass?")


class WordReader:
    """A `PassageReader`: relevant is what shares words with the question."""

    def read(self, question, passages, *, contexts):
        assert len(passages) == len(contexts)
        asked = set(question.lower().split())
        shared = [len(asked & set(passage.lower().split())) for passage in passages]
        return [Reading(relevance=count / len(asked)) for count in shared]


def ours(reader=WordReader):
    readings = Readings(reader())
    return EvidenceReranker(readings, EvidenceScorer(*snow_index(), readings))


def loaded(folder, before):
    made = ModelReranker(save_cross_encoder(folder), before)
    made.warm()
    assert made.ready, made.problem
    return made


@pytest.fixture(
    scope="module", params=["as found", "ours", "the reader's", "no reader's", "model's"]
)
def reranker(request, tmp_path_factory):
    match request.param:
        case "as found":
            return FoundOrder()
        case "ours":
            return ours()
        case "the reader's":
            return ours(Reader)
        case "no reader's":
            return ours(lambda: None)
    return loaded(tmp_path_factory.mktemp("model") / "tiny", ours())


def found(count):
    words = ["Snow lay deep on the pass.", "The road was closed.", "A letter disagrees.", "312 cm"]
    return [
        hit(chunk(f"c{n}", f"{words[n % 4]} {n}"), rank=n + 1, score=1 / (n + 1))
        for n in range(count)
    ]


def test_what_answers_is_ranked_above_what_does_not():
    best, *_ = ours(Reader).rerank(QUERY, found(3))

    assert best.chunk.text.startswith("Snow lay deep")


@pytest.mark.parametrize("count", [0, 1, 7, 60])
def test_it_is_a_permutation_with_ranks_from_1(reranker, count):
    ranked = reranker.rerank(QUERY, found(count))

    assert sorted(h.chunk.id for h in ranked) == sorted(h.chunk.id for h in found(count))
    assert [h.rank for h in ranked] == list(range(1, count + 1))


def test_scores_fall_within_0_and_1(reranker):
    scores = [h.score for h in reranker.rerank(QUERY, found(60))]

    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1


def test_the_hits_given_stay_as_they_were(reranker):
    hits = found(5)
    reranker.rerank(QUERY, hits)

    assert hits == found(5)


def test_a_question_without_words_leaves_the_order_of_the_ranker_before(tmp_path):
    picture = Query(text="", image=QueryImage(path="sign.png", phash="0" * 16))
    ranked = loaded(tmp_path / "tiny", FoundOrder()).rerank(picture, found(3))

    assert [h.chunk.id for h in ranked] == [h.chunk.id for h in found(3)]


def test_a_model_scores_the_words_and_not_their_place(tmp_path):
    reranker = loaded(tmp_path / "tiny", FoundOrder())
    forward = reranker.rerank(QUERY, found(6))
    backward = reranker.rerank(QUERY, found(6)[::-1])

    assert [h.chunk.id for h in forward] == [h.chunk.id for h in backward]


def test_a_folder_without_a_model_is_told_and_hits_stay(tmp_path):
    reranker = ModelReranker(tmp_path, FoundOrder())
    reranker.warm()

    assert "has no model.safetensors" in reranker.problem or "has no config" in reranker.problem
    assert reranker.problem.endswith("Our own ranker orders what was found.")
    assert len(reranker.rerank(QUERY, found(3))) == 3


def test_a_model_with_several_scores_is_refused(tmp_path):
    reranker = ModelReranker(save_cross_encoder(tmp_path / "m", labels=3), FoundOrder())
    reranker.warm()

    assert "it gives 3 scores for a passage, not one" in reranker.problem


def test_a_cross_encoder_runs_as_it_was_downloaded(tmp_path, monkeypatch):
    served = save_cross_encoder(tmp_path / "served")
    files = {path.name: path.read_bytes() for path in served.iterdir()}
    model, store = model_named("ms-marco-minilm"), ModelStore(tmp_path / "models")
    with serving(Hub(files, repository=model.repository)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        list(Download(model, store))
    settings = choose(Settings(models=store.folder), lambda: Machine(memory_gb=16)).settings
    reranker = ModelReranker(folder_of(settings.reranker, setting="RAG_RERANKER"), FoundOrder())
    reranker.warm()

    assert reranker.ready, reranker.problem
    assert {h.channel for h in reranker.rerank(QUERY, found(4))} == {"reranked"}


def test_of_hits_that_are_alike_the_one_that_both_searches_found_comes_first():
    one, both = (hit(chunk(name, "Snow lay deep.")) for name in ("one", "both"))
    one = replace(one, found_by=(("lexical", 3),))
    both = replace(both, rank=2, found_by=(("dense", 5), ("lexical", 4)))

    assert [found.chunk.id for found in ours().rerank(QUERY, [one, both])] == ["both", "one"]

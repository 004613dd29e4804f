"""One suite for every `Reranker`: ours over the reader, and models in folders over it."""

from dataclasses import replace

import builders_vlm
import numpy as np
import pytest
from builders_answer import chunk, hit, snow_index
from builders_encoder import save_cross_encoder
from fakes import FoundOrder
from hub_server import Hub, serving

from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.reading import Readings
from rag.answer.rerank.reranking import EvidenceReranker
from rag.datamodel import ImageAsset, Query, QueryImage
from rag.models.base.weights import folder_of
from rag.models.registry.choice import choose
from rag.models.registry.hub import Download
from rag.models.registry.machine import Machine
from rag.models.registry.model_store import ModelStore
from rag.models.registry.model_table import model_named
from rag.models.rerankers import cross_encoder, reranker_of
from rag.protocols import Reading
from rag.settings import Settings

QUERY = Query(text="How deep was the snow on the pass?")


class WordReader:
    """A `PassageReader`: relevant is what shares words with the question."""

    def read(self, question, passages, *, contexts):
        assert len(passages) == len(contexts)
        asked = set(question.lower().split())
        shared = [len(asked & set(passage.lower().split())) for passage in passages]
        return [Reading(relevance=count / len(asked)) for count in shared]


def ours():
    readings = Readings(WordReader())
    return EvidenceReranker(readings, EvidenceScorer(*snow_index(), readings))


def pixels_of(image):
    if image.id == "damaged":
        raise OSError(image.path)
    seed = 0 if image.id == "dark" else 1
    return np.random.default_rng(seed).integers(0, 255, (100, 150, 3), dtype=np.uint8)


def loaded(folder, before, save=save_cross_encoder):
    made = reranker_of(save(folder), before, pixels_of)
    made.warm()
    assert made.ready, made.problem
    return made


SAVERS = {
    "cross-encoder": save_cross_encoder,
    "llama": builders_vlm.save_llama,
    "qwen3_vl": builders_vlm.save_qwen3_vl,
}


@pytest.fixture(scope="module", params=["as found", "ours", *SAVERS])
def reranker(request, tmp_path_factory):
    if request.param == "as found":
        return FoundOrder()
    if request.param == "ours":
        return ours()
    return loaded(tmp_path_factory.mktemp("model") / "tiny", ours(), SAVERS[request.param])


@pytest.fixture(scope="module")
def seeing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "seeing"
    return loaded(folder, FoundOrder(), builders_vlm.save_qwen3_vl)


def pictured(name):
    image = ImageAsset(
        id=name, path=name, media_type="image/png", width_px=150, height_px=100, phash="0" * 16
    )
    return hit(replace(chunk(name, "Depths at the pass", role="figure"), image=image), 1)


def found(count):
    words = ["Snow lay deep on the pass.", "The road was closed.", "A letter disagrees.", "312 cm"]
    return [
        hit(chunk(f"c{n}", f"{words[n % 4]} {n}"), rank=n + 1, score=1 / (n + 1))
        for n in range(count)
    ]


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
    reranker = cross_encoder(tmp_path, FoundOrder())
    reranker.warm()

    assert "has no model.safetensors" in reranker.problem or "has no config" in reranker.problem
    assert reranker.problem.endswith("Our own ranker orders what was found.")
    assert len(reranker.rerank(QUERY, found(3))) == 3


def test_a_model_with_several_scores_is_refused(tmp_path):
    reranker = cross_encoder(save_cross_encoder(tmp_path / "m", labels=3), FoundOrder())
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
    reranker = cross_encoder(folder_of(settings.reranker, setting="RAG_RERANKER"), FoundOrder())
    reranker.warm()

    assert reranker.ready, reranker.problem
    assert {h.channel for h in reranker.rerank(QUERY, found(4))} == {"reranked"}


def test_a_model_with_eyes_is_shown_the_picture_of_a_hit(seeing):
    dark, bright, unseen = (
        seeing.rerank(QUERY, [pictured(name)])[0].score for name in ("dark", "bright", "damaged")
    )

    assert len({dark, bright, unseen}) == 3


@pytest.mark.parametrize("family", ["gemma3", "smolvlm"])
def test_models_of_other_families_judge_pictures_too(tmp_path, family):
    reranker = loaded(tmp_path / "m", FoundOrder(), getattr(builders_vlm, f"save_{family}"))

    assert 0 < reranker.rerank(QUERY, [pictured("dark")])[0].score < 1


def test_a_hit_scores_the_same_alone_and_among_others(seeing):
    hits = [pictured("dark"), hit(chunk("w", "The road was closed."), 2)]
    together = {h.chunk.id: h.score for h in seeing.rerank(QUERY, hits)}

    assert together["dark"] == pytest.approx(seeing.rerank(QUERY, hits[:1])[0].score, abs=1e-5)


def test_a_model_that_writes_and_is_damaged_is_told_and_hits_stay(tmp_path):
    folder = builders_vlm.save_llama(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(b"no weights")
    reranker = reranker_of(folder, FoundOrder(), pixels_of)
    reranker.warm()

    assert reranker.problem.endswith("Our own ranker orders what was found.")
    assert len(reranker.rerank(QUERY, found(3))) == 3


def test_of_hits_that_are_alike_the_one_that_both_searches_found_comes_first():
    one, both = (hit(chunk(name, "Snow lay deep.")) for name in ("one", "both"))
    one = replace(one, found_by=(("lexical", 3),))
    both = replace(both, rank=2, found_by=(("dense", 5), ("lexical", 4)))

    assert [found.chunk.id for found in ours().rerank(QUERY, [one, both])] == ["both", "one"]

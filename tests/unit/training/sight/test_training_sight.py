"""Drawn scenes show what their captions say; a model trained on them loads like any other."""

import random

import numpy as np
import pytest

from benchmarks.sight import sight_drawn
from rag.models.embeddings.image_embedder import OpenClipEmbedder
from rag.retrieval.sight import together
from training.sight.drawing import draw
from training.sight.scenes import (
    PARTS,
    Scene,
    caption,
    scenes,
    split,
)
from training.sight.sight import draw_pool, learn, new_training, resume, save

STAR = Scene(kind="star", colour="blue", detail="left", ground="grey")


def test_what_is_held_back_is_never_learnt_but_all_its_parts_are():
    learnt, held = split()

    assert not set(learnt) & set(held)
    assert len(learnt) + len(held) == len(scenes())
    for part in PARTS:
        assert {getattr(s, part) for s in held} <= {getattr(s, part) for s in learnt}


def test_a_resumed_training_goes_on_as_if_it_had_not_ended_and_its_model_is_loaded(tmp_path):
    pool = draw_pool(1, seed=1)[:8]
    whole = new_training(tmp_path / "whole", rate=1e-3, seed=1)
    learn(whole, pool, random.Random(0))
    save(whole, tmp_path / "whole")
    begun = new_training(tmp_path / "whole", rate=1e-3, seed=2)
    resume(begun, tmp_path / "whole")
    losses = [learn(training, pool, random.Random(1)) for training in (whole, begun)]
    embedder = OpenClipEmbedder(tmp_path / "whole")
    words = embedder.embed_queries([caption(STAR)])
    pictures = embedder.embed_images([draw(STAR, random.Random(8))])

    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    assert (whole.steps, begun.steps) == (2, 2)
    assert words.shape == pictures.shape == (1, embedder.dim)


def test_the_measured_sum_at_todays_weight_is_what_the_search_does():
    rng = np.random.default_rng(1)
    gallery, words, pictures = (sight_drawn.unit(rng.normal(size=(n, 8))) for n in (9, 1, 1))
    space = sight_drawn.Space(
        gallery=gallery,
        words=words,
        passages=words,
        again=pictures,
        learnt=words,
        embed=lambda _: (words, pictures),
    )
    of_words, of_pictures = sight_drawn.ways(space, words, pictures)["sum"]
    weight = sight_drawn.WEIGHT_TODAY
    measured = weight * of_words + (1 - weight) * of_pictures

    searched = together([words, pictures]) @ gallery.T
    assert measured.argsort().tolist() == searched.argsort().tolist()
    assert sight_drawn.ranks(measured, measured.argmax(axis=1)).tolist() == [[1]]

"""Drawn scenes show what their captions say; a model trained on them loads like any other."""

import random

import numpy as np
import pytest

from benchmarks.sight import sight_drawn
from rag.neural.embed.image_embedder import OpenClipEmbedder
from rag.retrieve.sight import together
from training.sight.drawing import GROUNDS, PAINTS, SIDE, colourless, draw
from training.sight.scenes import (
    COLOURS,
    PARTS,
    PLACES,
    Scene,
    any_caption,
    caption,
    changed,
    scenes,
    split,
)
from training.sight.sight import draw_pool, learn, new_training, rate_factor, resume, save

STAR = Scene(kind="star", colour="blue", detail="left", ground="grey")


def painted(scene, pixels):
    """Return where the picture has the colour of the scene, (SIDE, SIDE)."""
    paint = np.array(PAINTS[scene.colour])
    return np.abs(pixels.astype(int) - paint).max(axis=2) < 40


def some(kind=None, seed=3):
    drawn = [scene for scene in scenes() if kind in (None, scene.kind)]
    return random.Random(seed).sample(drawn, 40)


def test_a_caption_says_all_parts_or_those_that_are_asked_for():
    assert caption(STAR) == "a blue star on the left on grey"
    assert caption(STAR, wording=1) == "a blue asterisk at the left edge grey background"
    assert caption(STAR, parts=["colour"]) == "a blue picture"
    assert caption(STAR, parts=["kind", "ground"]) == "a star on grey"
    assert caption(Scene(kind="pie", colour="orange", detail="3", ground="white")) == (
        "an orange pie chart of three parts on white"
    )


@pytest.mark.parametrize("wording", [0, 1])
def test_no_two_scenes_have_the_same_caption(wording):
    assert len({caption(scene, wording=wording) for scene in scenes()}) == len(scenes())


def test_the_caption_of_a_colourless_picture_names_no_colour():
    rng = random.Random(1)
    said = [any_caption(scene, rng, colourless=True) for scene in scenes()]

    assert not [words for words in said if set(words.split()) & set(COLOURS)]


def test_what_is_held_back_is_never_learnt_but_all_its_parts_are():
    learnt, held = split()

    assert not set(learnt) & set(held)
    assert len(learnt) + len(held) == len(scenes())
    for part in PARTS:
        assert {getattr(s, part) for s in held} <= {getattr(s, part) for s in learnt}


@pytest.mark.parametrize("part", PARTS)
def test_a_change_is_of_one_part_and_gives_a_scene_that_can_be_drawn(part):
    others = changed(STAR, part)

    assert others
    assert set(others) <= set(scenes())
    for other in others:
        assert [p for p in PARTS if getattr(other, p) != getattr(STAR, p)] == [part]


def test_a_picture_has_the_colour_and_the_ground_of_its_caption():
    rng = random.Random(2)
    for scene in some():
        pixels = draw(scene, rng)
        corner = pixels[:4, :4].mean()

        assert pixels.shape == (SIDE, SIDE, 3)
        assert painted(scene, pixels).sum() > 150, scene
        assert min(GROUNDS, key=lambda ground: abs(GROUNDS[ground] - corner)) == scene.ground


def test_a_shape_stands_where_its_caption_says():
    rng = random.Random(4)
    for scene in some("circle"):
        y, x = np.nonzero(painted(scene, draw(scene, rng)))
        away = {"left": -x.mean(), "right": x.mean(), "top": -y.mean(), "bottom": y.mean()}
        middle = {"left": -SIDE / 2, "right": SIDE / 2, "top": -SIDE / 2, "bottom": SIDE / 2}

        assert max(PLACES, key=lambda place: away[place] - middle[place]) == scene.detail


def test_an_area_rises_and_falls_as_its_caption_says():
    rng = random.Random(5)
    for scene in some("area"):
        heights = painted(scene, draw(scene, rng)).sum(axis=0)
        heights = heights[heights > 0]
        third = len(heights) // 3
        left, middle, right = (
            float(h.mean()) for h in (heights[:third], heights[third:-third], heights[-third:])
        )
        found = {
            "rising": left < middle < right,
            "falling": left > middle > right,
            "peak": middle > max(left, right),
            "dip": middle < min(left, right),
        }

        assert [trend for trend, so in found.items() if so] == [scene.detail]


def test_a_chain_has_as_many_boxes_as_its_caption_says():
    rng = random.Random(6)
    for scene in some("flow"):
        there = painted(scene, draw(scene, rng))
        thick = there.sum(axis=0) > 8  # more than the line that joins them
        boxes = int(np.diff(thick.astype(int), prepend=0).clip(0).sum())

        assert boxes == int(scene.detail)


def test_the_same_seed_draws_the_same_and_a_colourless_picture_is_grey():
    first, second = (draw(STAR, random.Random(7)) for _ in range(2))

    assert (first == second).all()
    assert np.ptp(colourless(first), axis=2).max() == 0


def test_the_rate_rises_and_falls_to_nearly_nothing():
    assert rate_factor(0, steps=1000) == pytest.approx(0.02)
    assert rate_factor(100, steps=1000) == pytest.approx(0.9)
    assert rate_factor(999, steps=1000) == pytest.approx(0.01)


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

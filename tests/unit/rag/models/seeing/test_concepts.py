"""Chances of classes become words; the network of the set-up, where it was fetched."""

import os

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models.seeing.photographs import (
    PhotographNetwork,
    concept_table,
    concepts_of,
    seen_line,
    tensor_of,
)
from rag.models.setup.bundled import SEEING, SWITCH, model_folder


def chances(**named):
    made = np.zeros(1000, dtype=np.float32)
    for number, chance in named.items():
        made[int(number[1:])] = chance
    return made


def test_a_labrador_is_a_dog_and_an_animal():
    line = seen_line(chances(c208=0.9), photograph=1.0)
    assert line.startswith("Seen: Labrador retriever 90 %")
    assert "dog 90 %" in line
    assert line.endswith("animal 90 %")


def test_chances_of_kinds_sum_up_where_none_is_sure():
    told = {words[0]: chance for words, chance in concepts_of(chances(c208=0.2, c267=0.25))}
    assert told["dog"] == pytest.approx(0.45)
    assert "Labrador retriever" not in told


def test_what_is_no_photograph_shows_nothing():
    assert seen_line(chances(c208=0.9), photograph=0.4) == ""


def test_classes_that_fire_on_papers_have_no_word():
    assert seen_line(chances(c916=0.95), photograph=1.0) == ""


def test_the_table_has_each_word_of_one_line_at_most_once():
    words, covers = concept_table()
    sizes = covers.sum(axis=0)
    assert all(len(set(own)) == len(own) for own in words)
    assert sizes.min() >= 1
    assert (np.diff(sizes) >= 0).all()  # narrow things first


FOLDER = model_folder(SEEING, os.environ | {SWITCH: "on"})
fetched = pytest.mark.skipif(FOLDER is None, reason="the model that sees was not fetched")


@pytest.mark.parametrize(("size", "shape"), [((400, 400), (256, 256)), ((200, 800), (128, 512))])
def test_a_picture_keeps_its_shape(size, shape):
    tensor = tensor_of(np.full((*size, 3), 127, dtype=np.uint8))
    assert tensor.shape == (1, 3, *shape)
    assert not tensor.any()  # 127 is the middle


def test_a_rule_of_one_pixel_gets_a_margin():
    assert tensor_of(np.zeros((1, 900, 3), dtype=np.uint8)).shape == (1, 3, 128, 512)


def test_a_folder_without_the_file_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"efficientnet-lite2\.xml can't be used"):
        PhotographNetwork(tmp_path).warm()


@fetched
def test_rows_are_units_and_a_drawn_chart_is_no_photograph():
    chart = np.full((300, 400, 3), 255, dtype=np.uint8)
    for bar in range(5):
        chart[280 - 40 * bar :, 40 + 70 * bar : 80 + 70 * bar] = (30, 90, 200)
    looks = PhotographNetwork(FOLDER).look([chart, chart[:, ::-1]])
    assert looks.pooled.shape == (2, 1280)
    assert np.linalg.norm(looks.pooled, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert looks.chances.sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert (looks.photographs < 0.5).all()

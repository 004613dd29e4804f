"""The network of the set-up, where it was fetched: shapes, and what is no photograph."""

import os

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models.seeing.network import PhotographNetwork, tensor_of
from rag.models.setup.bundled import SEEING
from rag.models.setup.state import SWITCH, model_folder

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
    with pytest.raises(ModelError, match=r"efficientnet-lite2\.pth can't be used"):
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

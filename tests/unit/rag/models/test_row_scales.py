"""A matrix of the engine's form gets a scale a row, and the model computes what it did."""

import numpy as np
import openvino
import pytest
from openvino import opset13

from rag.models.setup.quantising import use_row_scales

ROWS, GROUPS, SIZE = 48, 4, 32


def grouped(rng):
    codes = rng.integers(0, 256, (ROWS, GROUPS, SIZE), np.uint8)
    zeros = np.full((ROWS, GROUPS, 1), 128, np.uint8)
    scales = rng.uniform(0.5, 1, (ROWS, GROUPS, 1)).astype(np.float16)
    scales[3] = 0  # a row that is never used
    shifted = opset13.subtract(
        opset13.convert(opset13.constant(codes), "f16"),
        opset13.convert(opset13.constant(zeros), "f16"),
    )
    scaled = opset13.multiply(shifted, opset13.constant(scales))
    matrix = opset13.reshape(scaled, opset13.constant([ROWS, GROUPS * SIZE]), special_zero=False)
    return opset13.convert(matrix, "f32")


@pytest.fixture
def file(tmp_path):
    given = opset13.parameter([-1, GROUPS * SIZE], np.float32)
    product = opset13.matmul(
        given, grouped(np.random.default_rng(1)), transpose_a=False, transpose_b=True
    )
    path = tmp_path / "openvino_model.xml"
    openvino.save_model(openvino.Model([product], [given]), path, compress_to_fp16=False)
    return path


def computed(file):
    given = np.random.default_rng(2).standard_normal((5, GROUPS * SIZE)).astype(np.float32)
    return openvino.Core().compile_model(file, "CPU")(given)[0]


def test_the_model_computes_what_it_did(file):
    before = computed(file)

    use_row_scales(file)

    after = computed(file)
    assert np.abs(after - before).max() < 0.02 * np.abs(before).max()
    assert (after[:, 3] == 0).all()


def test_codes_have_one_scale_a_row_and_nothing_else_is_left(file):
    use_row_scales(file)

    constants = {
        (str(node.get_element_type()), tuple(node.shape))
        for node in openvino.Core().read_model(file).get_ops()
        if node.get_type_name() == "Constant"
    }
    assert constants == {
        ("<Type: 'int8_t'>", (ROWS, GROUPS * SIZE)),
        ("<Type: 'float16'>", (ROWS, 1)),
    }
    assert {path.name for path in file.parent.iterdir()} == {file.name, "openvino_model.bin"}

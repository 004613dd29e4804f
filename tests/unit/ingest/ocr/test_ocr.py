"""The real reader: turned pictures, small and long ones, two columns, silence."""

import numpy as np
import onnxruntime
import pytest
from builders_pictures import lettered

from ingest.layout.rotation import turned_box
from ingest.ocr.ocr import PROVIDER, RapidOcr, reads_on_gpu

TEXT = (
    ("The station stands at 2061 metres", 60, 40),
    ("and is reached by a cable car", 60, 100),
    ("from the village below", 60, 160),
    ("Visitors are welcome in summer", 60, 220),
)


@pytest.fixture(scope="module", params=[{}, {"ONEDNN_MAX_CPU_ISA": "AVX2"}])
def ocr(request) -> RapidOcr:
    """Computed by what is fastest here, and by onnxruntime."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in request.param.items():
            environment.setenv(name, value)
        return RapidOcr(threads=1)


@pytest.fixture(scope="module")
def upright(ocr):
    return ocr.read(lettered(TEXT))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_picture_is_read_in_the_order_of_the_upright_one(ocr, upright, turn):
    lines = ocr.read(np.rot90(lettered(TEXT), -turn // 90))

    assert [line.text for line in lines] == [text for text, _, _ in TEXT]
    for line, other in zip(lines, upright, strict=True):
        overlap = line.bbox.intersection_area(turned_box(other.bbox, turn))
        assert overlap > 0.7 * line.bbox.area


def test_columns_are_read_one_after_the_other(ocr):
    left = ["The first column tells of wind", "that blows from the north west", "all winter long"]
    right = ["The second column tells of snow", "that lies on the pass until May", "or June"]
    rows = [(left[n], 40, 40 + 50 * n) for n in range(3)]
    rows += [(right[n], 620, 40 + 50 * n) for n in range(3)]

    lines = ocr.read(lettered(rows, size=(1150, 240)))

    assert [line.text for line in lines] == [*left, *right]


@pytest.mark.skipif(
    PROVIDER in onnxruntime.get_available_providers(), reason="onnxruntime is built for a GPU"
)
@pytest.mark.parametrize(("wanted", "told"), [("cpu", 0), ("auto", 0), ("cuda", 1)])
def test_only_a_gpu_that_was_asked_for_is_missed(caplog, wanted, told):
    assert not reads_on_gpu(wanted)
    assert len(caplog.records) == told

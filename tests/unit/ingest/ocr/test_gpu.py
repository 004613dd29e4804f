"""Lettering where a GPU is asked for and onnxruntime offers none."""

import onnxruntime
import pytest

from ingest.ocr.ocr import PROVIDER, reads_on_gpu

pytestmark = pytest.mark.skipif(
    PROVIDER in onnxruntime.get_available_providers(), reason="onnxruntime is built for a GPU"
)


@pytest.mark.parametrize(("wanted", "told"), [("cpu", 0), ("auto", 0), ("cuda", 1)])
def test_only_a_gpu_that_was_asked_for_is_missed(caplog, wanted, told):
    assert not reads_on_gpu(wanted)
    assert len(caplog.records) == told

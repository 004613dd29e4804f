"""Lettering where a GPU is asked for and onnxruntime offers none."""

import logging

import onnxruntime
import pytest
from builders_pictures import lettered, picture_file

from ingest.ocr.ocr import PROVIDER, reads_on_gpu
from ingest.sandbox.parser_process import ParserProcess
from ingest.sandbox.worker import warn_once
from rag.settings import Settings

pytestmark = pytest.mark.skipif(
    PROVIDER in onnxruntime.get_available_providers(), reason="onnxruntime is built for a GPU"
)

SIGN = lettered([("Weather station", 40, 40)], size=(420, 120))


@pytest.mark.parametrize(("wanted", "told"), [("cpu", 0), ("auto", 0), ("cuda", 1)])
def test_only_a_gpu_that_was_asked_for_is_missed(caplog, wanted, told):
    assert not reads_on_gpu(wanted)
    assert len(caplog.records) == told


def test_the_processor_reads_and_the_log_of_who_started_the_readers_says_so_once(tmp_path, caplog):
    warn_once.cache_clear()
    file = picture_file(tmp_path, SIGN)
    with ParserProcess(settings=Settings(device="cuda"), assets_root=tmp_path / "assets") as reader:
        document = reader.parse(file)
        texts = [_lettering(reader, document, file) for _ in range(2)]

    assert texts == ["Weather station"] * 2
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("ingest.ocr.ocr", logging.WARNING)


class _Forgetful(dict):
    def put(self, key, lines):
        """Keep nothing."""


def _lettering(reader, document, file):
    read = reader.letter(document, file, on_page=lambda _: None, cache=_Forgetful(), unreadable={})
    return read.elements[0].text

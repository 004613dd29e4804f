"""The generator of a server against a real one: `transformers serve` with a tiny model."""

import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import builders_vlm
import numpy as np
import pytest
from builders_answer import WINTER, chunk, hit

from rag.answer.base.prompt import build_prompt
from rag.datamodel import Context, ImageAsset, Query
from rag.errors import CutOffError, ModelError
from rag.neural.endpoint.address import read_address
from rag.neural.endpoint.endpoint import EndpointGenerator, Server

pytestmark = pytest.mark.slow

START_SECONDS = 120
FIGURE = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=90, height_px=60, phash="0" * 16
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return builders_vlm.save_qwen25_vl(tmp_path_factory.mktemp("served") / "tiny")


@pytest.fixture(scope="module")
def url(folder):
    port = _free_port()
    program = Path(sys.executable).with_name("transformers")
    command = [program, "serve", folder, "--host", "127.0.0.1", "--port", str(port)]
    log = folder.parent / "serve.log"
    with (
        log.open("wb") as told,
        subprocess.Popen(
            [*command, "--device", "cpu"],
            stdout=told,
            stderr=told,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        ) as server,
    ):
        try:
            _await(port, server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await(port, server, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def generator(url, model):
    return EndpointGenerator(
        Server(address=read_address(url), model=str(model)),
        lambda _: np.full((60, 90, 3), 120, dtype=np.uint8),
        answer_tokens=16,
        picture_tokens=200,
    )


def prompt():
    figure = replace(chunk("f", "Depths", role="figure"), image=FIGURE)
    return build_prompt(
        Query(text="How deep?"), Context(hits=(hit(chunk("w", WINTER), 1), hit(figure, 2)))
    )


def keep(stream, pieces):
    for piece in stream:
        pieces.append(piece)


def test_words_and_pictures_are_answered_until_the_tokens_are_spent(url, folder):
    pieces = []
    with pytest.raises(CutOffError, match="as many tokens as it may"):
        keep(generator(url, folder).stream(prompt()), pieces)

    assert len("".join(pieces)) > 5


def test_an_answer_can_be_stopped(url, folder):
    stream = generator(url, folder).stream(prompt())
    next(stream)
    stream.close()

    assert list(stream) == []


def test_another_model_than_the_server_has_is_told_of(url):
    with pytest.raises(ModelError, match="HTTP 400"):
        list(generator(url, "another").stream(prompt()))

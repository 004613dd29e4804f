"""The generator of a server against a real one: `transformers serve` with the small model.

One server for all tests; it starts in some seconds.
"""

import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders_answer import WINTER, chunk, hit
from builders_small_writer import (
    DOCUMENTS,
    MODEL,
    answered,
    number_picture,
    read_in,
    writing,
)
from server_run import free_port

from rag.datamodel import Context, ImageAsset, Query
from rag.errors import CutOffError, ModelError
from rag.generation.prompt import build_prompt
from rag.models.endpoint.client import Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator

pytestmark = pytest.mark.slow

START_SECONDS = 120
FIGURE = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=90, height_px=60, phash="0" * 16
)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    port = free_port()
    program = Path(sys.executable).with_name("transformers")
    command = [program, "serve", MODEL, "--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path_factory.mktemp("served") / "serve.log"
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


def _await(port, server, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def generator(url, model=MODEL, *, answer_tokens=5):
    return EndpointGenerator(
        Server(address=read_address(url), model=str(model)),
        lambda _: np.full((60, 90, 3), 120, dtype=np.uint8),
        answer_tokens=answer_tokens,
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


def test_words_and_pictures_are_answered_until_the_tokens_are_spent(url):
    pieces = []
    with pytest.raises(CutOffError, match="as many tokens as it may"):
        keep(generator(url, answer_tokens=2).stream(prompt()), pieces)

    assert "".join(pieces)


def test_an_answer_can_be_stopped(url):
    stream = generator(url).stream(prompt())
    next(stream)
    stream.close()

    assert list(stream) == []


def test_another_model_than_the_server_has_is_told_of(url):
    with pytest.raises(ModelError, match="HTTP 400"):
        list(generator(url, "another").stream(prompt()))


def test_a_question_is_answered_by_the_whole_program_because_the_model_read(url, tmp_path):
    workspace = read_in(tmp_path, DOCUMENTS)
    with writing(workspace, generator=url, generator_model=str(MODEL)) as engine:
        answer = answered(engine, "How long is the Velden bridge?")

    assert "412 metres long" in answer.text
    assert {one.chunk.source for one in answer.citations} == {"velden-bridge.txt"}


def test_a_number_is_read_off_a_picture_that_is_sent(url, tmp_path):
    workspace = read_in(tmp_path, {"gauge of the Bergen dam.png": number_picture("4217")})
    with writing(workspace, generator=url, generator_model=str(MODEL)) as engine:
        answer = answered(engine, "What number does the gauge of the Bergen dam show?")

    assert "shows 4217 [1]" in answer.text

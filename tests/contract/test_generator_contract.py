"""One suite for `Generator`: the one that quotes, tiny models of real architectures, a server."""

import contextlib
import threading
from dataclasses import replace

import builders_vlm
import numpy as np
import pytest
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit, resolve_marks
from chat_server import chat_server

from rag.datamodel import Context, ImageAsset, Query, QueryImage
from rag.errors import CutOffError
from rag.generation.prompt import build_prompt
from rag.models.endpoint.client import Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator
from rag.models.llm.vlm import VlmGenerator

FIGURE = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=150, height_px=100, phash="0" * 16
)
HITS = [
    hit(chunk("m", MARMOTS), 1),
    hit(chunk("w", WINTER), 2),
    hit(chunk("t", DEPTHS, role="table"), 3),
    hit(replace(chunk("f", "Depths at the pass", role="figure"), image=FIGURE), 4),
]
QUESTION = "How deep was the snow in March 1999?"
TINY = ["qwen3_vl", "gemma3", "llama"]


def load_pixels(picture):
    assert isinstance(picture, ImageAsset | QueryImage)
    return np.random.default_rng(0).integers(0, 255, (100, 150, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def server():
    with chat_server() as server:
        yield server


@pytest.fixture(scope="module", params=["a server", *TINY])
def generator(request, tmp_path_factory):
    if request.param == "a server":
        address = read_address(request.getfixturevalue("server").url)
        return EndpointGenerator(
            Server(address=address), load_pixels, answer_tokens=12, picture_tokens=300
        )
    save = getattr(builders_vlm, f"save_{request.param}")
    folder = save(tmp_path_factory.mktemp(request.param))
    return VlmGenerator(folder, load_pixels, answer_tokens=8, picture_tokens=300)


def prompt(*hits, image=None):
    return build_prompt(Query(text=QUESTION, image=image), Context(hits=hits))


def written(generator, asked):
    """Return the pieces; a model that knows no end is cut off at its tokens."""
    pieces = []
    with contextlib.suppress(CutOffError):
        for piece in generator.stream(asked):
            pieces.append(piece)  # noqa: PERF402 - what came before a cut stays
    return pieces


def test_an_answer_comes_in_pieces_that_are_text(generator):
    pieces = written(generator, prompt(*HITS))

    assert "".join(pieces)  # an empty one comes where a busy machine has nothing yet
    assert all(isinstance(piece, str) for piece in pieces)


def test_every_mark_stands_for_a_source_or_is_reported(generator):
    asked = prompt(*HITS)
    citations, unresolved = resolve_marks("".join(written(generator, asked)), asked.context)

    assert all(citation.chunk in [h.chunk for h in HITS] for citation in citations)
    assert not {citation.number for citation in citations} & set(unresolved)


def test_a_stream_can_be_closed_before_its_end(generator):
    stream = generator.stream(prompt(*HITS))
    next(stream)
    stream.close()

    assert list(stream) == []
    assert not [t for t in threading.enumerate() if t.name == "generate"]


def test_the_same_prompt_gives_the_same_answer(generator):
    first, again = (written(generator, prompt(*HITS)) for _ in range(2))

    assert "".join(first) == "".join(again)


def test_a_question_may_come_with_a_picture(generator):
    assert written(generator, prompt(*HITS, image=QueryImage(path="q.png", phash="0" * 16)))


def test_two_questions_at_once_are_both_answered(generator):
    alone = "".join(written(generator, prompt(*HITS)))
    both = {}

    def ask(name):
        both[name] = "".join(written(generator, prompt(*HITS)))

    threads = [threading.Thread(target=ask, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert both == {"a": alone, "b": alone}

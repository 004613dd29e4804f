"""What a server takes only in part is sent so: fewer pictures, other settings."""

import numpy as np
import pytest
from builders_answer import WINTER, chunk, hit
from chat_server import chat_server, refusing, saying

from rag.datamodel import Context, PageView, Query
from rag.errors import ModelError
from rag.generation.prompt import build_prompt
from rag.models.endpoint.address import read_address
from rag.models.endpoint.client import Server
from rag.models.endpoint.endpoint import EndpointGenerator

PAGES = 4


@pytest.fixture
def server():
    with chat_server() as server:
        yield server


@pytest.fixture
def writing(server):
    return EndpointGenerator(
        Server(address=read_address(server.url), model="tiny"),
        lambda _: np.full((60, 60, 3), 200, dtype=np.uint8),
        answer_tokens=50,
        picture_tokens=10_000,
    )


def prompt():
    pages = tuple(hit(chunk(f"p{n}", WINTER), 1 + n) for n in range(1, PAGES + 1))
    context = Context(hits=(hit(chunk("w", WINTER), 1),), pages=pages)
    made = build_prompt(Query(text="How deep?"), context)
    assert sum(isinstance(part, PageView) for part in made.parts) == PAGES
    return made


def shown(asked):
    content = asked["messages"][1]["content"]
    return str(content).count("image_url': {") if isinstance(content, list) else 0


@pytest.mark.parametrize(
    ("told", "most"),
    [
        ("At most 1 image(s) may be provided in one request.", 1),
        ("At most 3 image(s) may be provided in one prompt.", 3),
        ("You set image=2 (or defaulted to 1) in `--limit-mm-per-prompt`, but passed 4 image", 2),
        ("At most 4 images may be provided", PAGES - 1),
        ("image input is not supported", 0),
    ],
)
def test_a_server_that_takes_fewer_pictures_is_sent_the_best_ones(server, writing, told, most):
    server.replies = [refusing(400, told), saying("Yes.")]

    assert "".join(writing.stream(prompt())) == "Yes."
    assert "".join(writing.stream(prompt())) == "Yes."
    assert [shown(asked) for asked in server.asked] == [PAGES, most, most]
    for asked in server.asked[1:]:
        assert str(asked["messages"]).count("(The whole page, as a picture.)") == most


def test_a_server_that_always_refuses_is_not_asked_for_ever(server, writing):
    server.replies = [refusing(400, "At most 9 image(s) may be provided in one request.")]

    with pytest.raises(ModelError, match="At most 9"):
        list(writing.stream(prompt()))
    assert [shown(asked) for asked in server.asked] == [4, 3, 2, 1, 0]


def test_settings_that_a_model_does_not_take_are_left_out_from_then_on(server, writing):
    limit = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_co"
    chance = "Unsupported value: 'temperature' does not support 0 with this model. Only the def"
    server.replies = [refusing(400, limit), refusing(400, chance), saying("Yes.")]

    assert "".join(writing.stream(prompt())) == "Yes."
    assert "".join(writing.stream(prompt())) == "Yes."
    names = ("max_tokens", "max_completion_tokens", "temperature")
    assert [tuple(asked.get(name) for name in names) for asked in server.asked] == [
        (50, None, 0),
        (None, 50, 0),
        (None, 50, None),
        (None, 50, None),
    ]

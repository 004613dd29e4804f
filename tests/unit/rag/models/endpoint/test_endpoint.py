"""The generator of a server against a real one that fails in all the ways of servers."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from builders_answer import WINTER, chunk, hit
from chat_server import (
    chat_server,
    endless,
    refusing,
    saying,
    streaming,
    unbroken,
)
from chat_server import chunk as event

from rag.datamodel import Context, ImageAsset, PageView, Query
from rag.errors import CutOffError, ModelError
from rag.generation.prompt import build_prompt
from rag.models.endpoint.client import OLLAMA_TOKENS, SENT, Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator

ASSET = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=60, height_px=60, phash="0" * 16
)
KEY = "sk-very-secret"


@pytest.fixture
def server():
    with chat_server() as server:
        yield server


class Waits:
    """Keeps how long was waited, and waits for nothing."""

    def __init__(self):
        self.seconds = []

    async def __call__(self, seconds):
        self.seconds.append(seconds)


def generator(url, *, model="tiny", key="", wait=None, picture_tokens=500):
    return EndpointGenerator(
        Server(address=read_address(url), model=model, key=key, read_s=10.0),
        lambda _: np.full((60, 60, 3), (200, 30, 30), dtype=np.uint8),
        answer_tokens=50,
        picture_tokens=picture_tokens,
        wait=wait or Waits(),
    )


def long_prompt(*, sources):
    hits = tuple(hit(chunk(f"w{n}", f"{WINTER} {n} " * 30), n) for n in range(1, sources + 1))
    return build_prompt(Query(text="How deep?"), Context(hits=hits))


def prompt():
    hits = (hit(chunk("w", WINTER), 1), hit(replace(chunk("f", "Depths"), image=ASSET), 2))
    return build_prompt(Query(text="How deep?"), Context(hits=hits))


def failure(writing, kind=ModelError):
    """Return what was written, and how it failed."""
    pieces = []
    with pytest.raises(kind) as failed:
        _keep(writing.stream(prompt()), pieces)
    return "".join(pieces), str(failed.value)


def _keep(stream, pieces):
    for piece in stream:
        pieces.append(piece)


def test_the_server_is_asked_for_a_stream_of_so_many_tokens_without_chance(server):
    list(generator(server.url).stream(prompt()))

    (asked,) = server.asked
    assert (asked["model"], asked["stream"], asked["max_tokens"]) == ("tiny", True, 50)
    assert asked["temperature"] == 0
    assert asked["messages"][0]["role"] == "system"
    assert asked["key"] is None


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, "image_url is not supported by this model"),
        (
            500,
            "image input is not supported - hint: you may need to provide the mmproj",
        ),  # llama.cpp
    ],
)
def test_a_server_without_eyes_is_asked_again_in_words_and_then_only_in_words(server, status, told):
    server.replies = [refusing(status, told), saying("Yes.")]
    writing = generator(server.url)

    assert "".join(writing.stream(prompt())) == "Yes."
    assert "".join(writing.stream(prompt())) == "Yes."
    kinds = [type(asked["messages"][1]["content"]) for asked in server.asked]
    assert kinds == [list, str, str]


TOO_LONG = refusing(400, "request (883 tokens) exceeds the available context size (512 tokens)")


def test_a_server_that_reads_less_is_asked_again_with_fewer_sources(server):
    server.replies = [TOO_LONG, saying("Yes.")]
    writing, asked = generator(server.url), long_prompt(sources=4)

    assert "".join(writing.stream(asked)) == "Yes."
    first, second = (str(asked["messages"]) for asked in server.asked)
    assert "June. 4 " in first
    assert "June. 1 " in second
    assert "June. 4 " not in second
    assert 1 <= len(writing.fit(asked).context.hits) < 4
    assert writing.fit(asked).context.dropped


def test_of_several_models_one_must_be_named(server):
    server.models = ["small", "large"]

    _, told = failure(generator(server.url, model=""))
    assert "has these models: small, large. Say which: RAG_GENERATOR_MODEL" in told


@pytest.mark.parametrize("model", ["tiny", ""])
def test_a_server_that_is_not_there_is_asked_four_times(model):
    with chat_server() as gone:
        url = gone.url
    waits = Waits()

    _, told = failure(generator(url, wait=waits, model=model))
    assert "There is no server at 127.0.0.1:" in told
    assert "(all connection attempts failed). Start it, or see RAG_GENERATOR." in told
    assert waits.seconds == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(server, status):
    server.replies = [refusing(status, "busy", headers=[("Retry-After", "3")]), saying("Yes.")]
    waits = Waits()

    assert "".join(generator(server.url, wait=waits).stream(prompt())) == "Yes."
    assert waits.seconds == [3.0]


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [
        (401, "bad key", "refused the key (HTTP 401). Set RAG_GENERATOR_KEY."),
        (404, "The model `tiny` does not exist", "has no model 'tiny': The model `tiny` does not"),
        (404, "Not Found", "has no chat at this address (HTTP 404). Does RAG_GENERATOR lack /v1"),
        (400, "This model's maximum context length is 4096 tokens", "Lower RAG_READING_TOKENS"),
        (500, "the request exceeds the available context size", "Lower RAG_READING_TOKENS"),
        (
            400,
            "input (5 tokens) is larger than the max context size (4 tokens)",
            "Lower RAG_READING_TOKENS",
        ),
        (400, "model 'tiny' not found", "has no model 'tiny': model 'tiny' not found"),
        (307, "", "where your passages are not sent"),
        (418, "I am a teapot", "refused (HTTP 418): I am a teapot."),
        (500, "out of memory", "failed (HTTP 500): out of memory. Try again later."),
    ],
)
def test_a_refusal_says_what_to_do(server, status, message, told):
    server.replies = [refusing(status, message, headers=[("Location", "http://elsewhere/")])] * 2

    assert told in failure(generator(server.url))[1]


def test_an_answer_that_breaks_off_keeps_what_came(server):
    server.replies = [streaming(event("Snow lay "), event("317"))]

    text, told = failure(generator(server.url), CutOffError)
    assert text == "Snow lay 317"
    assert told.endswith("ended it too early.")


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (["{broken"], "sends what is no answer"),
        ([{"error": {"message": "no memory left"}}], "failed: no memory left."),
        ([[1, 2], {"choices": "none"}, {"choices": [7]}], "ended it too early"),
        ([], "ended it too early"),
    ],
)
def test_a_stream_that_is_none_is_an_error(server, events, told):
    server.replies = [streaming(*events)]

    text, message = failure(generator(server.url))
    assert text == ""
    assert told in message


def test_a_line_that_never_ends_is_cut_off(server):
    server.replies = [unbroken()]

    assert "sends what is no answer" in failure(generator(server.url))[1]


def test_closing_hangs_up(server):
    server.replies = [endless()]
    stream = generator(server.url).stream(prompt())
    assert any(stream)  # once a piece has come
    stream.close()

    assert server.hung_up.wait(10)


def test_the_key_is_sent_and_stands_in_no_error_log_or_name(server, caplog):
    caplog.set_level(logging.DEBUG)
    server.replies = [refusing(400, f"Incorrect API key provided: {KEY}")]
    writing = generator(server.url, key=KEY)
    _, told = failure(writing)

    assert server.asked[0]["key"] == f"Bearer {KEY}"
    assert "Incorrect API key provided: …" in told
    assert KEY not in caplog.text + told + writing.model_id + repr(vars(writing))


def test_nothing_of_this_machine_or_its_environment_is_sent(server, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "of-the-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")
    assert "317" in "".join(generator(server.url).stream(prompt()))

    (asked,) = server.asked
    assert asked["key"] is None
    assert {name.lower() for name in asked["headers"]} <= SENT


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"models": {"max_model_len": 4000}}, 4000),  # vLLM
        ({"models": {"context_length": 4000}}, 4000),  # OpenRouter
        ({"models": {"meta": {"n_ctx": 4000, "n_ctx_train": 131072}}}, 4000),  # llama.cpp
        ({"/props": {"default_generation_settings": {"n_ctx": 4000}}}, 4000),
        ({"/api/ps": {"models": [{"name": "tiny:latest", "context_length": 4000}]}}, 4000),
        ({"/api/show": {"parameters": "stop x\nnum_ctx    4000"}}, 4000),
        ({"/api/show": {"model_info": {"llama.context_length": 131072}}}, OLLAMA_TOKENS),
        ({"/api/show": {"model_info": {"llama.context_length": 2048}}}, 2048),
    ],
)
def test_a_server_is_asked_how_much_it_reads_and_is_sent_no_more(server, facts, told):
    server.facts = facts
    writing, asked = generator(server.url), long_prompt(sources=40)

    fitting = writing.fit(asked)
    words = sum(len(part) for part in fitting.parts if isinstance(part, str)) / 3.5

    assert 0.6 * told < words < 0.9 * told - 50
    assert len(fitting.context.dropped) == 40 - len(fitting.context.hits)
    if told != OLLAMA_TOKENS:
        writing.fit(asked)
        assert len(server.told_at) <= 3


def test_ollama_is_asked_again_until_the_model_runs_and_tells(server):
    server.facts = {"/api/show": {"model_info": {"llama.context_length": 131072}}}
    writing, asked = generator(server.url), long_prompt(sources=40)
    before = len(writing.fit(asked).context.hits)
    server.facts["/api/ps"] = {"models": [{"name": "tiny:latest", "context_length": 65536}]}

    assert before < len(writing.fit(asked).context.hits) == 40
    asks = len(server.told_at)
    writing.fit(asked)
    assert len(server.told_at) == asks


PAGES = 4


def pages_prompt():
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
def test_a_server_that_takes_fewer_pictures_is_sent_the_best_ones(server, told, most):
    writing = generator(server.url, picture_tokens=10_000)
    server.replies = [refusing(400, told), saying("Yes.")]

    assert "".join(writing.stream(pages_prompt())) == "Yes."
    assert "".join(writing.stream(pages_prompt())) == "Yes."
    assert [shown(asked) for asked in server.asked] == [PAGES, most, most]
    for asked in server.asked[1:]:
        assert str(asked["messages"]).count("(The whole page, as a picture.)") == most


def test_a_server_that_always_refuses_is_not_asked_for_ever(server):
    writing = generator(server.url, picture_tokens=10_000)
    server.replies = [refusing(400, "At most 9 image(s) may be provided in one request.")]

    with pytest.raises(ModelError, match="At most 9"):
        list(writing.stream(pages_prompt()))
    assert [shown(asked) for asked in server.asked] == [4, 3, 2, 1, 0]


def test_settings_that_a_model_does_not_take_are_left_out_from_then_on(server):
    writing = generator(server.url, picture_tokens=10_000)
    limit = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_co"
    chance = "Unsupported value: 'temperature' does not support 0 with this model. Only the def"
    server.replies = [refusing(400, limit), refusing(400, chance), saying("Yes.")]

    assert "".join(writing.stream(pages_prompt())) == "Yes."
    assert "".join(writing.stream(pages_prompt())) == "Yes."
    names = ("max_tokens", "max_completion_tokens", "temperature")
    assert [tuple(asked.get(name) for name in names) for asked in server.asked] == [
        (50, None, 0),
        (None, 50, 0),
        (None, 50, None),
        (None, 50, None),
    ]

"""Pagelight as a model: OpenAI's own client against a server with a password."""

import json
from dataclasses import replace

import httpx
import openai
import pytest
from builders_programs import PASSWORD, HeldEngine
from builders_ui import a_chunk, a_hit, an_answer, digest, wait

from pagelight.server.openai_api.completion_form import content_of, without_footnotes
from rag.datamodel import Answer, Query
from rag.errors import ModelError, PagelightError

USER = [{"role": "user", "content": "How much snow?"}]
DOC = digest("report.pdf")


def a_client(url, key=PASSWORD):
    # The client sends its key as ASCII: another one goes as a header, as other programs send it.
    bearer = {b"Authorization": b"Bearer " + key.encode()}
    http = httpx.Client(trust_env=False, event_hooks={"request": [lambda r: _signed(r, bearer)]})
    return openai.OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0, http_client=http)


def _signed(request, bearer):
    kept = [(k, v) for k, v in request.headers.raw if k.lower() != b"authorization"]
    request.headers = httpx.Headers([*kept, *bearer.items()])


@pytest.fixture
def client(url, engine):
    assert engine.asked == []
    with a_client(url) as client:
        yield client


def complete(client, messages=USER, **more):
    return client.chat.completions.create(model="pagelight", messages=messages, **more)


def test_an_answer_comes_whole_with_its_places_as_links(client, url):
    answer = complete(client)
    (choice,) = answer.choices
    (note,) = choice.message.annotations
    page = f"{url}/#document/{DOC}/2"

    assert choice.finish_reason == "stop"
    assert choice.message.content == (
        "Snow fell. [1]\n\n---\n**Sources**\n\n- [1] report.pdf, page 2\n\n[1]: " + page
    )
    assert (note.url_citation.url, note.url_citation.title) == (page, "report.pdf, page 2")
    assert choice.message.content[note.url_citation.start_index :].startswith("[1]\n")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (90, 10)
    assert answer.usage.total_tokens == 100
    assert answer.pagelight["state"] == "answered"
    assert answer.pagelight["citations"][0]["url"] == page
    assert answer.pagelight["citations"][0]["bbox"] == [0.25, 0.5, 0.75, 0.6]
    assert answer.pagelight["speed"] == {"first_s": 0.5, "tokens_per_s": 10.0}


def test_a_stream_says_the_same_piece_by_piece(client):
    whole = complete(client).choices[0].message.content
    chunks = list(complete(client, stream=True, stream_options={"include_usage": True}))
    words = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
    told = [chunk.pagelight for chunk in chunks if getattr(chunk, "pagelight", None)]

    assert "".join(words) == whole
    assert words[0] == "Snow fell"
    assert told[0] == {"status": "Reading report.pdf …"}
    assert told[-1]["citations"][0]["source"] == "report.pdf"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert (chunks[-1].choices, chunks[-1].usage.total_tokens) == ([], 100)


def test_a_stream_says_what_was_written_once_and_the_quotations_below_it_at_the_end(client, engine):
    said, quoted = ("Snow fell. [1]", "Snow fell. [1] It was deep. [1]"), "“Snow fell in May.” [1]"
    begun, last = engine.answers[0], engine.answers[-1]
    engine.answers = [
        begun,
        replace(begun, text=quoted, quoted_from=0),
        *(replace(begun, text=f"{one}\n\n{quoted}", quoted_from=len(one) + 2) for one in said),
        replace(last, text=f"{said[-1]}\n\n{quoted}", quoted_from=len(said[-1]) + 2),
    ]
    whole = complete(client).choices[0].message.content
    chunks = list(complete(client, stream=True))

    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole


def test_history_and_scope_go_along(client, engine):
    said = complete(client).choices[0].message.content
    messages = [
        {"role": "system", "content": "You are a pirate."},
        *USER,
        {"role": "assistant", "content": said},
        {"role": "user", "content": [{"type": "text", "text": "And rain?"}]},
    ]
    complete(client, messages, extra_body={"within": "*.pdf", "until": "2024-06-30"})
    query, history = engine.asked[-1]

    assert (query.text, query.filters.source_glob) == ("And rain?", "*.pdf")
    assert query.filters.until == "2024-06-30"
    assert [(turn.question, turn.answer) for turn in history] == [
        ("How much snow?", "Snow fell. [1]")
    ]


def test_what_the_documents_do_not_hold_is_told_with_the_nearest_places(client, engine, url):
    near = (a_hit(a_chunk()),)
    engine.answers = [
        Answer(query=Query(text="?"), text="The documents do not say.", complete=False),
        Answer(query=Query(text="?"), answered=False, nearest=near, complete=True),
    ]
    answer = complete(client)
    words = [c.choices[0].delta.content or "" for c in complete(client, stream=True)]
    content = answer.choices[0].message.content

    assert answer.pagelight["state"] == "not_found"
    assert content.startswith("Nothing was found about this in the documents.\n\n---\n**Nearest")
    assert f"[1]: {url}/#document/{DOC}/2" in content
    assert "".join(words) == content  # what may be a refusal is not told before it is whole
    history = [*USER, {"role": "assistant", "content": content}, *USER]
    complete(client, history)
    assert engine.asked[-1][1][0].answer == ""


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"{", (400, "The request is no JSON.")),
        (b"[" * 100_000, (400, "The request is no JSON.")),
        (b"\xff", (400, "no JSON")),
        ({"model": "gpt-4o", "messages": USER}, (404, "There is no model 'gpt-4o' here.")),
        ({"messages": USER}, (400, "model: Field required")),
        ({"model": "pagelight", "messages": 5}, (400, "messages")),
        ({"model": "pagelight", "messages": []}, (400, "No message is the user's")),
        (
            {"model": "pagelight", "messages": [{"role": "system", "content": "Hi"}]},
            (400, "No message is the user's"),
        ),
        ({"model": "pagelight", "messages": [{"role": "user", "content": " "}]}, (400, "is empty")),
        ({"model": "pagelight", "messages": [{"role": "user"}]}, (400, "content is text")),
        ({"model": "pagelight", "messages": USER, "n": 2}, (400, "One answer is given")),
        ({"model": "pagelight", "messages": USER, "since": "June"}, (400, "'June' is no day")),
        (b'{"model": "' + b"x" * 10_000_000, (413, "at most 8,000,000 bytes")),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_bad_input_is_refused_in_openais_form(url, engine, sent, told, stream):
    status, words = told
    if isinstance(sent, dict):
        sent = json.dumps(sent | {"stream": stream}).encode()
    answer = httpx.post(
        f"{url}/v1/chat/completions",
        content=sent,
        headers={b"Authorization": b"Bearer " + PASSWORD.encode()},
        trust_env=False,
    )

    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert engine.asked == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PagelightError("It is too long."), "too long"),
        (ModelError("The model is away."), "model is away"),
        (ValueError("secret"), "in Pagelight itself"),
    ],
)
def test_what_fails_is_told_whenever_it_does(client, engine, error, words, stream):
    engine.error = error
    with pytest.raises(openai.APIError, match=words):
        for _ in complete(client, stream=stream) if stream else [complete(client)]:
            pass


def test_who_has_no_key_is_turned_away_in_openais_form(url, engine):
    told = pytest.raises(openai.AuthenticationError, match="A password is needed")
    with a_client(url, "wrong") as stranger, told as refused:
        stranger.models.list()
    assert refused.value.code == "invalid_api_key"
    assert engine.asked == []


def test_a_stream_that_is_closed_midway_frees_its_place(client, engine):
    HeldEngine.held.set()
    left = HeldEngine.left
    first = complete(client, stream=True)
    next(chunk for chunk in first if chunk.choices[0].delta.content == "Snow fell")
    second = complete(client, stream=True)
    told = next(c.pagelight for c in second if getattr(c, "pagelight", None))
    first.close()
    wait(lambda: HeldEngine.left == left + 1)
    HeldEngine.held.clear()

    assert told == {"status": "Reading report.pdf …"}
    assert "Snow fell." in "".join(c.choices[0].delta.content or "" for c in second)
    assert len(engine.asked) == 2


def test_what_a_document_says_is_no_address_that_a_program_fetches():
    """Programs that show Markdown would fetch a picture, and tell its server of it."""
    text = "![x](http://evil.example/?q=1) [1]\n[1]: http://evil.example"
    cited = an_answer("A [1]", a_chunk(source="![y](http://evil.example/y.png)"))
    content = content_of(replace(cited, text=text), base="/")

    assert "![" not in content
    assert "[1]: http://evil.example" not in content
    assert content.rindex("[1]: /#document/") > content.index("---")
    assert (
        without_footnotes(content)
        == "!\\[x](http://evil.example/?q=1) [1]\n[1]\\: http://evil.example"
    )

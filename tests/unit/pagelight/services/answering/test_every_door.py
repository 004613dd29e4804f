"""Every way in for a question: one that is too long is refused, a long history is no error."""

import json
from types import SimpleNamespace

import pytest
from anyio.from_thread import start_blocking_portal
from builders_ui import a_chunk, an_answer
from fake_engine import FakeEngine, streamer_of
from fake_library import FakeLibrary
from fastapi.testclient import TestClient
from mcp import Client
from running_app import BEARER, TOKEN, parts_over
from typer.testing import CliRunner

import pagelight
from app import cli
from pagelight.server.app.server import build_app
from pagelight.services.answering.asking import turns
from pagelight.services.session.mcp_server import SessionLender, mcp_server
from pagelight.services.session.session import SeamSession, answer_lines
from pagelight.ui.chat.conversation import Conversation, ExchangeView
from rag.datamodel import Turn
from rag.errors import PagelightError
from rag.settings import Settings
from rag.storage.conversations.exchange import Exchange
from rag.understanding.followup.conversation import standalone

LONG = "snow " * 400 + "?"
REFUSED = "The question has 2,001 characters; at most 2,000 are read. Ask in fewer words"


class FollowingEngine(FakeEngine):
    """Answers with the question as it stands alone."""

    def ask(self, query, history):
        self.asked.append((query, tuple(history)))
        known = standalone(query.text, history).text
        yield an_answer("Snow fell. [1]", a_chunk(), query=query, standalone_query=known)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return FollowingEngine(index=FakeLibrary(folder=tmp_path_factory.mktemp("docs")))


@pytest.fixture(autouse=True)
def _nothing_asked_yet(engine):
    engine.asked.clear()


@pytest.fixture(scope="module")
def client(engine, tmp_path_factory):
    app = build_app(
        parts_over(engine), Settings(workspace=tmp_path_factory.mktemp("ws")), token=TOKEN
    )
    with TestClient(app, base_url="http://127.0.0.1:7860", headers=BEARER) as client:
        yield client


# Too long


@pytest.mark.parametrize("options", [{}, {"as_is": True}, {"scope": ("a/",)}])
def test_the_chat_refuses_a_long_question_in_its_bubble(engine, options):
    said = Conversation()
    list(streamer_of(engine).reply(said, f"{LONG[:-5]}@a/b?", [], **options))
    list(streamer_of(engine).reply(said, "How deep?", []))

    assert REFUSED in said.messages[1]["content"]
    assert [query.text for query, _ in engine.asked] == ["How deep?"]


@pytest.mark.parametrize("command", ["ask", "search", "table"])
def test_the_command_line_refuses_in_a_sentence(tmp_path, command):
    done = CliRunner().invoke(cli, [command, LONG, "--workspace", str(tmp_path / "ws")])

    assert done.exit_code == 2
    assert REFUSED in done.stderr


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", {"question": LONG}),
        ("/api/ask", {"question": LONG, "attachments": ["gone.png"]}),
        ("/api/search", {"query": LONG}),
        ("/api/table", {"questions": ["Snow?", LONG]}),
        ("/table", {"questions": f"Snow?\n{LONG}"}),
    ],
)
def test_over_http_it_is_a_clear_refusal(client, engine, path, body):
    answer = client.post(path, json=body, headers=BEARER)

    assert answer.status_code == 422
    assert REFUSED in answer.json()["error"]
    assert engine.asked == []


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("ask", [LONG, "", [], "", "", []], REFUSED),
        ("ask", [5, "", [], "", "", []], "The question is no text."),
        ("search", [LONG, 3, "", "", ""], REFUSED),
    ],
)
def test_gradios_endpoints_refuse_it(client, engine, name, values, why):
    answer = client.post(f"/gradio_api/run/{name}", json={"data": values})

    assert not answer.is_success
    assert why in answer.text
    assert engine.asked == []


@pytest.mark.parametrize("call", [("ask", {"question": LONG}), ("search", {"query": LONG})])
def test_an_assistant_is_told(engine, call):
    lender = SessionLender(lambda: SeamSession(engine, engine.incoming))

    async def work():
        async with Client(mcp_server(lender.lend)) as client:
            return await client.call_tool(*call)

    with start_blocking_portal() as portal:
        result = portal.call(work)
    lender.close()

    assert result.is_error
    assert REFUSED in result.content[0].text


@pytest.mark.parametrize("name", ["ask", "search", "stream"])
def test_the_package_raises_it(engine, name):
    workspace = pagelight.Workspace(SimpleNamespace(engine=engine, read_image=None))

    with pytest.raises(PagelightError, match=REFUSED):
        list(getattr(workspace, name)(LONG))


# A long history

SAID = [("Rain? " * 2000, "It rained. " * 2000)] * 300
LATEST = ("How deep was the snow on the Sturmjoch?", "317 cm.")
FOLLOWS = "And on the Passeck?"
ALONE = standalone(FOLLOWS, [Turn(question=LATEST[0], answer=LATEST[1])]).text
MESSAGES = [
    {"role": role, "content": text}
    for said in (*SAID, LATEST)
    for role, text in zip(("user", "assistant"), said, strict=True)
]
LASTING = MESSAGES[-50:]
"""Of a request, which has at most so many bytes (`pagelight.server.middleware.bodies`)."""

EXCHANGES = [
    ExchangeView(
        asked=Exchange(id="", question=question), turn=Turn(question=question, answer=answer)
    )
    for question, answer in (*SAID, LATEST)
]


def by_the_chat(engine, client, tmp_path):
    del client, tmp_path
    said = Conversation(exchanges=list(EXCHANGES))
    list(streamer_of(engine).reply(said, FOLLOWS, []))
    return said.latest.standalone_query


def by_a_batch(engine, client, tmp_path):
    del client
    path = tmp_path / "batch.jsonl"
    path.write_text(json.dumps({"question": FOLLOWS, "history": MESSAGES}), encoding="utf-8")
    (answer,) = answer_lines(SeamSession(engine, engine.incoming), path)
    return answer["standalone_query"]


def by_the_api(engine, client, tmp_path):
    del engine, tmp_path
    body = {"question": FOLLOWS, "history": LASTING}
    return client.post("/api/ask", json=body, headers=BEARER).json()["standalone_query"]


@pytest.mark.parametrize("way", [by_the_chat, by_a_batch, by_the_api])
def test_a_long_history_is_read_from_its_latest_turns_on(engine, client, tmp_path, way):
    assert ALONE != FOLLOWS
    assert "Passeck" in way(engine, client, tmp_path)
    assert way(engine, client, tmp_path) == ALONE


@pytest.mark.parametrize(
    "messages",
    [5, "text", [5], [{"role": "user"}], [{"role": "user", "content": 5}], {"role": "user"}],
)
def test_a_history_of_another_shape_is_told(messages):
    with pytest.raises(PagelightError, match="A history is a list of"):
        turns(messages)

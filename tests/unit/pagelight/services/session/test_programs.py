"""What programs may attach and search: files of named folders, documents within days and globs."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from anyio.from_thread import start_blocking_portal
from builders_ui import a_chunk, a_document, an_answer
from fake_engine import FakeEngine
from fake_library import FakeLibrary
from mcp import Client

import pagelight
from pagelight.services.answering.answer_json import answer_json
from pagelight.services.session.mcp_server import mcp_server
from rag.datamodel import Element


class Asked:
    """Lends a session that keeps what it was asked."""

    def __init__(self):
        self.requests = []

    def lend(self):
        return nullcontext(self)

    def search(self, request, **_):
        self.requests.append(request)
        return []

    def ask(self, request, _history):
        self.requests.append(request)
        return answer_json(an_answer("Under the stone."), profile="embedded")


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def named(tmp_path):
    folder = tmp_path / "named"
    folder.mkdir()
    (folder / "note.txt").write_text("The key lies under the stone.", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def call(asked, folders, work):
    async def connected():
        async with Client(mcp_server(asked.lend, folders=folders)) as client:
            return await work(client)

    with start_blocking_portal() as portal:
        return portal.call(connected)


def ask_about(asked, folders, path):
    told = {"question": "Where is it?", "attachments": [str(path)]}
    return call(asked, folders, lambda client: client.call_tool("ask", told))


def test_a_file_of_a_named_folder_is_attached(asked, named):
    answer = ask_about(asked, [named], named / "note.txt")

    assert answer.structured_content["text"] == "Under the stone."
    assert asked.requests[0].attachments == (named.resolve() / "note.txt",)


@pytest.mark.parametrize(
    "path", ["../secret.txt", "link.txt", "/etc/passwd", "../named-too/a.txt", "../absent.txt"]
)
def test_no_other_file_is_read_whichever_way_it_is_named(asked, named, path):
    refused = ask_about(asked, [named], named / path)

    assert refused.is_error
    assert "may not be attached" in refused.content[0].text
    assert asked.requests == []


def test_where_no_folder_is_named_there_are_no_attachments(asked, named):
    async def listed(client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in call(asked, (), listed)}
    ask_about(asked, (), named / "note.txt")

    assert "attachments" not in tools["ask"].input_schema["properties"]
    assert all(request.attachments == () for request in asked.requests)


DAYS = {"since": "2024-01-01", "until": "2024-06-30"}


def test_an_assistant_searches_and_asks_within_days(asked):
    async def work(client):
        await client.call_tool("search", {"query": "snow", "within": "*.pdf", **DAYS})
        await client.call_tool("ask", {"question": "How deep?", "until": DAYS["until"]})

    call(asked, (), work)

    assert [(one.text, one.within, one.since, one.until) for one in asked.requests] == [
        ("snow", "*.pdf", *DAYS.values()),
        ("How deep?", "", "", DAYS["until"]),
    ]


@pytest.fixture
def engine(tmp_path):
    doc = a_document(Element(role="paragraph", text="Snow fell."), page_count=1)
    answers = [an_answer("Snow fell. [1]", a_chunk(doc_id=doc.id))]
    return FakeEngine(index=FakeLibrary(doc, folder=tmp_path), answers=answers)


def test_a_workspace_is_searched_and_asked_within_days(engine):
    workspace = pagelight.Workspace(SimpleNamespace(engine=engine, read_image=None))
    workspace.search("snow", **DAYS)
    workspace.ask("How deep?", **DAYS)

    assert len(engine.asked) == 2
    for query, _ in engine.asked:
        assert (query.filters.since, query.filters.until) == tuple(DAYS.values())

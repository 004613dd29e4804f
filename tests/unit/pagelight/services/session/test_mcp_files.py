"""Which files an assistant may attach: those of the folders that were named at the start alone."""

from contextlib import nullcontext

import pytest
from anyio.from_thread import start_blocking_portal
from builders_ui import an_answer
from mcp import Client

from pagelight.services.answering.answer_json import answer_json
from pagelight.services.session.mcp_server import mcp_server


class Asked:
    """Lends a session that keeps what it was asked."""

    def __init__(self):
        self.requests = []

    def lend(self):
        return nullcontext(self)

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
        async with Client(mcp_server(asked, folders=folders)) as client:
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

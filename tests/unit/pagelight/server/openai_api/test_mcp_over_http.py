"""The tools at `/mcp`: the protocol's own client over HTTP, behind the chat's door."""

from anyio.from_thread import start_blocking_portal
from builders_programs import PASSWORD
from builders_ui import a_document
from mcp import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from pagelight.services.session.mcp_server import LISTED

BEARER = b"Bearer " + PASSWORD.encode()


def run(url, work):
    async def connected():
        async with (
            create_mcp_http_client(headers={b"Authorization": BEARER}) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            return await work(client)

    with start_blocking_portal() as portal:
        return portal.call(connected)


def test_the_tools_are_those_of_the_command_but_for_files_of_the_server(url, engine):
    async def work(client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in run(url, work)}

    assert set(tools) == {"search", "ask", "read_page", "list_documents"}
    assert "history" in tools["ask"].input_schema["properties"]
    assert "attachments" not in tools["ask"].input_schema["properties"]
    assert engine.asked == []


def test_an_assistant_asks_with_what_was_said_before(url, engine):
    said = [{"role": "user", "content": "Rain?"}, {"role": "assistant", "content": "3 mm."}]

    async def work(client):
        answered = await client.call_tool("ask", {"question": "And snow?", "history": said})
        refused = await client.call_tool("ask", {"question": "x", "history": [{"role": "user"}]})
        listed = await client.call_tool("list_documents")
        return answered, refused, listed

    answered, refused, listed = run(url, work)
    (query, history), *_ = engine.asked

    assert answered.structured_content["text"] == "Snow fell. [1]"
    assert answered.structured_content["citations"][0]["page"] == 2
    assert (query.text, [(turn.question, turn.answer) for turn in history]) == (
        "And snow?",
        [("Rain?", "3 mm.")],
    )
    assert refused.is_error
    assert "A history is a list of" in refused.content[0].text
    assert [one["source"] for one in listed.structured_content["documents"]] == ["report.pdf"]


def test_of_many_documents_an_assistant_is_given_some_at_a_time(url, engine):
    engine.index.docs |= {
        f"{n:064x}": a_document(id=f"{n:064x}", source=f"{n}.txt") for n in range(1, LISTED + 2)
    }

    async def work(client):
        first = await client.call_tool("list_documents")
        rest = await client.call_tool("list_documents", {"start": LISTED})
        return first.structured_content, rest.structured_content

    first, rest = run(url, work)
    assert (len(first["documents"]), first["more"]) == (LISTED, True)
    assert ([one["source"] for one in rest["documents"]], rest["more"]) == (
        [f"{LISTED}.txt", f"{LISTED + 1}.txt"],
        False,
    )

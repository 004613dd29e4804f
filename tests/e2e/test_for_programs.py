"""What docs/how-to/use-from-programs.md promises to programs: Python, HTTP and MCP."""

import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import openai
import pytest
from anyio.from_thread import start_blocking_portal
from gradio_client import Client as GradioClient
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from program import PROGRAM

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "how-to" / "use-from-programs.md").read_text(encoding="utf-8")
SNOW = "What snow depth did the Brockenstein station record on 3 March 1999?"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The guide's example, run beside the demo; its workspace stays for the other tests."""
    room = tmp_path_factory.mktemp("example")
    (room / "demo").symlink_to(ROOT / "demo")
    program = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=room,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "RAG_OCR": "0", "PYTHONPATH": str(ROOT)},
    )
    return room / "index", done


@asynccontextmanager
async def assistant(workspace, *options):
    """Start the server as an assistant's program does, in a bare environment."""
    arguments = ["mcp", "--workspace", str(workspace), *map(str, options)]
    server = StdioServerParameters(command=str(PROGRAM), args=arguments, cwd=workspace)
    async with Client(server) as client:
        yield client


def run(work):
    """Run it in a thread of its own: the browser's loop runs in this one."""
    with start_blocking_portal() as portal:
        return portal.call(work)


def test_the_example_of_the_guide_runs_and_prints_what_the_guide_says(example):
    _, done = example
    lines = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0] == "17 files, 0 failed"
    assert "-0.7 °C" in done.stdout
    assert re.search(r"^\d annual-report-2025\.pdf 2 Mean temperature", done.stdout, re.MULTILINE)
    (whole,) = (line for line in lines if line.startswith("whole: "))
    assert "Leopold Brandauer" in whole
    assert lines[-1].startswith("False ['")


def test_an_assistant_lists_and_reads_documents_over_stdio(example):
    workspace, _ = example

    async def work():
        async with assistant(workspace) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            documents = await client.call_tool("list_documents")
            page = await client.call_tool(
                "read_page", {"source": "visiting.html", "quote": "sunrise visit"}
            )
            gone = await client.call_tool("read_page", {"source": "../secret", "page": 1})
            return tools, documents, page, gone

    tools, documents, page, gone = run(work)

    assert tools == {"search", "ask", "read_page", "list_documents"}
    assert len(documents.structured_content["documents"]) == 17
    assert page.structured_content["is_stretch"]
    assert any("16 euros" in part["text"] for part in page.structured_content["parts"])
    assert gone.is_error
    assert "There is no document ../secret." in gone.content[0].text


def test_an_assistant_searches_and_asks_through_the_running_chat_that_has_the_workspace(
    chat, tmp_path
):
    note = tmp_path / "note.txt"
    note.write_text("The spare key lies under the third stone.", encoding="utf-8")

    async def work():
        async with assistant(chat.log.with_name("ws"), "--files", tmp_path) as client:
            found = await client.call_tool("search", {"query": "snow depth", "within": "*.pdf"})
            answered = await client.call_tool("ask", {"question": SNOW})
            about = {"question": "Where does the spare key lie?", "attachments": [str(note)]}
            attached = await client.call_tool("ask", about)
            refused = await client.call_tool("ask", {"question": " "})
            return found, answered, attached, refused

    found, answered, attached, refused = run(work)
    answer = answered.structured_content

    assert {hit["source"] for hit in found.structured_content["hits"]} == {"station-report.pdf"}
    assert "312 cm" in answer["text"]
    assert answer["citations"][0]["source"] == "station-report.pdf"
    assert answer["citations"][0]["page"] == 2
    assert len(answer["citations"][0]["bbox"]) == 4
    assert "312 cm" in answer["citations"][0]["quote"]
    assert "under the third stone" in attached.structured_content["text"]
    assert attached.structured_content["citations"][0]["source"] == "note.txt"
    assert refused.is_error
    assert "The question is empty." in refused.content[0].text


def test_a_program_asks_and_searches_the_running_chat_over_http(chat):
    client = GradioClient(
        chat.url,
        headers=chat.headers,
        verbose=False,
        analytics_enabled=False,
        httpx_kwargs={"timeout": 120},  # a busy machine takes its time
    )
    *_, answer = client.submit(SNOW, api_name="/ask")
    hits = client.predict("Brockenstein", k=3, within="*.pdf", api_name="/search")
    client.close()

    assert "312 cm" in answer["text"]
    assert {hit["source"] for hit in hits} == {"station-report.pdf"}


def test_another_program_asks_it_as_a_model_and_an_assistant_over_http(chat):
    said = [{"role": "user", "content": SNOW}]
    with openai.OpenAI(base_url=f"{chat.url}/v1", api_key=chat.token, timeout=120) as client:
        whole = client.chat.completions.create(model="pagelight", messages=said)
        chunks = client.chat.completions.create(model="pagelight", messages=said, stream=True)
        words = "".join(c.choices[0].delta.content or "" for c in chunks)

    async def work():
        async with (
            create_mcp_http_client(headers=chat.headers) as http,
            Client(streamable_http_client(f"{chat.url}/mcp", http_client=http)) as assistant,
        ):
            return await assistant.call_tool("search", {"query": "snow depth", "within": "*.pdf"})

    found = run(work).structured_content

    assert "312 cm" in whole.choices[0].message.content
    assert whole.choices[0].message.content == words
    assert f"{chat.url}/#document/" in words
    assert {hit["source"] for hit in found["hits"]} == {"station-report.pdf"}


def test_the_command_prints_the_token_of_the_running_chat(chat):
    command = [PROGRAM, "token", "--workspace", chat.log.with_name("ws")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == f"{chat.token}\n"
    assert httpx.get(f"{chat.url}/v1/models", trust_env=False).status_code == 401

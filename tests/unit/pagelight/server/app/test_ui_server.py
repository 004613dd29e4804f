"""The whole application over its front door, without a network: Gradio, guard, routes, API."""

import asyncio
import re
import sys

import gradio as gr
import pytest
from builders_ui import a_chunk, a_document, an_answer, digest
from fake_engine import FakeEngine
from fake_ingest import FakeIngest
from fake_library import FakeLibrary
from fastapi import FastAPI
from fastapi.testclient import TestClient
from running_app import BEARER, TOKEN, parts_over

from pagelight.server.app.page_routes import STYLES, head, version
from pagelight.server.app.server import build_app, serve
from pagelight.server.middleware.gradio_guard import GradioGuard
from pagelight.services.jobs.jobs import Jobs
from rag.datamodel import Element
from rag.errors import SettingsError
from rag.settings import Settings

BYTES = b"%PDF a report"


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "report.pdf").write_bytes(BYTES)
    doc = a_document(Element(role="paragraph", text="Snow."), id=digest(BYTES), page_count=2)
    chunk = a_chunk(doc_id=doc.id)
    library = FakeLibrary(doc, folder=folder)
    ingest = FakeIngest()
    ingest.go.set()
    engine = FakeEngine(index=library, answers=[an_answer("Snow fell. [1]", chunk)])
    return parts_over(
        engine,
        jobs=Jobs(lambda: ingest, folder=folder),
        examples=("How much snow </script><script>alert(1)</script>?",),
    )


@pytest.fixture(scope="module")
def app(parts, tmp_path_factory):
    settings = Settings(workspace=tmp_path_factory.mktemp("ws"))
    return build_app(parts, settings, token=TOKEN)


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url="http://127.0.0.1:7860", headers=BEARER) as client:
        yield client


def test_the_page_runs_only_its_own_scripts(client):
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]

    assert page.status_code == 200
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce}"') > 1
    assert "<script>" not in client.get("/suggestions").text
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"  # its forms tell where they are from
    assert client.get("/state").headers["referrer-policy"] == "no-referrer"


def test_words_of_others_in_the_page_get_no_nonce():
    """Gradio writes what its components hold escaped: no tag of it can be marked."""

    async def mounted():  # Gradio makes locks in the event loop that runs
        with gr.Blocks(analytics_enabled=False) as blocks:
            gr.Markdown("</script><script>alert(1)</script>")
        app = FastAPI()
        return gr.mount_gradio_app(app, blocks, path="/", ssr_mode=False)

    page = TestClient(GradioGuard(asyncio.run(mounted()), None)).get("/").text

    assert "alert(1)" in page
    assert not re.search(r"<script[^>]*>alert", page)
    assert page.count("<script") == page.count('<script nonce=""') > 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        *(({"Host": host}, 200) for host in ("localhost:7860", "127.0.0.1", "[::1]:7860")),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "evil.example:7860"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_our_own_host_names_are_served_and_other_hosts_and_sites_are_refused(
    client, headers, status
):
    assert client.get("/state", headers=headers).status_code == status


LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize(
    "path",
    [
        "/state",
        "/config",
        "/library",
        "/conversations",
        f"/looks/{version()}/page.css",
        "/gradio_api/file=http://example.com/",
        "/sign-out",
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_of_another_site_leads_to_the_page_and_nowhere_else(client, path, site):
    assert client.get(path, headers=LINK | {"Sec-Fetch-Site": site}).status_code == 403
    assert client.get("/", headers=LINK | {"Sec-Fetch-Site": site}).status_code == 200
    assert client.post("/", headers=LINK | {"Sec-Fetch-Site": site}).status_code == 403


@pytest.fixture
def asked_hosts():
    """Every host that this process looks up or calls, as long as the test runs."""
    hosts, watching = [], [True]

    def note(event, arguments):
        if watching and event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
            hosts.append((event, arguments))

    sys.addaudithook(note)
    yield hosts
    watching.clear()


AWAY = "http://93.184.215.14/picture.png"


def test_no_request_makes_the_server_ask_another_host(client, asked_hosts):
    file = {"path": AWAY, "url": AWAY, "meta": {"_type": "gradio.FileData"}}
    box = {"text": AWAY, "files": [file]}
    codes = [
        client.get(f"/gradio_api/{how}={AWAY}").status_code for how in ("file", "proxy", "file/")
    ]
    bodies = [
        {"data": data, "session_hash": "abc", "fn_index": 0}
        for data in ([box, "", "", None], [file, "", [], "", ""], [file, 3, "", "", ""])
    ]
    tos = ("queue/join", "call/ask", "call/search", "run/search", "component_server")
    codes += [
        client.post(f"/gradio_api/{to}", json=body).status_code for to in tos for body in bodies
    ]
    codes.append(client.get(f"/?deep_link={AWAY}").status_code)

    assert asked_hosts == []
    assert set(codes[:-1]) <= {400, 403, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/page/" + "0" * 64 + "/1.png",
        "/page/..%2f..%2fetc/1.png",
        "/page/report.pdf/1.png",
        "/asset/..%2f..%2fledger.sqlite",
        "/asset/" + "0" * 64,
        "/document/nothing/1",
        "/source/unknown/0",
        "/quote/unknown/0",
        "/found/nothing/1/0?words=snow",
        "/looks/v/shell/server.py",
        "/looks/v/..%2fserver.py",
        "/looks/../server/looks.py",
        "/looks/v/shell/page.d.ts",
        "/looks/v/page.d.ts",
        "/looks/v/shell/nothing.css",
        "/docs",
        "/openapi.json",
    ],
)
def test_what_is_not_held_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("box", ["0-0-0-0", "1-2-3", "9-9-1-1", "a-b-c-d", "0-0-99999999-1"])
def test_a_part_that_is_no_box_is_not_found(client, parts, box):
    doc_id = parts.engine.answers[0].citations[0].chunk.doc_id

    assert client.get(f"/crop/{doc_id}/2/{box}.png").status_code == 404
    assert client.get(f"/region/{doc_id}/2/{box}").status_code == 404
    assert client.get(f"/region/{doc_id}/9/0-0-10-10").status_code == 404


def test_the_api_searches_and_ingests_for_who_has_its_token(client, parts):
    for wrong in ("", "Bearer x"):
        headers = {"Authorization": wrong}
        assert client.post("/api/ask", json={}, headers=headers).status_code == 403
    hits = client.post("/api/search", json={"query": "snow", "k": 1}, headers=BEARER).json()
    folder = str(parts.engine.index.root)
    report = client.post("/api/ingest", json={"folder": folder}, headers=BEARER).json()

    assert [hit["rank"] for hit in hits] == [1]
    assert report == {"files": [], "totals": {}}


def test_the_api_tells_who_did_what_the_command_line_too(client):
    client.post("/action/refresh")
    client.post("/api/ingest", json={"folder": "/somewhere"}, headers=BEARER)
    last, former = client.post("/api/audit", json={"most": 2}, headers=BEARER).json()

    assert (last["who"], last["what"]) == ("the command line", "had documents read")
    assert last["about"] == "/somewhere"
    assert (former["who"], former["what"], former["address"]) == (
        *("", "had documents read", "testclient"),
    )


def test_without_the_token_nothing_is_told(app):
    client = TestClient(app, base_url="http://127.0.0.1:7860")

    assert client.get("/state").status_code == 401
    assert client.get("/v1/models").status_code == 401
    assert client.post("/mcp", json={}).status_code == 401
    assert client.get("/", headers={"accept": "text/html"}).url.path == "/sign-in"


@pytest.mark.parametrize("path", ["/scope", "/api/ask", "/mcp", "/gradio_api/run/ask", "/sign-in"])
def test_no_route_reads_more_than_the_limit(client, path):
    answer = client.post(path, content=(b"x" * 100_000 for _ in range(90)))

    assert answer.status_code == 413
    assert len(answer.content) < 100


def test_who_knows_what_they_do_lets_every_account_in(parts, tmp_path):
    app = build_app(parts, Settings(workspace=tmp_path, token=False), token=TOKEN)
    client = TestClient(app, base_url="http://127.0.0.1:7860")

    assert client.get("/state").status_code == 200
    assert client.get("/api/status").status_code == 403


def test_on_all_addresses_the_token_is_asked_for_under_any_name(parts, tmp_path):
    settings = Settings(workspace=tmp_path, host="0.0.0.0")  # noqa: S104 - nothing listens here
    client = TestClient(build_app(parts, settings, token=TOKEN), base_url="http://box.example")

    assert client.get("/state").status_code == 401
    assert client.get("/state", headers=BEARER).status_code == 200


def test_with_a_password_everything_but_the_api_asks_for_it(parts, tmp_path):
    settings = Settings(workspace=tmp_path, password="güte")  # noqa: S106 - of this test only
    client = TestClient(build_app(parts, settings, token=TOKEN), base_url="http://127.0.0.1")

    assert client.get("/state").status_code == 401
    assert client.get("/state", headers=BEARER).status_code == 401
    assert client.get("/state", auth=("me", "wrong")).status_code == 401
    assert client.get("/state", auth=("me", "güte")).status_code == 200
    assert client.get("/api/status", headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host": "0.0.0.0"}, "RAG_USERS or RAG_PASSWORD"),  # noqa: S104 - nothing listens here
        ({"trusted_proxies": "127.0.0.1"}, "through RAG_TRUSTED_PROXIES"),
    ],
)
def test_where_others_could_come_something_must_be_asked_for(parts, tmp_path, settings, words):
    with pytest.raises(SettingsError, match=words):
        serve(parts, Settings(workspace=tmp_path, token=False, **settings), token=TOKEN)


def test_the_looks_that_the_page_names_are_kept_and_those_of_another_version_are_not(client):
    named = set(re.findall(r'"(/looks/[^"]+)"', head()))
    answers = [client.get(path) for path in named]

    assert len(named) > len(STYLES)
    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)
    assert client.get("/looks/former/page.css").headers["cache-control"] == "no-store"


def test_the_page_speaks_the_language_of_its_browser(client):
    german = {"accept-language": "de-AT,de;q=0.9"}
    words = client.get("/words.js", headers=german).text

    assert '"language": "de"' in words
    assert '"Kopieren"' in words
    assert '"language": "fr"' in client.get("/words.js", headers={"cookie": "language=fr"}).text
    assert '"language": "en"' in client.get("/words.js").text

"""The real program on a free port, a real browser, and screenshots of what failed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from journey_corpus import make_corpus
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from program import PROGRAM
from putting_back import put_back
from server_run import free_port

from e2e.asking import LONG_MS

SCREENSHOTS = Path(__file__).with_name("screenshots")
CHROMIUM = "chromium"
NO_BROWSER = f"no {CHROMIUM} on this machine: the browser journeys are left out"
START_S = 180
INGEST_S = 400
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # tabs of one context share a process, and so what it has compiled
)
KEPT_BY_TABS = "cookies,local_storage,indexeddb,service_workers,cache_storage"
"""What a site leaves in a browser, in the words of Chromium's `Storage.clearDataForOrigin`."""


@dataclass
class Chat:
    """A running chat over `corpus`, in the folder of its `log`; `own` is of its environment."""

    port: int
    log: Path
    models: Path
    corpus: Path
    own: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """What it printed: who opens that is let in."""
        printed = re.findall(r"Pagelight is at (\S+) ", self.words())
        return printed[-1] if printed else ""

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.address).query)["token"][0]

    @property
    def headers(self) -> dict[str, str]:
        """What a program sends."""
        return {"Authorization": f"Bearer {self.token}"}

    def start(self) -> None:
        room = self.log.parent
        command = [str(PROGRAM), "chat", str(self.corpus), "--workspace", str(room / "ws")]
        # No models of this machine's own, and a hub that nobody serves.
        apart = {"RAG_MODELS": str(self.models), "HF_ENDPOINT": "http://127.0.0.1:9"}
        long = {"RAG_ANSWER_TOKENS": "6000"}  # of models that write: a tiny random one has no end
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                stdout=sink,
                stderr=sink,
                cwd=room,
                env={**os.environ, **apart, **long, **self.own},
            )
        self.wait(self.is_up, seconds=START_S, what="answer")
        self.wait(lambda: not self.state()["busy"], seconds=INGEST_S, what="end of reading")

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def state(self) -> dict[str, str]:
        state = urllib.request.Request(f"{self.url}/state", headers=self.headers)  # noqa: S310 - ours
        with urllib.request.urlopen(state, timeout=30) as answer:  # noqa: S310 - ours
            return json.load(answer)

    def wait(self, condition, *, seconds: float, what: str) -> None:
        """Wait until `condition()`; fail at once, with its words, if the program has died."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"pagelight ended with {self.process.returncode}:\n{self.words()}")
            if condition():
                return
            time.sleep(0.2)
        pytest.fail(f"no {what} within {seconds} s; {self.last_bar()}\n{self.words()}")

    def is_up(self) -> bool:
        try:
            return bool(self.address and self.state())
        except OSError:
            return False

    def last_bar(self) -> str:
        return self.state()["bar"] if self.is_up() else "the program does not answer"

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(corpus: Path, own: Mapping[str, str]) -> Iterator[Chat]:
    """Run the program over a folder, everything read; `own` is of its environment."""
    room = corpus.parent
    chat = Chat(free_port(), room / "log.txt", room / "models", corpus, own)
    try:
        chat.start()
        yield chat
    finally:
        chat.end()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a browser journey out before anything is started for it; in CI it fails."""
    if "chromium" not in getattr(item, "fixturenames", ()) or shutil.which(CHROMIUM):
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {CHROMIUM}")
    pytest.skip(NO_BROWSER)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser for the journeys of this folder: as long as it runs, no other event loop can."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which(CHROMIUM), args=list(FLAGS)
        )
        expect.set_options(timeout=LONG_MS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """The program over a small folder, everything read."""
    with running(make_corpus(tmp_path_factory.mktemp("chat") / "documents"), {}) as chat:
        yield chat


@pytest.fixture(scope="package")
def tabs(chromium: Browser, chat: Chat) -> Iterator[BrowserContext]:
    """What tabs are opened in: the page's scripts are fetched and compiled once.

    The first tab stays, so that the process that compiled them does.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(LONG_MS)
    context.new_page().goto(chat.address)
    context.pages[0].goto(f"{chat.url}/state")
    yield context
    context.close()


def forget(tabs: BrowserContext, origin: str) -> None:
    """Close all tabs but the first; nothing of what they said, chose or kept is left."""
    first, *others = tabs.pages
    for tab in others:
        tab.close()
    chromium = tabs.new_cdp_session(first)
    chromium.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": KEPT_BY_TABS})
    chromium.detach()


@pytest.fixture
def page(tabs: BrowserContext, chat: Chat, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The chat in a fresh tab, as every journey finds it.

    Afterwards: nothing went to another host, no script broke.
    """
    page = tabs.new_page()
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("dialog", lambda dialog: (broken.append(dialog.message), dialog.dismiss()))
    page.goto(chat.address)
    page.locator("#ask textarea").wait_for()
    files = frozenset(path.name for path in chat.corpus.iterdir())
    yield page
    if getattr(request.node, "failed", False):
        SCREENSHOTS.mkdir(exist_ok=True)
        name = re.sub(r"\W+", "-", request.node.name)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
    forget(tabs, chat.url)
    put_back(chat, files)
    hosts = {urlsplit(url).hostname for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}
    assert broken == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):  # noqa: ARG001 - pytest passes it by name
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report

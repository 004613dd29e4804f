"""The page's budget: 1,000 documents, a conversation of 200 exchanges, an answer word by word.

PYTHONPATH=tests/builders/pages python -m benchmarks.scale.page [--documents 1000]
    [--exchanges 200] [--rounds 3]

The whole server in a process of its own, with made-up documents and an engine that writes a piece
each 0.1 s, and Chromium. Time of processors, not of clocks, but for the first paint: other jobs on
the machine lengthen that alone. The budget: first paint 1.5 s; a piece 5 ms of Python and 8 ms of
the page's thread; memory flat; what an @ stands for among 20,000 documents 20 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
from builders_ui import a_chunk, an_answer
from fake_engine import FakeEngine, FakeSwitching
from fake_ingest import FakeIngest
from fake_library import FakeRenderer
from playwright.sync_api import CDPSession, Page, sync_playwright

from pagelight.server.app.server import Parts, serve
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_job import Switches
from rag.datamodel import Answer, Query, Turn
from rag.settings import Settings
from rag.storage.conversations.exchange import Exchange
from rag.storage.workspace.store import WorkspaceIndex

PIECE_S = 0.1
PIECES = 60
SENTENCE = "Snow lay on the roof of station {n} for nineteen weeks. "
TALK = "a" * 16
HELD_BACK = """() => window.addEventListener(
    "pagelight:piece", (event) => event.stopImmediatePropagation(), { capture: true }
)"""
"""What goes on without pieces is no piece's: Gradio's page draws anew while it waits for an end,
and its queue looks for work a thousand times a second."""

AMID_S = 3.0
"""So long is measured amid an answer: what begins and ends it lies outside."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--exchanges", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=Path, help="be the server over this folder")
    chosen = parser.parse_args()
    if chosen.serve:
        serve_pieces(chosen.serve, documents=chosen.documents, exchanges=chosen.exchanges)
        return
    with tempfile.TemporaryDirectory() as folder:
        options = ["--documents", str(chosen.documents), "--exchanges", str(chosen.exchanges)]
        command = [sys.executable, "-m", "benchmarks.scale.page", "--serve", folder, *options]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip()
            print(json.dumps(measured(url, psutil.Process(server.pid), chosen.rounds), indent=2))
        finally:
            server.terminate()
            server.wait()


def measured(url: str, server: psutil.Process, rounds: int) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        opened = [_opened(page, f"{url}/c/{TALK}") for _ in range(rounds)]
        told = page.context.new_cdp_session(page)
        told.send("Performance.enable", {"timeDomain": "threadTicks"})
        answers = [_answer(page, told, server) for _ in range(rounds)]
        page.evaluate(HELD_BACK)
        waiting = _answer(page, told, server)[1]
        idle = _idle(page, server)
        browser.close()
    return {
        "first_paint_s": statistics.median(paint for paint, _ in opened),
        "conversation_shown_s": statistics.median(shown for _, shown in opened),
        "python_ms_a_piece": [round(python - idle, 2) for python, *_ in answers],
        "python_ms_as_long_without": round(idle, 2),
        "page_ms_a_piece": [round(shown - waiting, 2) for _, shown, *_ in answers],
        "page_ms_as_long_without": round(waiting, 2),
        "page_heap_mb": [heap for *_, heap, _ in answers],
        "server_mb": [memory for *_, memory in answers],
        "at_ms": _at_ms(url, server),
        "load": os.getloadavg()[0],
    }


def _opened(page: Page, address: str) -> tuple[float, float]:
    """Return the seconds to the first paint, and until the whole conversation is shown."""
    begin = time.monotonic()
    page.goto(address)
    page.locator("#chat .answer").last.wait_for(timeout=120_000)
    shown = time.monotonic() - begin
    paints = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    return round(page.evaluate(paints) / 1000, 2), round(shown, 2)


def _answer(
    page: Page, told: CDPSession, server: psutil.Process
) -> tuple[float, float, float, float]:
    """Ask; return milliseconds of Python and of the page for a piece, and megabytes of both."""
    page.locator("#ask textarea").fill("How long did the snow lie?")
    page.keyboard.press("Enter")
    page.locator("#ask .stop-button").wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    python, shown = _seconds(server), _metric(told, "TaskDuration")
    page.wait_for_timeout(1000 * AMID_S)
    python, shown = _seconds(server) - python, _metric(told, "TaskDuration") - shown
    page.locator("#ask .submit-button").wait_for(timeout=60_000)
    told.send("HeapProfiler.collectGarbage")
    heap = _metric(told, "JSHeapUsedSize") / 2**20
    memory = server.memory_info().rss / 2**20
    pieces = AMID_S / PIECE_S / 1000
    return python / pieces, shown / pieces, round(heap, 1), round(memory)


def _idle(page: Page, server: psutil.Process) -> float:
    """Return the milliseconds of Python while nothing is asked, in the time of a piece."""
    begin = _seconds(server)
    page.wait_for_timeout(1000 * AMID_S)
    return (_seconds(server) - begin) * 1000 * PIECE_S / AMID_S


def _seconds(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


def _metric(told: CDPSession, name: str) -> float:
    metrics = told.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == name)


def _at_ms(url: str, server: psutil.Process) -> float:
    """Return what the server works for one look among the names: many, as its clock is coarse."""
    names = [f"report {n}" for n in range(100)]
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.get("/scope/names", params={"words": "x"})
        begin = _seconds(server)
        for words in names:
            client.get("/scope/names", params={"words": words}).raise_for_status()
        return round(1000 * (_seconds(server) - begin) / len(names), 2)


class Writing(FakeEngine):
    """Writes a sentence at a time."""

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        del history
        text = ""
        for n in range(PIECES):
            text += SENTENCE.format(n=n)
            time.sleep(PIECE_S)
            yield an_answer(text, query=query, complete=False)
        yield an_answer(f"{text} [1]", a_chunk(), query=query)


def serve_pieces(folder: Path, *, documents: int, exchanges: int) -> None:
    """Serve made-up documents and a conversation; write the address to stdout."""
    index = WorkspaceIndex(folder / "ws", model_id="none", dim=2, chunker_version="1")
    _put_documents(folder / "ws" / "ledger.sqlite", documents)
    for n in range(exchanges):
        answer = an_answer(SENTENCE.format(n=n) * 8 + "[1]", a_chunk())
        exchange = Exchange(id=f"{n:016x}", question=f"How long did it lie at {n}?", answer=answer)
        index.conversations.put(TALK, exchange)
    engine = Writing(index=index)
    parts = Parts(
        engine=engine,
        jobs=Jobs(FakeIngest, folder=None),
        incoming=engine.incoming,
        renderer=FakeRenderer(),
        switches=Switches(FakeSwitching()),
    )
    serve(
        parts,
        Settings(workspace=folder / "ws", port=0, token=False),
        token="",
        on_listening=lambda url: print(url, flush=True),
    )


def _put_documents(ledger: Path, count: int) -> None:
    with sqlite3.connect(ledger) as db:
        db.executemany(
            "INSERT INTO documents (id, media_type, title, page_count, chunk_count, pending,"
            " warnings, elements, language, chunker, dated, companions)"
            " VALUES (?, 'application/pdf', ?, 3, 0, 0, X'5B5D', X'', '', '1', '', '')",
            ((f"{n:064x}", f"Report {n}") for n in range(count)),
        )
        db.executemany(
            "INSERT INTO files (source, doc_id, size_bytes, mtime_ns, ctime_ns, inode, sha256,"
            " state, reason, seconds, tried_with)"
            " VALUES (?, ?, 1, 1, 0, 0, '', 'ready', '', 0, '')",
            ((f"year {n % 25}/report {n}.pdf", f"{n:064x}") for n in range(count)),
        )


if __name__ == "__main__":
    main()

"""A live chat and files of strangers: they are decoded in its children, and hold up nobody."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import httpx
import psutil
import pytest
from builders_office import write_raw_docx
from builders_ui import wait
from gradio_client import Client, handle_file
from server_run import free_port

from pagelight.services.rendering.page_pictures import MAX_WAITING

pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).parents[5]
DEMO = ROOT / "demo" / "documents"
LEFT_OUT = ("logbook-1999-03.pdf", "rime-on-anemometers.pdf", "pictures")
"""Of the demo: of formats that are there already, and long to read."""

WATCHED = ROOT / "tests" / "builders" / "servers" / "watched_chat.py"
DECODERS = {
    *("pillow_heif", "pypdfium2", "pypdfium2_raw", "pypdf", "av", "lxml", "cv2"),
    *("docx", "pptx", "openpyxl", "olefile", "rapidocr"),
}
PLUGIN = "ImagePlugin"
"""Ends the names of Pillow's formats."""

DRAWING_S = 5
"""So long a page is drawn at most: less than the 15 s that people wait for one otherwise."""

FULL = b"q /G gs 1 0.9 0.8 rg 0 0 2000 3000 re f Q\n"
"""A fill of the whole page whose colour burns into what lies below it."""


def slow_pdf(fills: int = 40) -> bytes:
    """Return a small PDF whose one page takes minutes to draw."""
    words = b"BT /F 40 Tf 60 2800 Td (The key hangs behind the stove.) Tj ET\n"
    content = zlib.compress(words + FULL * fills, 9)
    resources = (
        b"/Resources<</ExtGState<</G<</BM/ColorDodge/ca 0.5>>>>"
        b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 2000 3000]/Contents 4 0 R" + resources + b">>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
    ]
    numbered = [b"%d 0 obj %s endobj\n" % each for each in enumerate(objects, 1)]
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer<</Root 1 0 R>>\n"


class LiveChat:
    """A program of its own over the demo, and two PDFs whose page takes minutes to draw."""

    def __init__(self, room: Path) -> None:
        self.corpus = room / "documents"
        self.told = room / "told.json"
        port = str(free_port())
        self.url = f"http://127.0.0.1:{port}"
        self.log = (room / "log").open("wb")
        self.process = subprocess.Popen(
            [
                *(sys.executable, WATCHED, self.told, "chat", self.corpus),
                *("--workspace", room / "ws", "--port", port, "--no-token"),
            ],
            stdout=self.log,
            stderr=self.log,
            cwd=room,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "RAG_MODELS": str(room / "none"),
                "RAG_FILE_SECONDS": str(DRAWING_S),
            },
        )

    def get(self, path: str, *, timeout: float = 60.0) -> tuple[int, bytes]:
        response = httpx.get(self.url + path, timeout=timeout, trust_env=False)
        return response.status_code, response.content

    def is_read(self) -> bool:
        try:
            status, body = self.get("/state")
        except httpx.TransportError:
            return False
        return status == 200 and not json.loads(body)["busy"]

    def state(self) -> dict[str, list[str]]:
        self.told.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        wait(self.told.exists)
        return json.loads(self.told.read_text(encoding="utf-8"))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Return a folder with documents; what is read of them is read once for all tests."""
    room = tmp_path_factory.mktemp("room")
    shutil.copytree(DEMO, room / "documents", ignore=shutil.ignore_patterns(*LEFT_OUT))
    (room / "documents" / "slow.pdf").write_bytes(slow_pdf())
    (room / "documents" / "as-slow.pdf").write_bytes(slow_pdf(41))  # what is known is not drawn
    return room


@pytest.fixture(scope="module")
def chats():
    started = []
    yield started
    for chat in started:
        chat.end()


@pytest.fixture
def chat(room, chats):
    """Return a running chat, the one of the test before where that did not end it."""
    if not chats or chats[-1].process.poll() is not None:
        chats.append(LiveChat(room))
        wait(chats[-1].is_read, timeout_s=240)
    return chats[-1]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_file_is_decoded_in_the_server_itself(chat, tmp_path):
    """Read, opened page by page, cropped and attached, of every format of the demo.

    Gradio imports Pillow with all its formats as it is imported itself, so that these modules
    alone can't be kept out: Pillow must have opened nothing with them.
    """
    attached = tmp_path / "more"
    attached.mkdir()
    shutil.copy(DEMO / "rime-on-anemometers.pdf", attached / "rime.pdf")
    shutil.copy(DEMO / "station-at-dawn.jpg", attached / "dawn.jpg")
    for copy in attached.iterdir():  # other bytes, so that they are read as new
        copy.write_bytes(copy.read_bytes() + b"\n")
    write_raw_docx(attached / "note.docx", "<w:p><w:r><w:t>The key is red.</w:t></w:r></w:p>")
    answered = []
    for path in sorted(each for each in DEMO.iterdir() if each.name not in LEFT_OUT):
        for page in (1, 2):
            at = f"{digest(path)}/{page}"
            for address in (
                *(f"/document/{at}", f"/document/{at}?at=2", f"/outline/{at}"),
                *(f"/page/{at}.png?w=200", f"/crop/{at}/1000-1000-5000-3000.png"),
            ):
                status, body = chat.get(address)
                answered.append((path.suffix, address.split("/")[1], status, body[:4]))
    client = Client(chat.url, verbose=False, analytics_enabled=False)
    files = [handle_file(each) for each in sorted(attached.iterdir())]
    answer = client.predict("What is to be seen?", attachments=files, api_name="/ask")
    client.close()

    told = chat.state()
    loaded = {
        name for name in told["loaded"] if name.split(".")[0] in DECODERS or name.endswith(PLUGIN)
    }
    pictures = {(kind, what) for kind, what, status, body in answered if body == b"\x89PNG"}
    assert {(".pdf", "page"), (".pdf", "crop"), (".jpg", "crop"), (".png", "crop")} <= pictures
    assert all(status in {200, 404} for _, _, status, _ in answered)
    assert answer["text"]
    assert loaded == set()
    assert told["opened"] == []


def test_a_page_that_takes_minutes_to_draw_holds_up_nobody(chat):
    slow, quick = (digest(chat.corpus / f"{name}.pdf") for name in ("slow", "annual-report-2025"))
    statuses = []

    def look() -> None:
        statuses.append(chat.get(f"/page/{slow}/1.png?w=2400", timeout=300)[0])

    looking = [threading.Thread(target=look, daemon=True) for _ in range(12)]
    for each in looking:
        each.start()
    wait(lambda: statuses.count(503) == 12 - 1 - MAX_WAITING)  # no more of one person's may wait
    assert chat.get("/state", timeout=5)[0] == 200
    for each in looking:
        each.join(120)

    assert statuses.count(404) == 1 + MAX_WAITING
    assert chat.get(f"/page/{slow}/1.png?w=200", timeout=5)[0] == 404  # it is known by then
    assert chat.get(f"/page/{quick}/1.png?w=200")[1][:4] == b"\x89PNG"


def test_ctrl_c_ends_a_server_that_draws_a_page_for_minutes(chat):
    slow = digest(chat.corpus / "as-slow.pdf")

    def look() -> None:
        with contextlib.suppress(httpx.TransportError):  # the server goes away
            chat.get(f"/page/{slow}/1.png")

    threading.Thread(target=look, daemon=True).start()
    wait(lambda: any(child.cpu_times().user > 1 for child in drawers(chat)), timeout_s=60)
    children = drawers(chat)

    chat.process.send_signal(signal.SIGINT)

    chat.process.wait(timeout=15)
    assert psutil.wait_procs(children, timeout=10)[1] == []


def drawers(chat: LiveChat) -> list[psutil.Process]:
    return psutil.Process(chat.process.pid).children()

"""What the chats of all tabs and persons share keeps its word while many use it at once."""

import asyncio
import itertools
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from builders_ui import a_chunk, a_document, an_answer, digest
from fake_engine import FakeEngine, streamer_of
from fake_library import FakeLibrary, FakeRenderer
from hammer import Alone, hammer

from pagelight.server.middleware.gradio_guard import MEGABYTE, Uploads
from pagelight.services.rendering.page_pictures import MAX_WAITING, Pages
from pagelight.services.session.mcp_server import SessionLender
from pagelight.ui.chat.conversation import Conversation

ANSWERS = [an_answer("Snow [1]", a_chunk(), complete=False), an_answer("Snow fell. [1]", a_chunk())]


def sessions(tmp_path):
    del tmp_path
    opened, closed = [], []

    class Session:
        holds_workspace = True
        closed = False

        def close(self):
            assert not self.closed
            self.closed = True
            closed.append(self)

    def open_session():
        opened.append(Session())
        assert len(opened) == len(closed) + 1  # one process owns a workspace
        return opened[-1]

    shared = SessionLender(open_session, idle_s=0.0)

    def use(draw):
        with shared.lend() as session:
            assert not session.closed
            if draw.random() < 0.1:
                time.sleep(0.001)
            assert not session.closed

    yield use
    shared.close()
    assert len(opened) == len(closed)


def drawn_pages(tmp_path):
    class Renderer(FakeRenderer):
        def render(self, path, page, *, width_px):
            del path, width_px
            with alone:
                return np.full((40, 20, 3), page, dtype=np.uint8)

    alone, data = Alone(), b"%PDF snow"
    (tmp_path / "report.pdf").write_bytes(data)
    doc = a_document(id=digest(data), page_count=4)
    shared = Pages(FakeLibrary(doc, folder=tmp_path), renderer=Renderer())

    places = threading.BoundedSemaphore(1 + MAX_WAITING)  # more at once are sent away

    def use(draw):
        with places:
            picture = shared.picture(doc, draw.randrange(1, 5), width_px=800)
        assert (picture.width_px, picture.height_px) == (20, 40)

    yield use
    assert alone.entered == 4


def chats(tmp_path):
    engine = FakeEngine(index=FakeLibrary(folder=tmp_path), answers=ANSWERS)
    shared = streamer_of(engine)
    same, numbers = Conversation(), itertools.count()

    def use(draw):
        if draw.random() < 0.5:
            shared.stop(same)
        said = same if draw.random() < 0.8 else Conversation()
        for _ in shared.reply(said, f"Snow {next(numbers)}?", []):
            if draw.random() < 0.2:
                shared.stop(said)
        if said is not same:
            assert len(said.messages) == 2
            assert len(said.turns) <= 1
            assert said.turns or "Stopped." in said.messages[-1]["content"]

    yield use
    assert not same.is_growing
    assert len({turn.question for turn in same.turns}) == len(same.turns)
    assert len(same.turns) <= len(same.exchanges) == len(same.messages) / 2


CASES = {
    sessions: 100,
    drawn_pages: 50,
    chats: 25,
}
"""What is shared, and how often each thread uses it: a few tenths of a second in all."""


@pytest.mark.parametrize(("shared", "rounds"), CASES.items(), ids=[case.__name__ for case in CASES])
def test_it_keeps_its_word_while_many_use_it(shared, rounds, tmp_path):
    with contextmanager(shared)(tmp_path) as use:
        hammer(use, rounds=rounds)


def test_uploads_of_many_at_once_stay_within_their_quota(tmp_path):
    uploads = Uploads(Path(tmp_path), quota_mb=4)
    taken = 0

    async def upload(size):
        nonlocal taken
        try:
            with uploads.room(size):
                taken += size
                assert taken <= 4 * MEGABYTE
                await asyncio.sleep(0)
                taken -= size
        except Exception as error:  # noqa: BLE001 - told below
            return str(error)
        return ""

    async def all_of_them():
        return await asyncio.gather(*(upload(MEGABYTE * (1 + n % 3)) for n in range(50)))

    told = set(asyncio.run(all_of_them()))

    assert "" in told
    assert any("files at once" in why for why in told)
    with uploads.room(4 * MEGABYTE):
        assert taken == 0

"""Which documents a program may search: days and globs, in Python and over the assistants' way."""

from types import SimpleNamespace

import pytest
from anyio.from_thread import start_blocking_portal
from builders_ui import a_chunk, a_document, an_answer
from fake_engine import FakeEngine
from fake_library import FakeLibrary
from mcp import Client

import pagelight
from pagelight.services.answering.asking import Days
from pagelight.services.session.mcp_server import mcp_server
from pagelight.services.session.session_lender import SessionLender
from rag.datamodel import Element

DAYS = {"since": "2024-01-01", "until": "2024-06-30"}


class FakeSession:
    """Keeps what it is asked for; finds nothing."""

    holds_workspace = True

    def __init__(self):
        self.asked = []

    def search(self, request, **_):
        self.asked.append((request.text, request.within, request.days))
        return []

    def ask(self, request, _):
        self.asked.append((request.text, request.within, request.days))
        empty = {"text": "", "confidence": 0.0, "citations": [], "hits": [], "notes": []}
        return {"answered": False, "state": "not_found", **empty}

    def close(self):
        pass


@pytest.fixture
def session():
    return FakeSession()


def called(session, *calls):
    """Call tools of the server in turn, as an assistant does; return their results."""
    lender = SessionLender(lambda: session)

    async def work():
        async with Client(mcp_server(lender)) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    with start_blocking_portal() as portal:
        results = portal.call(work)
    lender.close()
    return results


def test_an_assistant_searches_and_asks_within_days(session):
    called(
        session,
        ("search", {"query": "snow", "within": "*.pdf", **DAYS}),
        ("ask", {"question": "How deep?", "until": DAYS["until"]}),
    )

    until = Days(until=DAYS["until"])
    assert session.asked == [("snow", "*.pdf", Days(**DAYS)), ("How deep?", "", until)]


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

"""A program that stays holds the workspace only while it is used."""

import threading
from types import SimpleNamespace

import pytest

from pagelight.services.session.mcp_server import SessionLender
from rag.errors import WorkspaceBusyError


class Opener:
    """Opens sessions, which tell when they are closed, and remembers them."""

    def __init__(self):
        self.opened = []

    def __call__(self):
        closed = threading.Event()
        session = SimpleNamespace(holds_workspace=True, closed=closed, close=closed.set)
        self.opened.append(session)
        return session


def test_a_session_of_this_process_serves_the_next_call_too():
    opener = Opener()
    lender = SessionLender(opener)
    with lender.lend() as first:
        pass
    with lender.lend() as second:
        pass
    lender.close()

    assert first is second
    assert first.closed.is_set()


def test_a_session_that_is_not_used_is_closed_and_the_next_call_opens_another():
    opener = Opener()
    lender = SessionLender(opener, idle_s=0.01)
    with lender.lend() as first:
        pass
    assert first.closed.wait(60)
    with lender.lend() as second:
        pass
    lender.close()

    assert first is not second


def test_a_session_in_use_is_not_closed_however_long_it_takes():
    lender = SessionLender(Opener(), idle_s=0.01)
    with lender.lend() as outer:
        with lender.lend():
            pass
        assert not outer.closed.wait(0.05)
    assert outer.closed.wait(60)
    lender.close()


def test_a_workspace_that_is_busy_may_be_free_at_the_next_call():
    opener, tries = Opener(), []

    def busy_at_first():
        tries.append(1)
        if len(tries) == 1:
            raise WorkspaceBusyError("in use")
        return opener()

    lender = SessionLender(busy_at_first)
    with pytest.raises(WorkspaceBusyError), lender.lend():
        pass
    with lender.lend() as session:
        assert session is opener.opened[0]
    lender.close()

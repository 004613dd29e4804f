"""The page's components: all are seen, and none carries what a script writes into it."""

import asyncio

import gradio as gr
import pytest
from builders_ui import a_document
from fake_engine import FakeEngine
from fake_library import FakeLibrary

from ui.chat.conversation import Replier
from ui.chat.conversations import Keeper
from ui.chat.page import build_chat
from ui.chat.talks import Talks
from ui.events.wanted import TabWishes


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    library = FakeLibrary(a_document(), folder=tmp_path_factory.mktemp("corpus"))
    engine = FakeEngine(index=library)
    keeper = Keeper(library.conversations, library)
    talks = Talks(Replier(engine, incoming=engine.incoming, keeper=keeper))

    async def made():  # Gradio makes locks in the event loop that runs
        return build_chat(talks, TabWishes(), person=None, add_endpoints=lambda: None)

    yield asyncio.run(made())
    talks.close()


def test_no_component_is_there_to_be_written_into_unseen(page):
    components = [one for one in page.blocks.values() if not isinstance(one, gr.State)]

    assert len(components) > 10
    assert [one.elem_id for one in components if one.visible is not True] == []


def test_only_what_a_person_types_and_what_the_server_wrote_goes_along_with_an_event(page):
    inputs = {
        one.elem_id
        for event in page.fns.values()
        for one in event.inputs
        if not isinstance(one, gr.State)
    }

    assert inputs == {"ask", "shown"}

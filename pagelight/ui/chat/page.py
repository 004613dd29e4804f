"""The page: chat on the left, documents and sources on the right. Only wires components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import gradio as gr

from pagelight.server.events import TabWishes
from pagelight.server.middleware.asgi import ACCOUNT, COLLECTIONS, PEOPLE, SIGN_OUT
from pagelight.services.accounts.person import Person
from pagelight.ui.answers.render import bubble
from pagelight.ui.chat.chat_sessions import ChatSessions
from pagelight.ui.chat.page_events import PageEvents, Tab, spoken
from pagelight.ui.library.library import STATES

KEYS: Final = {
    "Ctrl Shift O": "New conversation, from any field",
    "Ctrl K": "Search conversations, from any field",
    "Ctrl /": "This list, from any field",
    "↑": "Edit the last question, in the empty message box",
    "/": "Write a question",
    "n": "New conversation",
    "s": "Search conversations",
    "f": "Filter documents",
    "d": "Find in the document that is open",
    "j": "Next source of the last answer, or of the one that is open",
    "k": "Source before",
    "← →": "Source before, next source, while one is open",
    "+ − 0": "Larger, smaller, fit to width",
    "Esc": "Stop the answer, or close what is open",
    "?": "This list",
}


def build_chat(
    sessions: ChatSessions,
    wanted: TabWishes,
    *,
    person: Person | None,
    add_endpoints: Callable[[], None],
) -> gr.Blocks:
    """Return a page over somebody's conversations; `wanted` is what their tabs want.

    `person` is who signed in, None where nobody has to; `add_endpoints` adds what programs call.
    """
    blocks = gr.Blocks(
        title="Pagelight",
        fill_width=True,
        fill_height=True,
        analytics_enabled=False,
        delete_cache=(3600, 86400),
    )
    with blocks:
        with gr.Column(elem_id="page", min_width=0):
            with gr.Row(elem_id="top"):
                _part("bar")
                new = gr.Button("New conversation", elem_id="new", size="sm", min_width=0)
            _part("status", all_keys=KEYS)
            with gr.Row(elem_id="desk"):
                addresses = {"account": ACCOUNT, "people": PEOPLE, "sign_out": SIGN_OUT}
                _part("past", elem_id="past-panel", person=person, **addresses)
                with gr.Column(elem_id="talk", min_width=0):
                    _part("start")
                    shown = _part("", elem_id="shown")
                    chatbot = _chatbot()
                    _part("beside")
                    box = _message_box()
                _part("table", elem_id="table-panel")
                _part("pins", elem_id="pins-panel")
                administers = person is None or person.administers
                collections = COLLECTIONS if administers else ""
                _part("panel", elem_id="panel", collections=collections, states=STATES)
        # Events of what is pressed, and of what the page's script wants (`TabWishes`): it tells
        # our own API first, and presses `new` then, which has it done.
        page, tab = PageEvents(sessions, wanted), gr.State(Tab())
        shared: Any = {"show_progress": "hidden", "api_visibility": "private"}
        often: Any = shared | {"trigger_mode": "multiple"}
        sent: list[Any] = [chatbot, box, shown]
        blocks.load(page.opened, [tab], sent, **shared)
        box.submit(spoken(page.asked), [box, shown, tab], sent, **often)
        new.click(spoken(page.next), [shown, tab], sent, **often)
        box.stop(spoken(page.stopped), [shown, tab], sent, **shared)
        add_endpoints()
    return blocks


def _part(part: str, *, elem_id: str = "", **values: object) -> gr.Markdown:
    """Place HTML of our own. Not by `gr.HTML`: it evaluates strings, which the policy forbids."""
    html = str(bubble("page.html", part=part, **values)) if part else ""
    name = elem_id or f"{part}-row"
    return gr.Markdown(html, elem_id=name, sanitize_html=False, container=False)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height="100%",
        layout="bubble",
        placeholder=bubble("page.html", part="welcome"),
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        feedback_options=None,
        buttons=[],
        allow_file_downloads=False,
        autoscroll=False,  # the page's script knows what is to be seen
    )


def _message_box() -> gr.MultimodalTextbox:
    return gr.MultimodalTextbox(
        elem_id="ask",
        label="Your question",
        show_label=False,
        container=False,
        autofocus=True,
        file_types=None,
        file_count="multiple",
        max_lines=8,
        placeholder="Ask in words, with pictures or files",
    )

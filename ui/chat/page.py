"""The page: chat on the left, documents and sources on the right. Only wires components."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

import gradio as gr

from service.people.users import Person
from ui.chat.page_events import HIDDEN, LOOKING, PageEvents, Tab
from ui.chat.talks import Talks
from ui.html.escape import escaped
from ui.html.shortcuts import DIALOG, LOOKS
from ui.http.guard import SIGN_OUT
from ui.library.library import STATES
from ui.tables.table_html import MODES, TABLE

AT_ONCE: Final = 2
"""Questions of programs that are answered at the same time."""

ASKING: Final[dict[str, Any]] = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask"}

WELCOME: Final = (
    '<div class="welcome"><h2>Ask your documents</h2>'
    "<p>Every claim carries a mark. Click it, and the place it came from lights up.</p></div>"
)
STATE_OPTIONS: Final = "".join(
    f'<option value="{state}">{words}</option>' for state, words in STATES.items()
)
PAST_BUTTON: Final = (
    '<button type="button" id="past-open" aria-controls="past" aria-expanded="false" '
    'aria-label="Conversations" title="Conversations">☰</button>'
)
PROFILE: Final = '<div class="profile" id="profile-line"></div>'
"""Filled by the page's script, again whenever other models run."""

SCOPE: Final = (
    '<div class="scope"><button type="button" id="scope-open" aria-expanded="false" '
    'aria-controls="scope-list">Searching all documents</button><span id="scope-chips"></span>'
    '<button type="button" id="scope-summary" data-summary="Summarise the documents" '
    'title="Summarise what is searched">Summarise</button>'
    '</div><div id="scope-list" role="group" aria-label="What is searched" hidden>'
    '<div class="scope-head"><input id="scope-words" type="search" placeholder="Find" '
    'aria-label="Find folders, types and documents">'
    '<button type="button" id="scope-close">Done</button></div>'
    '<div class="scope-dates" role="group" aria-label="Dates"><label for="scope-since">From</label>'
    '<input id="scope-since" type="date"><label for="scope-until">to</label>'
    '<input id="scope-until" type="date"></div><div id="scope-choices"></div></div>'
    '<ul id="at-list" role="listbox" aria-label="Files and folders" hidden></ul>'
)
START: Final = '<section id="start" aria-label="Add documents"></section>'
COMING: Final = '<div id="coming" role="group" aria-label="Documents that are added"></div>'
"""Both are filled by the page's script."""

PAST: Final = (
    '<nav id="past" aria-label="Conversations"><div class="past-head"><h2>Conversations</h2>'
    '<button type="button" id="past-close" aria-label="Close">×</button></div>'
    '<input id="past-words" type="search" placeholder="Search" '
    'aria-label="Search conversations"><div id="past-undo" role="status"></div>'
    '<div id="past-list"></div><details id="reported"><summary>Reported as wrong</summary>'
    '<div id="reported-list"></div></details><details id="praised">'
    "<summary>Marked as good</summary>"
    '<div id="praised-list"></div></details>{person}</nav>'
)
PANEL: Final = (
    '<div id="sheet"><button type="button" id="source-close" '
    'aria-label="Close: back to the documents"></button>'
    '<section id="library" aria-label="Documents"><div class="library-tools"><h2>Documents</h2>'
    '<button type="button" id="upload" hidden>Add files</button>'
    '<input id="upload-files" type="file" multiple hidden aria-label="Files to add">'
    '<input id="library-words" type="search" placeholder="Filter" aria-label="Filter documents">'
    f'<select id="library-state" aria-label="State"><option value="">All</option>{STATE_OPTIONS}'
    '</select></div><div id="upload-list" role="group" aria-label="Added files"></div>'
    '<div id="library-list"></div></section>'
    '<section id="source" aria-label="Source" hidden></section></div>'
)


def build_chat(
    talks: Talks,
    *,
    person: Person,
    examples: Sequence[str],
    add_endpoints: Callable[..., None],
) -> gr.Blocks:
    """Return a person's page over their `talks`; `examples` stand on the empty screen.

    `add_endpoints` adds what programs call; it is told the queue of the questions.
    """
    blocks = gr.Blocks(
        title="Pagelight",
        fill_width=True,
        fill_height=True,
        analytics_enabled=False,
        delete_cache=(3600, 86400),
    )
    with blocks:
        # Which conversation is shown, and its last exchange: what the page tells with each event.
        talk = gr.Textbox(elem_id="talk-shown", visible="hidden")
        # The same for the page's script, which reads it and no other component's insides.
        mirror = gr.Markdown(elem_id="shown", visible="hidden", sanitize_html=False)
        new = _top()
        _markup(DIALOG, elem_id="keys-row")
        _markup('<div id="status" role="status"></div>', elem_id="status-row")
        with gr.Row(elem_id="desk"):
            _markup(PAST.format(person=_person_html(person)), elem_id="past-panel")
            with gr.Column(elem_id="talk", min_width=0):
                _markup(START, elem_id="start-row")
                chatbot = _chatbot(examples)
                _markup(COMING, elem_id="coming-row")
                _markup('<div id="region-chip" role="note" hidden></div>', elem_id="region-row")
                # Filled by the page's script with the part of a page that is asked about.
                region = gr.Textbox(elem_id="region-name", visible="hidden")
                _markup(SCOPE, elem_id="scope-row")
                # Filled by the page's script with what is searched, an entry a line.
                scope = gr.Textbox(elem_id="scope-text", visible="hidden")
                box = _message_box()
                # Never seen; the page's script fills and clicks them.
                hidden = {name: _hidden(name) for name in HIDDEN}
            _markup(TABLE, elem_id="table-panel")
            _markup(PANEL, elem_id="panel")
        _wire(
            PageEvents(talks),
            blocks=blocks,
            talk=talk,
            mirror=mirror,
            chatbot=chatbot,
            box=box,
            region=region,
            scope=scope,
            new=new,
            hidden=hidden,
        )
        add_endpoints(**ASKING)
    return blocks


def _top() -> gr.Button:
    with gr.Row(elem_id="top"):
        _markup(PAST_BUTTON, elem_id="past-opener")
        _markup(
            '<div class="brand" role="heading" aria-level="1"><i class="glow"></i>Pagelight</div>',
            elem_id="brand",
        )
        _markup(MODES, elem_id="modes-row")
        _markup(PROFILE, elem_id="profile")
        _markup(LOOKS, elem_id="looks-row")
        return gr.Button("New conversation", elem_id="new", size="sm", min_width=0)


def _markup(html: str, *, elem_id: str) -> gr.Markdown:
    """Place HTML of our own. Not by `gr.HTML`: it evaluates strings, which the policy forbids."""
    return gr.Markdown(html, elem_id=elem_id, sanitize_html=False, container=False)


def _person_html(person: Person) -> str:
    """Return who is signed in; a browser asks for another name and password after Sign out."""
    if not person.name:
        return ""
    return (
        f'<div class="person"><span class="who">{escaped(person.name)}</span> '
        f'<a href="{SIGN_OUT}{quote(person.name, safe="")}">Sign out</a></div>'
    )


def _chatbot(examples: Sequence[str]) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height="100%",
        layout="bubble",
        placeholder=WELCOME,
        examples=[{"text": example} for example in examples] or None,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        feedback_options=None,
        buttons=[],
        allow_file_downloads=False,
    )


def _message_box() -> gr.MultimodalTextbox:
    return gr.MultimodalTextbox(
        elem_id="ask",
        show_label=False,
        container=False,
        autofocus=True,
        file_types=None,
        file_count="multiple",
        max_lines=8,
        placeholder="Ask in words, with pictures or files",
    )


def _hidden(name: str) -> tuple[gr.Textbox, gr.Button]:
    """Return a field and a button that only the page's script uses."""
    text = gr.Textbox(elem_id=f"{name}-text", visible="hidden")
    return text, gr.Button(elem_id=f"{name}-ask", visible="hidden")


def _wire(
    page: PageEvents,
    *,
    blocks: gr.Blocks,
    talk: gr.Textbox,
    mirror: gr.Markdown,
    chatbot: gr.Chatbot,
    box: gr.MultimodalTextbox,
    region: gr.Textbox,
    scope: gr.Textbox,
    new: gr.Button,
    hidden: dict[str, tuple[gr.Textbox, gr.Button]],
) -> None:
    tab = gr.State(Tab())
    shared: Any = {"show_progress": "hidden", "api_visibility": "private"}
    often: Any = shared | {"trigger_mode": "multiple"}
    shown: list[Any] = [talk, chatbot, box, mirror]
    at: list[Any] = [talk, tab]
    again, resend, reopen, branch = (hidden[name] for name in HIDDEN)
    events = [
        blocks.load(page.opened, [tab], shown, **shared),
        box.submit(page.asked, [box, region, scope, *at], [*shown, region], **often),
        chatbot.example_select(page.picked, [scope, *at], shown, **often),
        again[1].click(page.alone, [again[0], scope, *at], shown, **often),
        resend[1].click(page.resent, [resend[0], *at], shown, **often),
        branch[1].click(page.went, [branch[0], *at], shown, **shared),
        reopen[1].click(page.reopened, [reopen[0], tab], shown, **shared),
        new.click(page.fresh, [tab], shown, **shared),
        box.stop(page.stopped, at, shown, **shared),
    ]
    for event in events:
        event.then(page.look, [tab], [chatbot, box, mirror], **(often | LOOKING))

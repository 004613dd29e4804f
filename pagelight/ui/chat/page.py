"""The page: chat on the left, documents and sources on the right. Only wires components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import gradio as gr

from pagelight.server.middleware.addresses import ACCOUNT, COLLECTIONS, PEOPLE, SIGN_OUT
from pagelight.server.sse.wanted import TabWishes
from pagelight.services.accounts.person import Person
from pagelight.ui.chat.chat_sessions import ChatSessions
from pagelight.ui.chat.page_events import LOOKING, PageEvents, Tab, spoken
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import LANGUAGES, key
from pagelight.ui.html.shortcuts import DIALOG, LOOKS
from pagelight.ui.library.library import STATES
from pagelight.ui.templating import render

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
    '<button type="button" id="wishes-open" aria-expanded="false" aria-controls="wishes">'
    "Answers</button>"
    '<button type="button" id="scope-summary" data-summary="Summarise the documents" '
    'title="Summarise what is searched">Summarise</button>'
    '</div><div id="wishes" role="group" aria-label="How answers are given" hidden></div>'
    '<div id="scope-list" role="group" aria-label="What is searched" hidden>'
    '<div class="scope-head"><input id="scope-words" type="search" placeholder="Find" '
    'aria-label="Find folders, types and documents">'
    '<button type="button" id="scope-close">Done</button></div>'
    '<div class="scope-dates" role="group" aria-label="Dates"><label for="scope-since">From</label>'
    '<input id="scope-since" type="date"><label for="scope-until">until</label>'
    '<input id="scope-until" type="date"></div><div id="scope-choices"></div></div>'
    '<ul id="at-list" role="listbox" aria-label="Files and folders" hidden></ul>'
)
START: Final = '<section id="start" aria-label="Add documents"></section>'
COMING: Final = '<div id="coming" role="group" aria-label="Documents that are added"></div>'
"""Filled by the page's script, as `START`."""

PAST: Final = (
    '<nav id="past" aria-label="Conversations"><div class="past-head"><h2>Conversations</h2>'
    '<button type="button" id="past-close" aria-label="Close">×</button></div>'
    '<input id="past-words" type="search" placeholder="Search" '
    'aria-label="Search conversations"><div id="past-undo" role="status"></div>'
    '<div id="past-list"></div><details id="reported"><summary>Reported as wrong</summary>'
    '<div id="reported-list"></div></details><details id="praised">'
    "<summary>Marked as good</summary>"
    '<div id="praised-list"></div></details>{language}{person}</nav>'
)
COLLECTIONS_LINK: Final = f'<a id="collections-open" href="{COLLECTIONS}">Collections</a>'
PANEL: Final = (
    '<div id="sheet"><button type="button" id="source-close" '
    'aria-label="Close: back to the documents"><span class="back">Documents</span>'
    '<span class="away">Close</span></button>'
    '<section id="library" aria-label="Documents"><div class="library-tools"><h2>Documents</h2>'
    "{collections}"
    '<button type="button" id="upload" hidden>Add files</button>'
    '<input id="upload-files" type="file" multiple hidden aria-label="Files to add">'
    '<input id="library-words" type="search" placeholder="Filter" aria-label="Filter documents">'
    f'<select id="library-state" aria-label="State"><option value="">All</option>{STATE_OPTIONS}'
    '</select></div><p id="upload-why"></p>'
    '<div id="upload-list" role="group" aria-label="Added files"></div>'
    '<div id="library-list"></div></section>'
    '<section id="source" aria-label="Source" hidden></section></div>'
)


def build_chat(
    sessions: ChatSessions,
    wanted: TabWishes,
    *,
    person: Person | None,
    add_endpoints: Callable[[], None],
) -> gr.Blocks:
    """Return a page over somebody's conversations; `wanted` is what their tabs want.

    `person` is who signed in; None where nobody has to.

    `add_endpoints` adds what programs call.
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
            new = _top()
            _markup(DIALOG, elem_id="keys-row")
            _markup('<div id="status" role="status"></div>', elem_id="status-row")
            with gr.Row(elem_id="desk"):
                _markup(
                    PAST.format(
                        language=language_choice(),
                        person=_person_html(person) if person else "",
                    ),
                    elem_id="past-panel",
                )
                with gr.Column(elem_id="talk", min_width=0):
                    _markup(START, elem_id="start-row")
                    shown = _markup("", elem_id="shown")
                    chatbot = _chatbot()
                    _markup('<div id="deleted" role="status"></div>', elem_id="deleted-row")
                    _markup(COMING, elem_id="coming-row")
                    _markup('<div id="entered" role="status"></div>', elem_id="entered-row")
                    _markup('<div id="region-chip" role="note" hidden></div>', elem_id="region-row")
                    _markup(SCOPE, elem_id="scope-row")
                    box = _message_box()
                _markup(render("page/table.html"), elem_id="table-panel")
                _markup(render("page/pins.html"), elem_id="pins-panel")
                administers = person is None or person.administers
                link = COLLECTIONS_LINK if administers else ""
                _markup(PANEL.replace("{collections}", link), elem_id="panel")
        _wire(PageEvents(sessions, wanted), blocks, chatbot=chatbot, box=box, shown=shown, new=new)
        add_endpoints()
    return blocks


def _top() -> gr.Button:
    with gr.Row(elem_id="top"):
        _markup(PAST_BUTTON, elem_id="past-opener")
        _markup(
            '<div class="brand" role="heading" aria-level="1"><i class="glow"></i>Pagelight</div>',
            elem_id="brand",
        )
        _markup(render("page/modes.html"), elem_id="modes-row")
        _markup(PROFILE, elem_id="profile")
        _markup(LOOKS, elem_id="looks-row")
        return gr.Button("New conversation", elem_id="new", size="sm", min_width=0)


def _markup(html: str, *, elem_id: str) -> gr.Markdown:
    """Place HTML of our own. Not by `gr.HTML`: it evaluates strings, which the policy forbids."""
    return gr.Markdown(html, elem_id=elem_id, sanitize_html=False, container=False)


def _person_html(person: Person) -> str:
    """Return who is signed in, and how they leave."""
    people = f'<a href="{PEOPLE}">{key("People")}</a> ' if person.administers else ""
    own = f'<a href="{ACCOUNT}">{key("Account")}</a> ' if person.name else ""
    return (
        f'<div class="person"><span class="who">{escaped(person.name)}</span> {own}{people}'
        f'<form method="post" action="{SIGN_OUT}"><button>{key("Sign out")}</button></form></div>'
    )


def language_choice() -> str:
    options = "".join(f'<option value="{tag}">{name}</option>' for tag, name in LANGUAGES.items())
    return (
        '<label class="language">Language <select id="language" autocomplete="off">'
        f"{options}</select></label>"
    )


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height="100%",
        layout="bubble",
        placeholder=WELCOME,
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


def _wire(
    page: PageEvents,
    blocks: gr.Blocks,
    *,
    chatbot: gr.Chatbot,
    box: gr.MultimodalTextbox,
    shown: gr.Markdown,
    new: gr.Button,
) -> None:
    """Bind the page's events: to what is pressed, and to what its script wants (`TabWishes`).

    The script tells our own API first, and presses `new` then, which has it done.
    """
    tab = gr.State(Tab())
    shared: Any = {"show_progress": "hidden", "api_visibility": "private"}
    often: Any = shared | {"trigger_mode": "multiple"}
    sent: list[Any] = [chatbot, box, shown]
    at: list[Any] = [shown, tab]
    events = [
        blocks.load(page.opened, [tab], sent, **shared),
        box.submit(spoken(page.asked), [box, *at], sent, **often),
        new.click(spoken(page.next), at, sent, **often),
        chatbot.clear(spoken(page.cleared), at, sent, **shared),
        box.stop(spoken(page.stopped), at, sent, **shared),
    ]
    for event in events:
        event.then(page.look, [tab], sent, **(often | LOOKING))

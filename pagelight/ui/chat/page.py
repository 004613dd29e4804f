"""The page: its components, and what its events do. Gradio's components are known here alone.

Chat on the left, documents and sources on the right. What is said lies in the ledger and in
`ChatSessions`; the page tells with each event which conversation it shows. So it may be loaded
anew, and the server started anew, at any time. Words of an answer that grows come as server-sent
events; the page looks again once it is over.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import gradio as gr

from pagelight.server.events import TabWishes
from pagelight.server.middleware.paths import ACCOUNT, FOLDERS, PEOPLE, SIGN_OUT, conversation_at
from pagelight.services.accounts.person import Person
from pagelight.ui.answers.render import bubble
from pagelight.ui.chat.chat_sessions import ChatSessions, MovedOnError, ShownTalk
from pagelight.ui.chat.conversation import Conversation, Message
from pagelight.ui.language import chosen, explained, key, known, speaking
from pagelight.ui.library.library import STATES
from pagelight.ui.scope import entries_of, words_of

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
                folders = FOLDERS if administers else ""
                _part("panel", elem_id="panel", folders=folders, states=STATES)
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


SHOWN: Final = 20
"""Exchanges that are shown of a conversation at first, and more of them at a time."""

GONE: Final = key("There is no such conversation any more.")
NOT_THERE: Final = key("Not there")
NOT_ASKED: Final = key("Not asked")

Sent = tuple[Any, ...]
"""What goes to the page: bubbles, the message box, and what it shows: `shown_html`."""


@dataclass(eq=False, slots=True)
class Tab:
    """What a tab looks at. Nothing is lost with it: the page tells again what it shows.

    `id` is what the page calls it by, in all its requests; "" until it has shown something. `turn`
    counts what it began to look at: what the page is sent of an earlier one came late. `first` is
    the first exchange that is shown; those before are asked for.
    """

    id: str = ""
    conversation: Conversation = field(default_factory=Conversation)
    turn: int = 0
    first: int = 0

    def show(self, conversation: Conversation) -> None:
        """Look at a conversation, and at nothing else any more."""
        count = len(conversation.exchanges)
        if self.conversation.id != conversation.id or self.first >= count:
            self.first = max(0, count - SHOWN)
        self.conversation = conversation
        self.turn += 1

    def bubbles(self) -> list[Message]:
        """Return them as they are now: an answer may grow while they are sent."""
        return [dict(message) for message in self.conversation.messages[2 * self.first :]]


def spoken(event: Callable[..., Sent]) -> Callable[..., Sent]:
    """Return an event that speaks the language of the page that it comes from."""

    def run(request: gr.Request, *inputs: Any) -> Sent:  # noqa: ANN401 - what the event takes
        with speaking(language_of(request)):
            return event(*inputs)

    return run


def language_of(request: gr.Request) -> str:
    headers = request.headers
    return chosen(cookie=headers.get("cookie", ""), accepted=headers.get("accept-language", ""))


class PageEvents:
    """What a page does with its person's conversations; `shown` is what it shows: `shown_html`."""

    def __init__(self, sessions: ChatSessions, wanted: TabWishes) -> None:
        self._sessions = sessions
        self._wanted = wanted

    def opened(self, tab: Tab, request: gr.Request) -> Sent:
        """Show the conversation that the page's address names, which its requests refer to."""
        address = urlsplit(request.headers.get("referer", "")).path
        with speaking(language_of(request)):
            return self._opened(conversation_at(address), tab)

    def asked(self, message: dict[str, Any], shown: str, tab: Tab) -> Sent:
        """Ask what was typed, of what lies beside it."""
        text, files = message.get("text") or "", message.get("files") or []
        talk = self._at(shown, tab)
        scope, region = self._scope(talk, tab), self._wanted.laid(tab.id, "region")
        reply = self._sessions.reply
        return self._begun(talk, tab, reply, text, files, region=region, scope=scope)

    def next(self, shown: str, tab: Tab) -> Sent:
        """Do what the tab's script wants; where it wants nothing, begin a new conversation."""
        talk = self._at(shown, tab)
        step = self._wanted.take(tab.id)
        if step is None:
            return self._sent(Conversation(), tab)
        match step.do:
            case "ask":
                scope, reply = self._scope(talk, tab), self._sessions.reply
                return self._begun(talk, tab, reply, step.text, [], as_is=True, scope=scope)
            case "again":
                return self._begun(talk, tab, self._sessions.again, step.about, step.text)
            case "branch" | "remove":
                talk_id, removes = talk.conversation_id, step.do == "remove"
                return self._sent(self._sessions.lead(talk_id, step.about, removes=removes), tab)
            case "open":
                return self._opened(step.about, tab)
            case "earlier" | "look":
                if step.do == "earlier":
                    tab.first = max(0, tab.first - SHOWN)
                return self._opened(tab.conversation.id or talk.conversation_id, tab)

    def stopped(self, shown: str, tab: Tab) -> Sent:
        return self._sent(self._sessions.stop(self._at(shown, tab).conversation_id), tab)

    def _opened(self, conversation_id: str, tab: Tab) -> Sent:
        conversation = self._sessions.open(conversation_id)
        if conversation_id and not conversation.id:
            gr.Warning(known(GONE), title=known(NOT_THERE))
        return self._sent(conversation, tab)

    def _at(self, shown: str, tab: Tab) -> ShownTalk:
        """Return what the page shows, or what its tab was led to by now; it goes on there."""
        found = _SHOWN.search(shown or "")
        if found is None:
            return ShownTalk()
        tab.id = found["tab"]
        if int(found["turn"]) < tab.turn:
            return ShownTalk(tab.conversation.id, tab.conversation.head)
        tab.turn = int(found["turn"])
        return ShownTalk(found["talk"], found["head"])

    def _scope(self, talk: ShownTalk, tab: Tab) -> tuple[str, ...]:
        """Return what is searched: of a conversation, or of one that is to begin."""
        if talk.conversation_id:
            return self._sessions.scope(talk.conversation_id)
        return entries_of(self._wanted.laid(tab.id, "scope"))

    def _begun(
        self,
        talk: ShownTalk,
        tab: Tab,
        ask: Callable[..., Conversation],
        *words: Any,  # noqa: ANN401 - what `ask` takes
        **how: Any,  # noqa: ANN401 - as above
    ) -> Sent:
        """Ask, and empty the message box; where the conversation moved on, tell so and show it."""
        try:
            conversation = ask(talk, *words, **how)
        except MovedOnError as error:
            gr.Warning(explained(error), title=known(NOT_ASKED))
            return self._sent(self._sessions.open(talk.conversation_id), tab)
        return self._sent(conversation, tab, empties=conversation.head != talk.head)

    def _sent(self, conversation: Conversation, tab: Tab, *, empties: bool = False) -> Sent:
        """Let the tab show a conversation; `empties` the message box, whose words stay else."""
        if conversation.id or tab.conversation.id:  # what lay there was for the one that it began
            self._wanted.lay(tab.id, "scope", "")
        tab.show(conversation)
        tab.id = tab.id or secrets.token_hex(8)
        growing = conversation.is_growing
        words: Any = {"value": {"text": "", "files": []}} if empties else {}
        box = gr.MultimodalTextbox(submit_btn=not growing, stop_btn=growing, **words)
        return tab.bubbles(), box, shown_html(tab, self._sessions.scope(conversation.id))


_SHOWN: Final = re.compile(
    r'data-tab="(?P<tab>[0-9a-f]{16})" data-turn="(?P<turn>\d{1,9})" '
    r'data-talk="(?P<talk>\w*)" data-head="(?P<head>\w*)"'
)


def shown_html(tab: Tab, scope: Sequence[str]) -> str:
    """Return what the page's script, and its events, read of what is shown; and what leads back."""
    said = tab.conversation
    html = bubble(
        "chat/shown.html",
        tab=tab,
        said=said,
        scope=json.dumps([[entry, words_of(entry)] for entry in scope]),
        region=said.exchanges[-1].asked.region if said.exchanges else "",
    )
    return str(html)

"""What the page's events do: begin something, show the conversation, look on while it is answered.

What is said lies in the ledger and in `Talks`; the page tells with each event which conversation
it shows. So it may be loaded anew, and the server started anew, at any time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import gradio as gr

from ui.chat.conversation_state import Conversation
from ui.chat.talks import MovedOnError, ShownTalk, Talks, bubbles_of
from ui.html.escape import escaped
from ui.scope.scope import entries_of, words_of

ADDRESS: Final = "c"
"""The name that the page's address gives the id of its conversation: `/?c=ID`."""

GONE: Final = "There is no such conversation any more."
NOT_THERE: Final = "Not there"
NOT_ASKED: Final = "Not asked"

LOOKING: Final[dict[str, Any]] = {"concurrency_limit": 6, "concurrency_id": "look"}
"""Tabs of one person that see words come at the same time; more of them see the whole answer."""

HIDDEN: Final = ("again", "resend", "reopen", "branch")
"""Fields and buttons that only the page's script uses."""

Sent = tuple[Any, ...]
"""What goes to the page: what it shows (`ShownTalk`), bubbles, the message box, and the mirror."""


class Tab:
    """What a tab looks at. Nothing is lost with it: the page tells again what it shows."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.turn = 0
        """Counts what it began to look at."""

    def show(self, conversation: Conversation) -> None:
        """Look at a conversation, and at nothing else any more."""
        self.conversation = conversation
        self.turn += 1


class PageEvents:
    """What a page does with its person's conversations; `talk` is what it shows (`ShownTalk`)."""

    def __init__(self, talks: Talks) -> None:
        self._talks = talks

    def opened(self, tab: Tab, request: gr.Request) -> Sent:
        """Show the conversation that the page's address names."""
        return self.reopened(request.query_params.get(ADDRESS, ""), tab)

    def asked(self, message: dict[str, Any], part: str, within: str, talk: str, tab: Tab) -> Sent:
        text, files = message.get("text") or "", message.get("files") or []
        region, scope, reply = part or "", entries_of(within or ""), self._talks.reply
        sent = self._begun(
            lambda shown: reply(shown, text, files, region=region, scope=scope), talk, tab
        )
        return *sent, ""

    def picked(self, within: str, talk: str, tab: Tab, event: gr.SelectData) -> Sent:
        text, scope, reply = event.value["text"], entries_of(within or ""), self._talks.reply
        return self._begun(lambda shown: reply(shown, text, [], scope=scope), talk, tab)

    def alone(self, text: str, within: str, talk: str, tab: Tab) -> Sent:
        """Ask without what was said before."""
        scope, reply = entries_of(within or ""), self._talks.reply
        return self._begun(lambda shown: reply(shown, text, [], as_is=True, scope=scope), talk, tab)

    def resent(self, value: str, talk: str, tab: Tab) -> Sent:
        """Ask the question of an exchange again; its other words stand below its id."""
        exchange_id, _, text = value.partition("\n")
        return self._begun(lambda shown: self._talks.again(shown, exchange_id, text), talk, tab)

    def went(self, exchange_id: str, talk: str, tab: Tab) -> Sent:
        """Go to another version of a question."""
        return self._sent(self._talks.go_to(ShownTalk.read(talk).conversation_id, exchange_id), tab)

    def stopped(self, talk: str, tab: Tab) -> Sent:
        return self._sent(self._talks.stop(ShownTalk.read(talk).conversation_id), tab)

    def fresh(self, tab: Tab) -> Sent:
        return self._sent(Conversation(), tab)

    def reopened(self, conversation_id: str, tab: Tab) -> Sent:
        conversation = self._talks.open(conversation_id)
        if conversation_id and not conversation.id:
            gr.Warning(GONE, title=NOT_THERE)
        return self._sent(conversation, tab)

    def look(self, tab: Tab) -> Iterator[Sent]:
        """Show the answer as it grows, as long as the tab looks at nothing else."""
        turn, said = tab.turn, tab.conversation
        # First as it is: words of what was looked at before may have come after it was shown.
        for bubbles in chain([bubbles_of(said)], self._talks.look(said.id)):
            if tab.turn != turn:
                break
            yield bubbles, gr.skip(), gr.skip()
        if tab.turn == turn:  # as it is at last: it may have ended before it was looked at
            yield bubbles_of(said), idle(), self._mirror(said)
        yield (
            gr.skip(),
            gr.skip(),
            gr.skip(),
        )  # Gradio sends the last of these again when the run ends

    def _begun(self, ask: Callable[[ShownTalk], Conversation], talk: str, tab: Tab) -> Sent:
        """Ask, and empty the message box; where the conversation moved on, tell so and show it."""
        shown = ShownTalk.read(talk)
        try:
            conversation = ask(shown)
        except MovedOnError as error:
            gr.Warning(str(error), title=NOT_ASKED)
            return self._sent(self._talks.open(shown.conversation_id), tab)
        return self._sent(conversation, tab, empties=True)

    def _sent(self, conversation: Conversation, tab: Tab, *, empties: bool = False) -> Sent:
        """Let the tab show a conversation; `empties` the message box, whose words stay else."""
        tab.show(conversation)
        growing = conversation.is_growing
        words: Any = {"value": {"text": "", "files": []}} if empties else {}
        box = gr.MultimodalTextbox(submit_btn=not growing, stop_btn=growing, **words)
        shown = str(ShownTalk.of(conversation))
        return shown, bubbles_of(conversation), box, self._mirror(conversation)

    def _mirror(self, conversation: Conversation) -> str:
        return mirror_html(conversation, self._talks.scope(conversation.id))


def idle() -> gr.MultimodalTextbox:
    return gr.MultimodalTextbox(submit_btn=True, stop_btn=False)


def mirror_html(conversation: Conversation, scope: Sequence[str]) -> str:
    """Return what the page's script reads of what is shown: whose it is, and what is searched."""
    entries = escaped(json.dumps([[entry, words_of(entry)] for entry in scope]))
    growing = " data-growing" if conversation.is_growing else ""
    return (
        f'<div data-talk="{conversation.id}" data-head="{conversation.head}" '
        f'data-scope="{entries}"{growing}></div>'
    )

"""The page: chat on the left, documents and sources on the right. Only wires components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import gradio as gr

from ui.conversation import Conversation, Message, Replier
from ui.escape import escaped
from ui.seams import Profile

AT_ONCE: Final = 2
"""Questions that are answered at the same time."""

WELCOME: Final = (
    '<div class="welcome"><h2>Ask your documents</h2>'
    "<p>Every claim carries a mark. Click it, and the place it came from lights up.</p></div>"
)
PANEL: Final = (
    '<div id="sheet"><button type="button" id="source-close"></button>'
    '<section id="library" aria-label="Documents"><h2>Documents</h2><div id="library-list"></div>'
    '</section><section id="source" aria-label="Source" hidden></section></div>'
)


def build_chat(replier: Replier, *, profile: Profile, examples: Sequence[str]) -> gr.Blocks:
    """Return the page; questions go to `replier`, `examples` stand on the empty screen."""
    blocks = gr.Blocks(
        title="Pagelight",
        fill_width=True,
        fill_height=True,
        analytics_enabled=False,
        delete_cache=(3600, 86400),
    )
    with blocks:
        conversation = gr.State(Conversation())
        new = _top(profile)
        _markup('<div id="status" role="status"></div>', elem_id="status-row")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", min_width=0):
                chatbot = _chatbot(examples)
                _markup('<div id="region-chip" role="note" hidden></div>', elem_id="region-row")
                # Filled by the page's script with the part of a page that is asked about.
                region = gr.Textbox(elem_id="region-name", visible="hidden")
                box = _message_box()
                again = _again()
            _markup(PANEL, elem_id="panel")
        _wire(
            replier,
            conversation=conversation,
            chatbot=chatbot,
            box=box,
            region=region,
            new=new,
            again=again,
        )
    return blocks


def _top(profile: Profile) -> gr.Button:
    with gr.Row(elem_id="top"):
        _markup('<div class="brand"><i class="glow"></i>Pagelight</div>', elem_id="brand")
        _markup(_profile_html(profile), elem_id="profile")
        return gr.Button("New conversation", elem_id="new", size="sm", min_width=0)


def _markup(html: str, *, elem_id: str) -> gr.Markdown:
    """Place HTML of our own. Not by `gr.HTML`: it evaluates strings, which the policy forbids."""
    return gr.Markdown(html, elem_id=elem_id, sanitize_html=False, container=False)


def _profile_html(profile: Profile) -> str:
    more = f'<span class="next">{escaped(profile.next_step)}</span>' if profile.next_step else ""
    return (
        '<div class="profile"><button type="button" class="action" data-action="models"'
        f' title="What runs, and what could">{escaped(profile.name)}</button>'
        f" {escaped(profile.summary)} {more}</div>"
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
        file_types=["image"],
        file_count="single",
        max_lines=8,
        placeholder="Ask in words or with a picture",
    )


def _again() -> tuple[gr.Textbox, gr.Button]:
    """Return what the page's script asks an edited search with: never seen, filled and clicked."""
    text = gr.Textbox(elem_id="again-text", visible="hidden")
    return text, gr.Button(elem_id="again-ask", visible="hidden")


def _wire(
    replier: Replier,
    *,
    conversation: gr.State,
    chatbot: gr.Chatbot,
    box: gr.MultimodalTextbox,
    region: gr.Textbox,
    new: gr.Button,
    again: tuple[gr.Textbox, gr.Button],
) -> None:
    def asked(message: dict[str, Any], part: str, said: Conversation) -> Iterator[tuple[Any, ...]]:
        text, files = message.get("text") or "", message.get("files") or []
        for shown in _replies(replier, said, text, files, region=part or ""):
            yield *shown, ""

    def picked(said: Conversation, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from _replies(replier, said, event.value["text"], [])

    def edited(text: str, said: Conversation) -> Iterator[tuple[Any, ...]]:
        yield from _replies(replier, said, text, [], as_is=True)

    def stopped(said: Conversation) -> tuple[list[Message], Any]:
        said.stop()
        return said.messages, _idle()

    def fresh() -> tuple[Conversation, list[Message], Any]:
        return Conversation(), [], _idle()

    edited_text, ask_again = again
    shared: Any = {"show_progress": "hidden", "api_visibility": "private"}
    asking: Any = shared | {"concurrency_limit": AT_ONCE, "concurrency_id": "ask"}
    runs: list[Any] = [
        box.submit(asked, [box, region, conversation], [chatbot, box, region], **asking),
        chatbot.example_select(picked, [conversation], [chatbot, box], **asking),
        ask_again.click(edited, [edited_text, conversation], [chatbot, box], **asking),
    ]
    box.stop(stopped, [conversation], [chatbot, box], cancels=runs, **shared)
    new.click(fresh, None, [conversation, chatbot, box], cancels=runs, **shared)


def _replies(
    replier: Replier,
    said: Conversation,
    text: str,
    files: list[str],
    *,
    as_is: bool = False,
    region: str = "",
) -> Iterator[tuple[Any, ...]]:
    """Yield bubbles and the message box, which shows Stop while words come."""
    box = gr.MultimodalTextbox(value=None, submit_btn=False, stop_btn=True)
    for messages in replier.reply(said, text, files, as_is=as_is, region=region):
        yield messages, box
        box = gr.skip()
    yield said.messages, _idle()


def _idle() -> gr.MultimodalTextbox:
    return gr.MultimodalTextbox(submit_btn=True, stop_btn=False)

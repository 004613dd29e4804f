"""What stands below an answer: to copy it, to ask again, in another length, to say how good it is.

Knows answers and where they stand in a conversation; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from typing import Final

from pagelight.ui.chat.bubbles import Begun
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.named import named
from rag.answer.wishes.summary_wish import LENGTHS, summary_wish
from rag.datamodel import Answer
from rag.storage.conversations.conversations import Exchange
from rag.storage.conversations.reports import report_id_of
from rag.summarization.summarizer import STAGE as SUMMARY_STAGE

FORMS: Final = (
    ("text", key("Text")),
    ("markdown", "Markdown"),
    ("footnotes", key("With footnotes")),
)
_SIZES: Final = {"short": key("Short"), "medium": key("Medium"), "long": key("Long")}


def tools_of(answer: Answer, conversation_id: str, begun: Begun) -> str:
    """Return what stands below an answer: to ask again, a summary in other lengths too.

    Where it is kept, it can be pinned, copied, and marked as good or reported as wrong; each
    button's value tells the page which answer it is.
    """
    copies = _copies(conversation_id, begun)
    again = _again(begun)
    report = _pin(conversation_id, begun) + copies + _verdicts(answer, conversation_id, begun)
    is_summary = any(stage == SUMMARY_STAGE for stage, _ in answer.timings_s)
    wish = summary_wish(answer.query.text) if is_summary else None
    if wish is None:
        return f'<div class="again">{again}{report}</div>'
    others = "".join(
        f'<button type="button" class="resize" {named("resize", length)}>'
        f"{known(_SIZES[length])}</button>"
        for length in LENGTHS
        if length != wish.length
    )
    return f'<div class="again">{say("Other lengths:")} {others}{again}{report}</div>'


def again_tools(begun: Begun) -> str:
    """Return what stands below a question without an answer: to ask it again."""
    return f'<div class="again">{_again(begun)}</div>'


def _again(begun: Begun) -> str:
    about = named("again", begun.id)
    return f'<button type="button" class="ask-again" {about}>{say("Ask again")}</button>'


def _pin(conversation_id: str, begun: Begun) -> str:
    about = named("pin", conversation_id, begun.id)
    return f'<button type="button" class="pin" {about}>{say("Pin")}</button>'


def _copies(conversation_id: str, begun: Begun) -> str:
    forms = "".join(
        f'<button type="button" class="copy" '
        f"{named('copy', conversation_id, begun.id, form)}>{known(told)}</button>"
        for form, told in FORMS
    )
    return f'<details class="copies"><summary>{say("Copy")}</summary>{forms}</details>'


def _verdicts(answer: Answer, conversation_id: str, begun: Begun) -> str:
    exchange = Exchange(id=begun.id, question=begun.asked.text, answer=answer)
    report_id = report_id_of(conversation_id, exchange)
    about = named("verdict", conversation_id, begun.id, report_id)
    return (
        f'<button type="button" class="verdict good" {about}>{say("Good")}</button>'
        f'<button type="button" class="verdict report" {about}>'
        f"{say('Report as wrong')}</button>"
    )

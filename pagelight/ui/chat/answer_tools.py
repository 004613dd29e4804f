"""What stands below an answer: to copy it, to ask again, in another length, to say how good it is.

Knows answers and where they stand in a conversation; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from pagelight.ui.answers.render import bubble
from pagelight.ui.chat.bubbles import Begun
from pagelight.ui.html.language import key
from rag.answer.wishes.summary_wish import LENGTHS, summary_wish
from rag.datamodel import Answer
from rag.storage.conversations.conversations import Exchange
from rag.storage.conversations.reports import report_id_of
from rag.summarization.summarizer import STAGE as SUMMARY_STAGE

FORMS: Final = {"text": key("Text"), "markdown": "Markdown", "footnotes": key("With footnotes")}
_SIZES: Final = {"short": key("Short"), "medium": key("Medium"), "long": key("Long")}


def tools_of(answer: Answer, conversation_id: str, begun: Begun) -> Markup:
    """Return what stands below an answer: to ask again, a summary in other lengths too.

    Where it is kept, it can be pinned, copied, and marked as good or reported as wrong; each
    button's value tells the page which answer it is.
    """
    exchange = Exchange(id=begun.id, question=begun.asked.text, answer=answer)
    is_summary = any(stage == SUMMARY_STAGE for stage, _ in answer.timings_s)
    wish = summary_wish(begun.asked.text) if is_summary else None
    return bubble(
        "answer/tools.html",
        id=begun.id,
        place=f"{conversation_id}/{begun.id}",
        report=report_id_of(conversation_id, exchange),
        forms=FORMS.items(),
        sizes=[(one, _SIZES[one]) for one in LENGTHS if wish and one != wish.length],
    )


def again_tools(begun: Begun) -> Markup:
    """Return what stands below a question without an answer: to ask it again."""
    return bubble("answer/tools.html", id=begun.id, place="", sizes=())

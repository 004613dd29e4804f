"""What stands below an answer: to ask again, in another length, and to report it as wrong.

Knows answers and where they stand in a conversation; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from typing import Final

from rag.answer.question.summary_wish import LENGTHS, summary_wish
from rag.answer.summary.summary import STAGE as SUMMARY_STAGE
from rag.datamodel import Answer
from rag.index.conversations.conversations import Exchange
from rag.index.conversations.reports import report_id_of
from ui.chat.bubbles import Begun

_AGAIN: Final = '<button type="button" class="ask-again {name}">Ask again</button>'


def exchange_class(begun: Begun) -> str:
    """Return the class that tells the page's script which exchange a button belongs to."""
    return f"exchange-{begun.id}"


def tools_of(answer: Answer, conversation_id: str, begun: Begun) -> str:
    """Return what stands below an answer: to ask again, a summary in other lengths too.

    Where it is kept, it can be reported as wrong; the class tells the page which answer it is.
    """
    report, again = _report(answer, conversation_id, begun), _again(begun)
    is_summary = any(stage == SUMMARY_STAGE for stage, _ in answer.timings_s)
    wish = summary_wish(answer.query.text) if is_summary else None
    if wish is None:
        return f'<p class="again">{again}{report}</p>'
    others = "".join(
        f'<button type="button" class="resize resize-{length}">{length.capitalize()}</button>'
        for length in LENGTHS
        if length != wish.length
    )
    return f'<p class="again">Other lengths: {others}{again}{report}</p>'


def again_tools(begun: Begun) -> str:
    """Return what stands below a question without an answer: to ask it again."""
    return f'<p class="again">{_again(begun)}</p>'


def _again(begun: Begun) -> str:
    return _AGAIN.format(name=exchange_class(begun))


def _report(answer: Answer, conversation_id: str, begun: Begun) -> str:
    exchange = Exchange(id=begun.id, question=begun.asked.text, answer=answer)
    report_id = report_id_of(conversation_id, exchange)
    name = f"answer-{conversation_id}-{begun.id}-{report_id}"
    return f'<button type="button" class="report {name}">Report as wrong</button>'

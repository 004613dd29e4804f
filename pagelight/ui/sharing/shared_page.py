"""A shared conversation as a page of its own: questions, answers, and the places of their marks."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from pagelight.services.answering.places import places_of
from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.language import known, say
from pagelight.ui.html.markdown_text import answer_markdown
from pagelight.ui.templating import render
from rag.answer.base.refusal import lead_ins
from rag.datamodel import Answer
from rag.storage.conversations.conversations import Exchange
from rag.storage.conversations.shares import SharedConversation


def shared_html(shared: SharedConversation) -> Markup:
    title = shared.exchanges[0].question if shared.exchanges else say("A shared conversation")
    numbered = enumerate(shared.exchanges, start=1)
    articles = [_article(each, each.answer, n) for n, each in numbered if each.answer]
    return render(
        "shared.html", title=title, articles=articles, left_out=shared.left_out, is_there=True
    )


def not_shared_html() -> Markup:
    return render("shared.html", title=say("Not there"), articles=[], left_out=0, is_there=False)


def _article(exchange: Exchange, answer: Answer, number: int) -> dict[str, Any]:
    places = sorted(places_of(answer), key=lambda place: place.number)
    return {
        "number": number,
        "question": exchange.question,
        "text": _text(answer, number),
        "notes": answer.notes,
        "sources": [(n, list(same)) for n, same in groupby(places, key=lambda one: one.number)],
    }


def _text(answer: Answer, number: int) -> Markup:
    """Return an answer; its marks lead to the places below it, the answer of this number."""

    def links(mark: re.Match[str]) -> str:
        return "".join(f"[\\[{n}\\]](#s{number}-{n})" for n in mark[1].split(","))

    blocks = re.split(r"\n\s*\n", with_kept_marks(answer).strip())
    told = "\n\n".join(known(block) if block in lead_ins() else block for block in blocks)
    written = KEPT_MARK.sub(links, answer_markdown(told))
    html = MarkdownIt("commonmark", {"html": False}).render(written)
    return Markup(html)  # noqa: S704 - HTML in it is shown, not obeyed

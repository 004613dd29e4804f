"""A conversation is shared, and what its link leads to: a page to read, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from markdown_it import MarkdownIt
from markupsafe import Markup

from pagelight.server.middleware.asgi import SHARED
from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.places import places_of
from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.language import known, say
from pagelight.ui.html.markdown_text import answer_markdown
from pagelight.ui.scope.scope import scope_text
from pagelight.ui.source.figures import ReadFigure, data_url, figure_html, repeats
from pagelight.ui.templating import render
from rag.datamodel import Answer
from rag.refusal import lead_ins
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.conversations.personal import SharedConversation, Shares


def share_routes(shares: Shares, own: Conversations, read: ReadFigure) -> APIRouter:
    """Return the routes `/shares`, of one's `own` conversations, and `/shared`, of anybody's.

    `read` reads the pictures of documents that this person may see.
    """
    router = APIRouter()

    @router.post("/shares/{conversation_id}")
    def share(conversation_id: str) -> Response:
        return fresh({"path": f"{SHARED}{there(shares.put(conversation_id))}"})

    @router.delete("/shares/{conversation_id}", status_code=204)
    def withdraw(conversation_id: str) -> None:
        shares.withdraw(conversation_id)

    @router.get(f"{SHARED}{{token}}")
    def shared(token: str) -> Response:
        found = shares.opened(token)
        return fresh(_html(found, read), status=200 if found else 404)

    @router.get("/conversations/{conversation_id}.html")
    def printed(conversation_id: str) -> Response:
        """Return a page without scripts, which a browser prints, or saves as PDF."""
        record = there(own.record(conversation_id))
        shown = SharedConversation(exchanges=tuple(own.get(conversation_id)), left_out=0)
        return fresh(_html(shown, read, record.name))

    return router


def _html(shared: SharedConversation | None, read: ReadFigure, name: str = "") -> Markup:
    """Return the page of a conversation; None: the link leads nowhere.

    Without a `name` the first question is its title.
    """
    exchanges = shared.exchanges if shared else ()
    usual = say("A shared conversation") if shared else say("Not there")
    numbered = enumerate(exchanges, start=1)
    return render(
        "shared.html",
        title=name or (exchanges[0].question if exchanges else usual),
        articles=[_article(each, each.answer, n, read) for n, each in numbered if each.answer],
        left_out=shared.left_out if shared else 0,
        is_there=shared is not None,
    )


def _article(exchange: Exchange, answer: Answer, number: int, read: ReadFigure) -> dict[str, Any]:
    places = sorted(places_of(answer), key=lambda place: place.number)
    return {
        "number": number,
        "question": exchange.question,
        "scope": scope_text(exchange.scope),
        "figures": list(_figures(answer, number, read)),
        "text": _text(answer, number),
        "notes": answer.notes,
        "sources": [(n, list(same)) for n, same in groupby(places, key=lambda one: one.number)],
    }


def _figures(answer: Answer, number: int, read: ReadFigure) -> Iterator[Markup]:
    """Yield pictures, whole in the page, and tables that the text does not repeat."""
    places = places_of(answer)
    for figure in answer.figures:
        place, picture = places[figure.citation], read(answer, figure)
        if picture or not repeats(figure, place, answer.text):
            mark = Markup('<a href="#s{0}-{1}">[{1}]</a>').format(number, place.number)
            url = data_url(*picture) if picture else ""
            yield figure_html(figure, place, chip=mark, url=url)


def _text(answer: Answer, number: int) -> Markup:
    """Return an answer; its marks lead to the places below it, the answer of this number."""

    def links(mark: re.Match[str]) -> str:
        return "".join(f"[\\[{n}\\]](#s{number}-{n})" for n in mark[1].split(","))

    blocks = re.split(r"\n\s*\n", with_kept_marks(answer).strip())
    text = "\n\n".join(known(block) if block in lead_ins() else block for block in blocks)
    written = KEPT_MARK.sub(links, answer_markdown(text))
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(written)
    return Markup(html)  # noqa: S704 - HTML in it is shown, not obeyed

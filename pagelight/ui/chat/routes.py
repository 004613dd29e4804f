"""What the page fetches and changes of the kept conversations and their answers.

The list, names, deletion, copies; pinned answers and their notes; verdicts; and what is shared: a
page to read, without scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from babel.dates import format_skeleton, format_time
from fastapi import APIRouter, Body
from fastapi.responses import PlainTextResponse, Response
from markupsafe import Markup

from pagelight.server.middleware.asgi import SHARED
from pagelight.server.middleware.headers import FRESH, download, fresh, there
from pagelight.services.answering.answer_json import cited_json
from pagelight.services.answering.asking import Library
from pagelight.services.answering.places import answer_key, places_of
from pagelight.ui.answers.markdown import (
    copied,
    sources_of,
)
from pagelight.ui.answers.render import answer_html, body_html
from pagelight.ui.answers.saved import MEDIA_TYPES, Form, asked_with, file_name, saved_as
from pagelight.ui.language import say, spoken
from pagelight.ui.source.crops import ReadFigure, data_url, figure_html, repeats
from pagelight.ui.templating import render
from rag.datamodel import Answer
from rag.storage.conversations.conversations import ConversationRecord, Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.conversations.personal import MAX_NOTE_LETTERS, SharedConversation, Shares

NAME_LIMIT: Final = 1000
SHOWN: Final = 200
_LOCALES: Final = {"en": "en_GB"}
"""Of languages whose dates and times have several forms: days before months, 24 hours."""


def conversation_routes(
    store: Conversations,
    read: ReadFigure,
    *,
    delete: Callable[[str], object],
    restore: Callable[[str, str], object],
) -> APIRouter:
    """Return the routes of one's own conversations; `delete` stops what is answered, too.

    `restore` brings one back, or its questions from an exchange on.
    """
    router = APIRouter()

    @router.get("/conversations")
    def listed(words: str = "") -> Response:
        return fresh(list_html(store.records(words), words=words, now=datetime.now().astimezone()))

    @router.post("/conversations/{conversation_id}/name", status_code=204)
    def rename(
        conversation_id: str, name: Annotated[str, Body(embed=True, max_length=NAME_LIMIT)]
    ) -> None:
        there(store.rename(conversation_id, name) or None)

    @router.post("/conversations/{conversation_id}/{action}", status_code=204)
    def act(conversation_id: str, action: Literal["delete", "restore"], question: str = "") -> None:
        if action == "delete":
            delete(conversation_id)
        else:
            restore(conversation_id, question)

    @router.get("/answers/{conversation_id}/{exchange_id}.md")
    def copy(conversation_id: str, exchange_id: str) -> Response:
        exchange = there(store.exchange(conversation_id, exchange_id))
        return PlainTextResponse(copied(there(exchange.answer)), headers=FRESH)

    @router.get("/conversations/{conversation_id}.{form}")
    def saved(conversation_id: str, form: Form) -> Response:
        record = there(store.record(conversation_id))
        parts = [(exchange, "") for exchange in store.get(record.id)]
        data = saved_as(form, record.name, parts, read)
        return download(data, f"{file_name(record.name)}.{form}", MEDIA_TYPES[form])

    return router


def list_html(records: Sequence[ConversationRecord], *, words: str, now: datetime) -> Markup:
    shown = [(record, time_text(record.changed_s, now)) for record in records[:SHOWN]]
    return render("chat/list.html", records=shown, words=words, more=len(records) - SHOWN)


def time_text(changed_s: float, now: datetime) -> str:
    """Return the time of today, the day of this year, or the month of an earlier one."""
    then = datetime.fromtimestamp(changed_s, tz=now.tzinfo)
    locale = _LOCALES.get(spoken(), spoken())
    if then.date() == now.date():
        return format_time(then, "short", locale=locale)
    return format_skeleton("MMMd" if then.year == now.year else "yMMM", then, locale=locale)


def pin_routes(library: Library, read: ReadFigure) -> APIRouter:
    router = APIRouter(prefix="/pins")
    pins = library.pins

    @router.get("")
    def gathered() -> Response:
        shown = []
        for pin in pins.all():
            key, answer = answer_key(pin.conversation_id, pin.exchange.id), pin.exchange.answer
            shown.append((pin, answer_html(answer, key=key) if answer else ""))
        return fresh(render("pins.html", pins=shown, max_letters=MAX_NOTE_LETTERS))

    @router.get("/page.{form}")
    def saved(form: Literal["docx", "pdf"]) -> Response:
        parts = [(pin.exchange, pin.note) for pin in pins.all()]
        data = saved_as(form, say("Pinned answers"), parts, read)
        return download(data, f"pinned-answers.{form}", MEDIA_TYPES[form])

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        return fresh(pins.of(conversation_id))

    @router.post("/{conversation_id}/{exchange_id}", status_code=204)
    def pin(conversation_id: str, exchange_id: str) -> None:
        exchange = there(library.conversations.exchange(conversation_id, exchange_id))
        there(exchange.answer)
        pins.put(conversation_id, exchange)

    @router.put("/{conversation_id}/{exchange_id}", status_code=204)
    def note(
        conversation_id: str,
        exchange_id: str,
        note: Annotated[str, Body(embed=True, max_length=MAX_NOTE_LETTERS)],
    ) -> None:
        there(pins.note(conversation_id, exchange_id, note) or None)

    @router.delete("/{conversation_id}/{exchange_id}", status_code=204)
    def unpin(conversation_id: str, exchange_id: str) -> None:
        pins.withdraw(conversation_id, exchange_id)

    return router


RIGHT_LIMIT = 2000


def report_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/reports")
    reports, conversations = library.reports, library.conversations

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        body = {
            report.id: {"right": report.right, "absent": report.absent, "good": report.good}
            for report in reports.of(conversation_id)
        }
        return fresh(body)

    @router.post("/{conversation_id}/{exchange_id}")
    def report(conversation_id: str, exchange_id: str, *, good: bool = False) -> Response:
        exchanges = conversations.get(conversation_id, last=exchange_id)
        report_id = reports.put(
            conversation_id, exchange_id, exchanges, cited=cited_json, good=good
        )
        return fresh({"id": there(report_id)})

    @router.put("/{report_id}", status_code=204)
    def correct(
        report_id: str,
        right: Annotated[str, Body(max_length=RIGHT_LIMIT)] = "",
        *,
        absent: Annotated[bool, Body()] = False,
    ) -> None:
        there(reports.correct(report_id, right=right, absent=absent) or None)

    @router.delete("/{report_id}", status_code=204)
    def withdraw(report_id: str) -> None:
        reports.withdraw(report_id)

    return router


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
    """Return an answer; its marks lead to the places below it, the answer of this number."""
    places = places_of(answer)

    def link(position: int) -> Markup:
        return Markup('<a href="#s{0}-{1}">[{1}]</a>').format(number, places[position].number)

    figures = []  # pictures, whole in the page, and tables that the text does not repeat
    for figure in answer.figures:
        place, picture = places[figure.citation], read(answer, figure)
        if picture or not repeats(figure, place, answer.text):
            url = data_url(*picture) if picture else ""
            figures.append(figure_html(figure, place, chip=link(figure.citation), url=url))
    return {
        "number": number,
        "question": exchange.question,
        "asked_with": asked_with(exchange),
        "figures": figures,
        "text": Markup().join(body_html(replace(answer, unsupported=()), link)),
        "notes": answer.notes,
        "sources": sources_of(answer),
    }

"""What the page fetches and changes of conversations, their answers, and questions to come.

The list, names, deletion, copies; what is shared: a page to read, without scripts; pinned answers
and their notes; verdicts; how answers are wanted, and what is spoken into the microphone.
"""

from __future__ import annotations

import asyncio
import tempfile
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from babel.dates import format_skeleton, format_time
from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from markupsafe import Markup

from pagelight.server.middleware.headers import FRESH, download, fresh, there
from pagelight.server.middleware.paths import SHARED
from pagelight.services.answering.answer_json import cited_json
from pagelight.services.answering.asking import AnyEngine, Dictation, Library
from pagelight.services.answering.places import answer_key, places_of
from pagelight.ui.answers.markdown import copied, sources_of
from pagelight.ui.answers.render import answer_html, body_html
from pagelight.ui.answers.saved import MEDIA_TYPES, Form, asked_with, file_name, saved_as
from pagelight.ui.language import LANGUAGES, key, say, spoken, translated
from pagelight.ui.source.crops import ReadFigure, figure_html, repeats
from pagelight.ui.templating import render
from rag.datamodel import Answer, AnswerLength
from rag.errors import PagelightError
from rag.pipeline.engine.models_in_use import EMBEDDED
from rag.storage.conversations.conversations import ConversationRecord, Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.conversations.personal import (
    MAX_INSTRUCTIONS_LETTERS,
    MAX_NOTE_LETTERS,
    MAX_PROMPT_LETTERS,
    NEXT,
    SharedConversation,
    Shares,
)

NAME_LIMIT: Final = 1000
SHOWN: Final = 200
_LOCALES: Final = {"en": "en_GB"}
"""Of languages whose dates and times have several forms: days before months, 24 hours."""


def conversation_routes(  # noqa: C901 - one route after another
    store: Conversations,
    shares: Shares,
    read: ReadFigure,
    *,
    delete: Callable[[str], object],
    restore: Callable[[str, str], object],
) -> APIRouter:
    """Return the routes of one's own conversations, and `/shared`, of anybody's.

    `read` reads the pictures of documents that this person may see. `delete` stops what is
    answered, too; `restore` brings one back, or its questions from an exchange on.
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
    def saved(conversation_id: str, form: Form | Literal["html"]) -> Response:
        """Return it as a file, or as a page without scripts, which a browser prints."""
        record = there(store.record(conversation_id))
        exchanges = store.get(record.id)
        if form == "html":
            shown = SharedConversation(exchanges=tuple(exchanges), left_out=0)
            return fresh(_html(shown, read, record.name))
        data = saved_as(form, record.name, zip(exchanges, repeat("")), read)
        return download(data, f"{file_name(record.name)}.{form}", MEDIA_TYPES[form])

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
    def pinned(conversation_id: str) -> Response:
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


RIGHT_LIMIT: Final = 2000


def report_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/reports")
    reports = library.reports

    @router.get("/{conversation_id}")
    def reported(conversation_id: str) -> Response:
        said = reports.of(conversation_id)
        return fresh({r.id: {"right": r.right, "absent": r.absent, "good": r.good} for r in said})

    @router.post("/{conversation_id}/{exchange_id}")
    def report(conversation_id: str, exchange_id: str, *, good: bool = False) -> Response:
        asked = library.conversations.get(conversation_id, last=exchange_id)
        put = reports.put(conversation_id, exchange_id, asked, cited=cited_json, good=good)
        return fresh({"id": there(put)})

    @router.put("/{report_id}", status_code=204)
    def correct(
        report_id: str,
        right: Annotated[str, Body(max_length=RIGHT_LIMIT)] = "",
        *,
        absent: Annotated[bool, Body()] = False,
    ) -> None:
        there(reports.correct(report_id, right=right, absent=absent) or None)

    @router.delete("/{report_id}", status_code=204)
    def strike(report_id: str) -> None:
        reports.withdraw(report_id)

    return router


def _html(shared: SharedConversation | None, read: ReadFigure, name: str = "") -> Markup:
    """Return its page (None: the link leads nowhere), called by its first question, or a `name`."""
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
            url = ""
            if picture:
                url = f"data:image/{picture[1]};base64,{b64encode(picture[0]).decode()}"
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


MAX_NAME_LETTERS: Final = 200


def preferences_routes(
    engine: AnyEngine, facts: Callable[[], dict[str, object] | None] = lambda: None
) -> APIRouter:
    """Return the routes under `/preferences`; `facts` of the data are for who administers."""
    router = APIRouter(prefix="/preferences")
    kept, conversations = engine.index.preferences, engine.index.conversations

    @router.get("/of/{conversation_id}")
    def shown(conversation_id: str) -> Response:
        wishes, profile = kept.wishes(_known(conversation_id)), engine.profile
        html = render(
            "settings.html",
            languages=LANGUAGES,
            spoken=spoken(),
            facts=facts(),
            wishes=wishes,
            prompts=kept.prompts(),
            writer=translated(profile.notice) if profile.writes else "",
            is_told=profile.name != EMBEDDED.name,
            others=engine.writers(),
            max_letters=MAX_INSTRUCTIONS_LETTERS,
        )
        return fresh(html)

    @router.put("/of/{conversation_id}", status_code=204)
    def wish(
        conversation_id: str,
        length: Annotated[AnswerLength, Body()],
        *,
        quoted: Annotated[bool, Body()] = False,
        writer: Annotated[str, Body(max_length=MAX_NAME_LETTERS)] = "",
    ) -> None:
        kept.set_wishes(_known(conversation_id), length=length, quoted=quoted, writer=writer)

    @router.put("/instructions", status_code=204)
    def instruct(
        text: Annotated[str, Body(embed=True, max_length=MAX_INSTRUCTIONS_LETTERS)],
    ) -> None:
        kept.set_instructions(text)

    @router.post("/prompts", status_code=204)
    def save(text: Annotated[str, Body(embed=True, max_length=MAX_PROMPT_LETTERS)]) -> None:
        if not kept.save_prompt(text):
            raise HTTPException(409)

    @router.delete("/prompts/{number}", status_code=204)
    def remove(number: int) -> None:
        kept.remove_prompt(number)

    def _known(conversation_id: str) -> str:
        if conversation_id == "next":
            return NEXT
        there(conversations.record(conversation_id))
        return conversation_id

    return router


SUFFIXES: Final = {
    "audio/webm": ".webm",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
}
"""What browsers record; what a file really is, is told by who opens it."""

NOT_RECORDED: Final = key("This is no recording of a browser.")
NOTHING_SAID: Final = key("No words were heard.")


def dictation_routes(dictation: Dictation, *, send: Callable[[int], object]) -> APIRouter:
    """Return the routes under `/dictation`; `send` counts what comes, and raises QuotaError."""
    router = APIRouter(prefix="/dictation")

    @router.get("")
    def ready() -> Response:
        return fresh({"hears": dictation.hears})

    @router.post("")
    async def hear(request: Request) -> Response:
        """Return the words of a recording: `{"words"}`."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        suffix = SUFFIXES.get(kind)
        if suffix is None:
            raise PagelightError(NOT_RECORDED)
        words = await asyncio.to_thread(_heard, dictation, await request.body(), suffix, send)
        if not words:
            raise PagelightError(NOTHING_SAID)
        return fresh({"words": words})

    return router


def _heard(dictation: Dictation, sound: bytes, suffix: str, send: Callable[[int], object]) -> str:
    send(len(sound))
    with tempfile.TemporaryDirectory(prefix="pagelight-dictated-") as folder:
        path = Path(folder) / f"dictation{suffix}"
        path.write_bytes(sound)
        return dictation.dictated(path)

"""What the page fetches and changes beside a question.

What is searched, how answers are wanted, and what is spoken into the microphone.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.asking import AnyEngine, Dictation, Library
from pagelight.ui.language import LANGUAGES, key, say, spoken, translated
from pagelight.ui.scope import IN, TYPE, entries_of, words_of
from pagelight.ui.templating import render
from rag.datamodel import AnswerLength
from rag.errors import PagelightError
from rag.pipeline.engine.models_in_use import EMBEDDED
from rag.storage.conversations.personal import MAX_INSTRUCTIONS_LETTERS, MAX_PROMPT_LETTERS, NEXT
from rag.storage.documents.records import DocumentRecord

MAX_DOCUMENTS: Final = 50


def scope_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/scope")

    @router.post("")
    def choices(
        words: Annotated[str, Body()] = "", chosen: Annotated[str, Body()] = ""
    ) -> Response:
        return fresh(_choices_html(library.documents(), words=words, chosen=entries_of(chosen)))

    @router.put("/of/{conversation_id}", status_code=204)
    def keep(conversation_id: str, entries: Annotated[list[str], Body()]) -> None:
        kept = library.conversations.set_scope(conversation_id, entries_of("\n".join(entries)))
        there(kept or None)

    return router


def _choices_html(records: Sequence[DocumentRecord], *, words: str, chosen: Collection[str]) -> str:
    """Return top-level folders, types and documents that have all `words`, to be ticked."""
    ready = [record for record in records if record.state == "ready"]
    sources = sorted(source for record in ready for source in record.sources)
    tops = ({s.partition("/")[0] + "/" for s in r.sources if "/" in s} for r in ready)
    folders = Counter(folder for some in tops for folder in some)
    types = Counter(record.media_type for record in ready)
    documents = _fitting(((IN + source, 0) for source in sources), words)
    groups = [
        (say("Folders"), _fitting(((IN + f, n) for f, n in sorted(folders.items())), words)),
        (say("Types"), _fitting(((TYPE + t, n) for t, n in sorted(types.items())), words)),
        (say("Documents"), documents[:MAX_DOCUMENTS]),
    ]
    more = len(documents) - MAX_DOCUMENTS
    return render("scope.html", groups=groups, chosen=chosen, more=more)


def _fitting(entries: Iterable[tuple[str, int]], words: str) -> list[tuple[str, str, int]]:
    """Return entries with their words, and how many documents each has (0: it is one)."""
    wanted = words.casefold().split()
    choices = ((entry, words_of(entry), count) for entry, count in entries)
    return [one for one in choices if all(word in one[1].casefold() for word in wanted)]


MAX_NAME_LETTERS: Final = 200


def preferences_routes(
    engine: AnyEngine, facts: Callable[[], dict[str, object] | None] = lambda: None
) -> APIRouter:
    """Return the routes under `/preferences`; `next` stands for a conversation to come.

    `facts` are what who administers is told of the data: folders, size, connections.
    """
    router = APIRouter(prefix="/preferences")
    kept, conversations = engine.index.preferences, engine.index.conversations

    @router.get("/of/{conversation_id}")
    def shown(conversation_id: str) -> Response:
        wishes = kept.wishes(_known(conversation_id))
        profile = engine.profile
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
    """Return the routes under `/dictation`. An error for a person is 422 with `{"error"}`.

    `send` counts the bytes that come, and raises QuotaError.
    """
    router = APIRouter(prefix="/dictation")

    @router.get("")
    def ready() -> Response:
        """Tell whether somebody hears."""
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

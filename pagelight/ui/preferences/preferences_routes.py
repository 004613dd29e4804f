"""What the page fetches of its settings, and changes of how a person wants answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.asking import AnyEngine
from pagelight.ui.html.language import LANGUAGES, spoken
from pagelight.ui.html.sentences import translated
from pagelight.ui.templating import render
from rag.datamodel import AnswerLength
from rag.pipeline.engine.models_in_use import EMBEDDED
from rag.storage.conversations.personal import MAX_INSTRUCTIONS_LETTERS, MAX_PROMPT_LETTERS, NEXT

MAX_NAME_LETTERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What who administers is told of the data: folders, the workspace's size, connections."""

    folder: str
    workspace: Path
    megabytes: int
    connections: int


def preferences_routes(
    engine: AnyEngine, facts: Callable[[], Facts | None] = lambda: None
) -> APIRouter:
    """Return the routes under `/preferences`; `next` stands for a conversation to come."""
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

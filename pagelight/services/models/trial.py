"""Whether a model that a person would add can be had: it is loaded, or its server asked a word."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import NoReturn

import prompts
from rag.datamodel import Context, Prompt, Query
from rag.errors import ModelError, SettingsError
from rag.models.base.weights import folder_of
from rag.models.endpoint.client import SCHEMES, read_address
from rag.models.generators import writer_of
from rag.models.registry.model_table import this_machine
from rag.models.registry.writers import check_room
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a model said, and after how many seconds; a folder's is loaded in them."""

    model_id: str
    text: str
    seconds: float


def tried(source: str, settings: Settings) -> Trial:
    """Ask for a word what RAG_GENERATOR would name so. Raises PagelightError where none comes."""
    check_room(source, settings.generator, settings, this_machine())
    alone = replace(
        settings, generator=source, generator_model="", generator_key="", answer_tokens=16
    )
    began = time.monotonic()
    writer = writer_of(alone, _no_pixels)
    if writer is None:
        raise ModelError(
            f"{source!r} is neither an address nor a folder.",
            hint="Say http://127.0.0.1:8000/v1 or file:/FOLDER.",
        )
    try:
        asked = prompts.load("trial").substitute()
        query = Query(text=asked)
        prompt = Prompt(query=query, context=Context(), bare=True, parts=(asked,))
        text = "".join(writer.stream(prompt)).strip()
        return Trial(model_id=writer.model_id, text=text, seconds=time.monotonic() - began)
    finally:
        writer.close()


def checked(name: str, source: str) -> tuple[str, str]:
    """Return a name and an address or folder that can be chosen; raise SettingsError for others."""
    name, source = name.strip(), source.strip()
    if not name:
        raise SettingsError("The model has no name.", hint="Say one that you know it by.")
    if source.startswith(SCHEMES):
        read_address(source.partition("#")[0], setting="What you gave")
    else:
        folder_of(source, setting="What you gave")
    return name, source


def _no_pixels(_picture: object) -> NoReturn:
    raise OSError("a trial shows no picture")

"""Context to prompt: numbered sources, fenced as data, and pictures; then the question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import prompts
from rag.datamodel import AnswerLength, Context, ImageAsset, PageView, Prompt, Query, QueryImage
from rag.errors import ModelError

_LENGTHS: Final[dict[AnswerLength, str]] = {
    "short": "Answer in one sentence, two at most.",
    "usual": "",
    "long": "Answer in full instead of briefly: all that the sources say of it.",
}


def build_prompt(query: Query, context: Context, *, before: str = "") -> Prompt:
    """Return the request, structured and rendered; sources first, then `before`, the question."""
    wanted = filter(None, (_LENGTHS[query.wishes.length], query.wishes.instructions.strip()))
    lines = "\n".join(wanted)
    return Prompt(
        query=query,
        context=context,
        before=before,
        system=prompts.load("system").substitute()
        + (prompts.load("wishes").substitute(wishes=lines) if lines else ""),
        parts=tuple(_parts(query, context, before)),
    )


def rewriting_prompt(query: Query, said: str) -> Prompt:
    """Return the request to say a question so that it needs no conversation; `said` is that."""
    asked = prompts.load("question").substitute(question=query.text)
    return Prompt(
        query=query,
        context=Context(),
        bare=True,
        system=prompts.load("rewrite").substitute(),
        parts=(f"{said}{asked}",),
    )


def with_first(prompt: Prompt, kept: int) -> Prompt:
    """Return the prompt with its first `kept` sources; the others become `dropped`."""
    hits, dropped = prompt.context.hits, prompt.context.dropped
    if kept >= len(hits):
        return prompt
    context = replace(prompt.context, hits=hits[:kept], dropped=(*hits[kept:], *dropped))
    shorter = build_prompt(prompt.query, context, before=prompt.before)
    return replace(shorter, calls=prompt.calls)


def fitted(prompt: Prompt, *, room_tokens: int, measure: Callable[[Prompt], int]) -> Prompt:
    """Return the prompt with the first sources that fit (tokens by `measure`), or ModelError."""
    count = len(prompt.context.hits)
    for kept in range(count, min(count, 1) - 1, -1):
        tried = with_first(prompt, kept)
        if measure(tried) <= room_tokens:
            return tried
    raise ModelError(
        f"The question and its best source are longer than the {room_tokens} tokens that the"
        " model can read.",
        hint="Ask in fewer words, or take a model that reads more.",
    )


def _parts(
    query: Query, context: Context, before: str
) -> Iterator[str | ImageAsset | QueryImage | PageView]:
    for hit in context.hits:
        yield prompts.load("source").substitute(
            number=hit.rank,
            file=fenced(hit.chunk.source),
            page=hit.chunk.page or "",
            text=fenced(hit.chunk.embedding_text),
        )
        if hit.chunk.image is not None and (
            context.pictures is None or hit.rank in context.pictures
        ):
            yield hit.chunk.image
    for hit in context.pages:
        yield prompts.load("page").substitute(
            number=hit.rank, file=fenced(hit.chunk.source), page=hit.chunk.page or ""
        )
        yield PageView(doc_id=hit.chunk.doc_id, page=hit.chunk.page or 1)
    if query.image is not None:
        yield query.image
    yield before + prompts.load("question").substitute(question=query.spoken)


def fenced(text: str) -> str:
    """Return document text that can't open or close a source of the prompt."""
    return text.replace("<source", "<\u200bsource").replace("</source", "<\u200b/source")

"""Context to prompt: numbered sources and their pictures in order, then the question.

Document text is fenced as data; a fence inside it is broken up, so that it can't close ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import prompts
from rag.datamodel import Context, Hit, ImageAsset, Prompt, Query


def build_prompt(query: Query, context: Context) -> Prompt:
    """Return the request in both forms: structured, and rendered for a language model."""
    return Prompt(
        query=query,
        context=context,
        system=prompts.load("system").substitute(),
        parts=tuple(_parts(query, context)),
    )


def _parts(query: Query, context: Context) -> Iterator[str | ImageAsset]:
    for hit in context.hits:
        yield _source(hit)
        if hit.chunk.image is not None:
            yield hit.chunk.image
    yield prompts.load("question").substitute(question=query.text)


def _source(hit: Hit) -> str:
    return prompts.load("source").substitute(
        number=hit.rank,
        file=fenced(hit.chunk.source),
        page=hit.chunk.page or "",
        text=fenced(hit.chunk.embedding_text),
    )


def fenced(text: str) -> str:
    """Return document text that can't open or close a source of the prompt."""
    return text.replace("<source", "<\u200bsource").replace("</source", "<\u200b/source")

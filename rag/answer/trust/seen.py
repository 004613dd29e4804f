"""Whether a sentence may have been read off a picture: then its words can't be checked by ours.

Knows sources and what of them was shown; knows no model.
"""

from __future__ import annotations

from typing import Final

from rag.answer.base.claims import Claim
from rag.datamodel import Answer, Hit

FEW_WORDS: Final = 40
"""A page of fewer is one to be looked at: a chart, a drawing, a photograph."""


def may_be_seen(claim: Claim, answer: Answer) -> bool:
    """Tell whether a sentence cites a source that was shown as a picture and shows more than words.

    That is a figure, a scan (its lettering may be misread), a page with a figure, or with next to
    no words. Whatever else a page says stands in its words.
    """
    named = (answer.context.source(number) for number in claim.numbers)
    return any(hit is not None and _shows_more(hit, answer) for hit in named)


def _shows_more(hit: Hit, answer: Answer) -> bool:
    context, chunk = answer.context, hit.chunk
    if chunk.image is not None:
        return context.pictures is None or hit.rank in context.pictures
    if hit not in context.pages:
        return False
    found = (*context.hits, *answer.hits)
    return (
        chunk.confidence is not None
        or len(chunk.text.split()) < FEW_WORDS
        or any(one.chunk.image is not None and one.chunk.place == chunk.place for one in found)
    )

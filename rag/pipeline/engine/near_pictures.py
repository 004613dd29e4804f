"""Pictures like one that is shown: the same ones first, then those that show the like."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from rag.datamodel import Answer, Figure, Hit, QueryImage
from rag.errors import PagelightError
from rag.generation.citations import CitedText
from rag.retrieval.images import PhotographSearch
from rag.retrieval.retriever import SAME_PICTURE_SCORE
from rag.storage.workspace.store import WorkspaceIndex
from rag.understanding.question.question import Question

logger = logging.getLogger(__name__)

MAX_SHOWN: Final = 6
SEARCHED: Final = 30
MIN_LIKENESS: Final = 0.4
"""Cosine from which pictures show the like: of pairs of one thing three in four are over it, of
others one in a hundred (benchmarks/LOG.md)."""

NONE_LIKE: Final = "No picture of the documents is like this one."
LIKE: Final = "Pictures like this one:"

_THINGS: Final = r"(?:pictures?|photos?|photographs?|images?|figures?|drawings?|charts?|maps?)"
_ASKED: Final = re.compile(
    rf"\b(?:{_THINGS}|ones?|more)\b.{{0,30}}\b(?:like|similar to|resembl\w+)\b.{{0,12}}"
    rf"\b(?:this|it|that|these|those|{_THINGS}|one)\b|\b(?:similar|alike) {_THINGS}\b",
    re.IGNORECASE,
)


def asks_for_like(text: str) -> bool:
    """Tell whether pictures like the one at hand are asked for: English rules."""
    return bool(_ASKED.search(text))


def near_pictures(
    asked: Question, index: WorkspaceIndex, photographs: PhotographSearch | None
) -> Answer | None:
    """Return the pictures like that of the question; None where it asks for no such thing.

    At most `MAX_SHOWN`, the likest first; without `photographs` the same pictures alone.
    """
    image = _image(asked, index)
    if image is None or not asks_for_like(asked.said.text):
        return None
    found = index.search_image(image.phash, k=SEARCHED, filters=asked.filters)
    same = [hit for hit in found if hit.score >= SAME_PICTURE_SCORE]
    own = asked.region.image.id if asked.region and asked.region.image else ""
    best: dict[str, Hit] = {}
    for hit in (*same, *_alike(image, asked, index, photographs)):
        if hit.chunk.image is not None and hit.chunk.image.id != own:
            best.setdefault(hit.chunk.image.id, hit)
    draft, figures = CitedText(), []
    draft.block(LIKE if best else NONE_LIKE)
    for number, hit in enumerate([*best.values()][:MAX_SHOWN]):
        chunk, page = hit.chunk, hit.chunk.page
        name = f"{chunk.source}, page {page}" if page else chunk.source
        draft.line(name, chunk, 0, len(chunk.text))
        figures.append(
            Figure(citation=number, caption=name, alt=name, page=page, image=chunk.image)
        )
    answer = draft.answer(Answer(query=asked.said, text="", complete=True))
    is_found = bool(best)
    return replace(answer, figures=tuple(figures), answered=is_found, confidence=float(is_found))


def _alike(
    image: QueryImage, asked: Question, index: WorkspaceIndex, photographs: PhotographSearch | None
) -> list[Hit]:
    if photographs is None:
        return []
    try:
        pixels = index.assets.read_picture(Path(image.path))
        hits = photographs.near(pixels, k=SEARCHED, filters=asked.filters)
    except (OSError, PagelightError) as error:
        logger.warning("near pictures were not looked for: %s", error)
        return []
    return [hit for hit in hits if hit.score >= MIN_LIKENESS]


def _image(asked: Question, index: WorkspaceIndex) -> QueryImage | None:
    """Return the picture at hand: what is attached, or the part of a page that is chosen."""
    shown = asked.region.image if asked.region else None
    if shown is not None:
        return QueryImage(path=str(index.assets.path_of(shown)), phash=shown.phash)
    return next((one.image for one in asked.attachments if one.image), asked.image)

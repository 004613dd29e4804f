"""Pictures like one that is shown: the same ones first, then those that show the like."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, eq=False)
class NearPictures:
    """Finds and shows them; without `photographs` the same pictures alone."""

    index: WorkspaceIndex
    photographs: PhotographSearch | None

    def answer(self, asked: Question) -> Answer | None:
        """Return the pictures like that of the question; None where it asks for no such thing."""
        image = self._image(asked)
        if image is None or not asks_for_like(asked.said.text):
            return None
        draft = CitedText()
        hits = self.found(asked, image)
        draft.block(LIKE if hits else NONE_LIKE)
        for hit in hits:
            draft.line(_name(hit), hit.chunk, 0, len(hit.chunk.text))
        answer = draft.answer(Answer(query=asked.said, text="", complete=True))
        figures = tuple(_figure(number, hit) for number, hit in enumerate(hits))
        return replace(answer, figures=figures, answered=bool(hits), confidence=float(bool(hits)))

    def found(self, asked: Question, image: QueryImage) -> list[Hit]:
        """Return at most `MAX_SHOWN` hits, each of another picture, the likest first."""
        same = [
            hit
            for hit in self.index.search_image(image.phash, k=SEARCHED, filters=asked.filters)
            if hit.score >= SAME_PICTURE_SCORE
        ]
        own = asked.region.image.id if asked.region and asked.region.image else ""
        best: dict[str, Hit] = {}
        for hit in (*same, *self._near(asked, image)):
            if hit.chunk.image is not None and hit.chunk.image.id != own:
                best.setdefault(hit.chunk.image.id, hit)
        return list(best.values())[:MAX_SHOWN]

    def _near(self, asked: Question, image: QueryImage) -> Iterator[Hit]:
        if self.photographs is None:
            return
        try:
            pixels = self.index.assets.read_picture(Path(image.path))
            hits = self.photographs.near(pixels, k=SEARCHED, filters=asked.filters)
        except (OSError, PagelightError) as error:
            logger.warning("near pictures were not looked for: %s", error)
            return
        yield from (hit for hit in hits if hit.score >= MIN_LIKENESS)

    def _image(self, asked: Question) -> QueryImage | None:
        """Return the picture at hand: what is attached, or the part of a page that is chosen."""
        shown = asked.region.image if asked.region else None
        if shown is not None:
            path = self.index.assets.path_of(shown)
            return QueryImage(path=str(path), phash=shown.phash)
        return next((one.image for one in asked.attachments if one.image), asked.image)


def _name(hit: Hit) -> str:
    page = f", page {hit.chunk.page}" if hit.chunk.page else ""
    return f"{hit.chunk.source}{page}"


def _figure(number: int, hit: Hit) -> Figure:
    name = _name(hit)
    return Figure(
        citation=number, caption=name, alt=name, page=hit.chunk.page, image=hit.chunk.image
    )

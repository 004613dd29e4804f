"""Pictures by what they show: looked at once each, found by their likeness, told in words.

The words are kept by picture; documents say them once an ingest writes them there. Knows the
network's seam and the index of pictures; knows no document.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from rag.datamodel import NO_FILTERS, Filters, Hit, ImageAsset
from rag.models.seeing.concepts import seen_line
from rag.models.seeing.network import Looks
from rag.progress import Progress
from rag.protocols import Pixels
from rag.retrieval.images import batches
from rag.retrieval.model_search import LoadedModel, ModelSearch
from rag.storage.images.pictures import PictureSpace
from rag.storage.images.seen_words import SeenWords

logger = logging.getLogger(__name__)


class Seer(LoadedModel, Protocol):
    """A network that looks at pictures: `rag.models.seeing.network.PhotographNetwork`."""

    def look(self, images: Sequence[Pixels], /) -> Looks: ...


class PhotographSearch(ModelSearch[Seer, PictureSpace]):
    """The network, its space, and the `words` of what it saw; it loads when a picture is there.

    `load` reads a stored picture and raises OSError where that fails.
    """

    def __init__(
        self,
        network: Seer,
        open_space: Callable[[Seer], PictureSpace],
        *,
        words: SeenWords,
        load: Callable[[ImageAsset], Pixels],
    ) -> None:
        super().__init__(network, open_space, name="The model that sees photographs")
        self.words = words
        self._load = load

    def line_of(self, pixels: Pixels) -> str:
        """Return in a line what a picture shows; "" where it shows nothing that is known.

        Raises ModelError.
        """
        return _lines(self._model.look([pixels]))[0]

    def near(self, pixels: Pixels, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Return at most `k` chunks whose pictures show the like, best first, scores cosines.

        Raises ModelError.
        """
        looks = self._model.look([pixels])
        return self._space().search(looks.pooled, k=k, filters=filters)

    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int:
        space = self._space()
        space.prune()
        missing = space.missing()
        if missing:
            self._loaded()
            progress.begin("Looking at pictures", len(missing))
        seen = 0
        for images in batches(missing):
            if self._is_stopped(stop):
                return seen
            seen += self._look(space, images)
            progress.advance(len(images))
        return seen

    def _look(self, space: PictureSpace, images: Sequence[ImageAsset]) -> int:
        """Look, keep and store; return how many of the pictures could still be read."""
        read: dict[str, Pixels] = {}
        for image in images:
            try:
                read[image.id] = self._load(image)
            except OSError as error:
                logger.warning("the stored picture %s can't be read: %s", image.path, error)
        if read:
            looks = self._model.look(list(read.values()))
            self.words.put(dict(zip(read, _lines(looks), strict=True)))
            space.put(dict(zip(read, looks.pooled, strict=True)))
        return len(read)


def _lines(looks: Looks) -> list[str]:
    both = zip(looks.chances, looks.photographs.tolist(), strict=True)
    return [seen_line(chances, photograph) for chances, photograph in both]

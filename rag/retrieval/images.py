"""Search by looks: words and pictures to the pictures that look like them.

Cosines of words and of pictures are never compared (Liang et al., Mind the Gap, NeurIPS 2022: the
two lie apart): a score is a picture's share of all that was found.
"""

from __future__ import annotations

import logging
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from rag.datamodel import NO_FILTERS, Filters, Hit, ImageAsset, Query, QueryImage
from rag.errors import ModelError, failure_message
from rag.models.seeing.photographs import Looks, seen_line
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import ImageEmbedder, Matrix, Pixels
from rag.retrieval.model_search import LoadedModel, Model, ModelSearch
from rag.storage.documents.records import Finding
from rag.storage.images.ocr_lines import SeenWords
from rag.storage.search.spaces import PictureSpace

logger = logging.getLogger(__name__)

TEMPERATURE: Final = 0.01
"""Of the softmax that makes shares of cosines: that of CLIP's own training (Radford et al., 2021,
section 2.4: logits are scaled by at most 100), where one of a batch is the right picture."""

SEEN_AT_ONCE: Final = 16
SEEN_MEGAPIXELS: Final = 50
"""Pictures that are decoded and embedded together: what a stop waits for, and what memory takes."""


UNSEEN: Final = "The image model has not looked at the pictures yet: run pagelight ingest FOLDER."


class ImageModel(ImageEmbedder, LoadedModel, Protocol):
    """An image embedder that is loaded when first needed."""


class PictureSearch(ModelSearch[Model, PictureSpace]):
    """Looks at the stored pictures; `load` reads one and raises OSError where that fails."""

    def __init__(
        self,
        model: Model,
        open_space: Callable[[Model], PictureSpace],
        *,
        name: str,
        load: Callable[[ImageAsset], Pixels],
    ) -> None:
        super().__init__(model, open_space, name=name)
        self._load = load

    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int:
        space = self._space()
        space.prune()
        missing = space.missing()
        if missing:
            self._loaded()
            progress.begin("Looking at pictures", len(missing))
        seen = 0
        for images in _batches(missing):
            if self._is_stopped(stop):
                break
            if pixels := _pixels_of(images, self._load):
                space.put(dict(zip(pixels, self._looked(pixels), strict=True)))
            seen += len(pixels)
            progress.advance(len(images))
        return seen

    @abstractmethod
    def _looked(self, pixels: Mapping[str, Pixels]) -> Matrix:
        """Return the rows of pictures, shape (n, dim), in their order."""


class ImageSearch(PictureSearch[ImageModel]):
    """The image model and its space; without it words find pictures.

    `load` reads a stored picture, `read` one that a person asks with; both raise OSError where that
    fails.
    """

    def __init__(
        self,
        model: ImageModel,
        open_space: Callable[[ImageModel], PictureSpace],
        *,
        load: Callable[[ImageAsset], Pixels],
        read: Callable[[QueryImage], Pixels],
    ) -> None:
        super().__init__(model, open_space, name="The image model", load=load)
        self._read = read
        self._seen_all = False

    @property
    def model_id(self) -> str:
        """The model in use; "" until it is loaded."""
        return self._space().model_id if self.ready else ""

    @property
    def problem(self) -> str:
        """Why pictures are not found by what they show, as a sentence; "" where they are."""
        unseen = self.ready and self._space().untouched()
        return self._problem or (UNSEEN if unseen else "")

    def find(self, query: Query, *, k: int) -> list[Hit]:
        """Return at most `k` hits, channel `visual`, scores shares; none until it is ready."""
        if not self.ready:
            return []
        try:
            rows = self._rows(query)
            if not rows:
                return []
            hits = self._space().search(together(rows), k=k, filters=query.filters)
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self._failed(error)
            return []
        self._problem = ""
        return shared(hits)

    def _failed(self, error: Exception) -> None:
        failure = failure_message(error, of=self._name)
        self._problem = f"{failure} Pictures are found by their words alone."

    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int:
        self._loaded()
        seen = super()._embed_missing(stop, progress)
        self._seen_all = self._seen_all or not self._is_stopped(stop)
        return seen

    def _looked(self, pixels: Mapping[str, Pixels]) -> Matrix:
        return self._model.embed_images(list(pixels.values()))

    def forget_others(self) -> None:
        """Forget the spaces of other models, once this one has seen everything."""
        if self.ready and self._seen_all:
            self._space().keep_only_this()

    def check(self) -> list[Finding]:
        """Say what is wrong with the vectors of pictures; an empty list means that all is well."""
        try:
            return self._space().check()
        except ModelError as error:
            return [Finding(kind="missing", problem=str(error), count=1, repairable=False)]

    def repair(self, progress: Progress = NO_PROGRESS) -> int:
        """Make the vectors that lack; return how many. What can't be mended, `check` tells."""
        try:
            return self.embed_missing(threading.Event(), progress)
        except ModelError as error:
            logger.warning("%s", error)
            return 0

    def _rows(self, query: Query) -> list[Matrix]:
        rows = [self._model.embed_queries([query.text])] if query.text.strip() else []
        if query.image is None:
            return rows
        try:
            pixels = self._read(query.image)
        except OSError as error:
            logger.warning("the picture of the question can't be read: %s", error)
            return rows
        return [*rows, self._model.embed_images([pixels])]


def together(rows: Sequence[Matrix]) -> Matrix:
    """Return the direction of the sum of unit vectors, each (1, dim); the last if they cancel out.

    Words and a picture, composed (Baldrati et al., Conditioned and Composed Image Retrieval, CVPR
    Workshops 2022, start from this sum). Equal parts: words that tell a change serve best at 0.6
    to 0.7, words that tell nothing of the picture spoil the more the more they weigh
    (benchmarks/LOG.md).
    """
    total: Matrix = np.concatenate(rows).sum(axis=0, keepdims=True)  # (1, dim)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length, dtype=np.float32) if length > 0 else rows[-1]


def shared(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with shares of all pictures found, which sum to 1, for cosines."""
    cosines = {hit.chunk.image.id: hit.score for hit in hits if hit.chunk.image is not None}
    if not cosines:
        return []
    logits = np.array(list(cosines.values())) / TEMPERATURE  # (pictures,)
    weights = np.exp(logits - logits.max())
    shares = dict(zip(cosines, (weights / weights.sum()).tolist(), strict=True))
    return [
        replace(hit, score=shares[hit.chunk.image.id])
        for hit in hits
        if hit.chunk.image is not None
    ]


def _pixels_of(
    images: Sequence[ImageAsset], load: Callable[[ImageAsset], Pixels]
) -> dict[str, Pixels]:
    read: dict[str, Pixels] = {}
    for image in images:
        try:
            read[image.id] = load(image)
        except OSError as error:
            logger.warning("the stored picture %s can't be read: %s", image.path, error)
    return read


def _batches(images: Sequence[ImageAsset]) -> Iterator[list[ImageAsset]]:
    batch: list[ImageAsset] = []
    pixels = 0
    for image in images:
        size = image.width_px * image.height_px
        if batch and (len(batch) == SEEN_AT_ONCE or pixels + size > SEEN_MEGAPIXELS * 1_000_000):
            yield batch
            batch, pixels = [], 0
        batch.append(image)
        pixels += size
    if batch:
        yield batch


class Seer(LoadedModel, Protocol):
    """A network that looks at pictures: `rag.models.seeing.photographs.PhotographNetwork`."""

    def look(self, images: Sequence[Pixels], /) -> Looks: ...


class PhotographSearch(PictureSearch[Seer]):
    """The network, its space, and the `words` of what it saw; it loads when a picture is there."""

    def __init__(
        self,
        network: Seer,
        open_space: Callable[[Seer], PictureSpace],
        *,
        words: SeenWords,
        load: Callable[[ImageAsset], Pixels],
    ) -> None:
        super().__init__(network, open_space, name="The model that sees photographs", load=load)
        self.words = words

    def line_of(self, pixels: Pixels) -> str:
        """Return in a line what a picture shows; "" for nothing known. Raises ModelError."""
        return _lines(self._model.look([pixels]))[0]

    def near(self, pixels: Pixels, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Return at most `k` chunks whose pictures show the like, by cosine. Raises ModelError."""
        looks = self._model.look([pixels])
        return self._space().search(looks.pooled, k=k, filters=filters)

    def _looked(self, pixels: Mapping[str, Pixels]) -> Matrix:
        looks = self._model.look(list(pixels.values()))
        self.words.put(dict(zip(pixels, _lines(looks), strict=True)))
        return looks.pooled


def _lines(looks: Looks) -> list[str]:
    both = zip(looks.chances, looks.photographs.tolist(), strict=True)
    return [seen_line(chances, photograph) for chances, photograph in both]

"""Settings to real objects: the only place that knows which class stands behind each seam."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from rag.datamodel import ImageAsset, PageView
from rag.errors import ModelError, PagelightError
from rag.models.base.weights import folder_of
from rag.models.embedders import E5Embedder, minilm
from rag.models.folder_models import FolderEmbedder, ModelReranker, OpenClipEmbedder
from rag.models.generators import WritingGenerator, openvino_path, writer_of
from rag.models.prompting import Picture
from rag.models.reader.reader import CLOZE_ADAPTER, Reader
from rag.models.registry.choice import check_room, choose, named_writers
from rag.models.registry.model_table import this_machine
from rag.models.seeing.photographs import MODEL_ID, PhotographNetwork
from rag.models.setup.bundled import LANGUAGES, SEEING, WRITER, model_folder
from rag.pipeline.engine.attached import FOLDER, AttachedFiles
from rag.pipeline.engine.built_in import BuiltIn
from rag.pipeline.engine.engine import Engine
from rag.pipeline.engine.models_in_use import ActiveModels, ModelSwitch
from rag.pipeline.engine.other_writers import EmbeddedWriter, OtherWriters
from rag.pipeline.finding import Limits
from rag.protocols import PageDrawer, Pixels, Reranker
from rag.retrieval.across import LanguageSearch
from rag.retrieval.images import ImageSearch, PhotographSearch
from rag.retrieval.model_search import DenseSearch
from rag.settings import Settings
from rag.storage.images.assets import ReadPicture
from rag.storage.images.ocr_lines import SeenWords
from rag.storage.images.shared_assets import PicturePlace
from rag.storage.search.spaces import LanguageSpace, PictureSpace, TextSpace
from rag.storage.workspace.store import WorkspaceIndex

ANSWER_THRESHOLD: Final = 0.6
"""Chance of an answer under which the `embedded` profile tells what is closest; see
benchmarks/LOG.md."""

CONTEXT_HITS: Final = 8


MAX_PICTURES: Final = 8
"""Of one prompt; its budget of tokens mostly allows fewer."""

DrawerOf = Callable[[WorkspaceIndex, AttachedFiles], PageDrawer]
"""Returns what draws the pages of the documents, and of what came with questions."""


def build_engine(
    settings: Settings,
    *,
    chunker_version: str,
    drawer_of: DrawerOf | None = None,
    read_picture: ReadPicture | None = None,
    secondary: bool = False,
) -> Engine:
    """Open the workspace and wire the profile. Loads no model yet.

    `secondary`: another process owns the workspace, as `WorkspaceIndex` says.
    Without `drawer_of` a model that sees is shown no whole pages. `read_picture` decodes stored
    pictures; None: this process does.

    Raises SettingsError for an unknown profile or generator, ModelError for a folder without a
    model, and the WorkspaceErrors of opening the index.
    """
    settings = choose(settings).settings
    embedder, reader = minilm(), Reader()
    gaps = Reader(adapter=CLOZE_ADAPTER)
    open_index = partial(
        WorkspaceIndex,
        model_id=embedder.model_id,
        dim=embedder.dim,
        chunker_version=chunker_version,
    )
    pictures = PicturePlace(
        url=settings.assets_url,
        megapixels=settings.image_megapixels,
        max_mb=settings.assets_mb,
        read_picture=read_picture,
    )
    index = open_index(
        settings.workspace,
        pictures=pictures,
        chroma_url=settings.chroma_url,
        database_url=settings.database_url,
        secondary=secondary,
    )
    built_in = BuiltIn(index, embedder, reader, languages=_languages(settings, index), gaps=gaps)
    open_index = partial(open_index, pictures=replace(pictures, url=""))
    attached = AttachedFiles(
        settings.workspace / FOLDER,
        open_index,
        embedder,
        reader,
        _limits(settings),
        in_use=index.tidy.attached,
        limit_mb=settings.attachments_mb,
        open_secondary=partial(open_index, secondary=True),
        gaps=gaps,
    )
    drawer = drawer_of(index, attached) if drawer_of else None
    make = ModelMaker(index, built_in.ranker, attached, drawer)
    try:
        named_writers(settings)  # what names nothing is told before anything runs
        return Engine(
            index,
            built_in,
            make.active(settings),
            _limits(settings),
            attached=attached,
            drawer=drawer,
            others=OtherWriters(partial(named_writers, settings), partial(make.other, settings)),
            embedded=_embedded(settings, embedder.count_tokens),
            see=partial(_photographs, settings, index),
        )
    except PagelightError:
        index.close()
        raise


def build_switch(settings: Settings, engine: Engine) -> ModelSwitch:
    make = ModelMaker(engine.index, engine.built_in.ranker, engine.attached, engine.drawer)
    return ModelSwitch(settings, engine, make.active)


@dataclass(frozen=True, slots=True)
class ModelMaker:
    """Makes models over one workspace, not loaded yet. Raises SettingsError, ModelError."""

    index: WorkspaceIndex
    ranker: Reranker
    attached: AttachedFiles
    drawer: PageDrawer | None

    def active(self, settings: Settings) -> ActiveModels:
        named = settings.reranker
        reranker = folder_of(named, setting="RAG_RERANKER") if named else None
        return ActiveModels(
            settings=settings,
            sight=_sight(settings, self.index),
            meaning=_meaning(settings, self.index),
            reranker=ModelReranker(reranker, self.ranker) if reranker else None,
            writer=writer_of(settings, self.pixels),
        )

    def other(self, settings: Settings, source: str, used: str) -> WritingGenerator:
        """Return the model of a source that a conversation chose, beside the one in use."""
        check_room(source, used, settings, this_machine())
        alone = replace(settings, generator=source, generator_model="", generator_key="")
        writer = writer_of(alone, self.pixels)
        if writer is None:
            raise ModelError("nothing says where it is.")
        return writer

    def pixels(self, picture: Picture) -> Pixels:
        """Decode a picture that is stored, or came with a question, or draw a page.

        Raises OSError.
        """
        if isinstance(picture, ImageAsset):
            is_stored = self.index.assets.find(picture.id) is not None
            kept = None if is_stored else self.attached.holding(picture.id)
            return (kept or self.index).assets.pixels(picture)
        if not isinstance(picture, PageView):
            return self.index.assets.read_picture(Path(picture.path))
        if self.drawer is None:
            raise FileNotFoundError(f"nothing draws page {picture.page}")
        return self.drawer.draw(picture)


def _embedded(settings: Settings, count_tokens: Callable[[str], int]) -> EmbeddedWriter | None:
    """Return what writes short answers: a model that was set, else what the set-up brings."""
    own = openvino_path(settings.generator)
    if own is not None:
        return EmbeddedWriter(lambda: own, count_tokens)
    if settings.generator.strip() or settings.embedded_models == "off":
        return None
    return EmbeddedWriter(partial(model_folder, WRITER, os.environ), count_tokens)


def _limits(settings: Settings) -> Limits:
    threshold = settings.answer_threshold
    return Limits(
        top_k=settings.top_k,
        context_hits=CONTEXT_HITS,
        context_tokens=settings.context_tokens,
        reading_tokens=settings.reading_tokens,
        pictures=MAX_PICTURES if settings.picture_tokens else 0,
        threshold=ANSWER_THRESHOLD if threshold < 0 else threshold,
    )


def _meaning(settings: Settings, index: WorkspaceIndex) -> DenseSearch | None:
    if not settings.text_model:
        return None
    folder = folder_of(settings.text_model, setting="RAG_TEXT_MODEL")
    return DenseSearch(
        FolderEmbedder(folder),
        lambda model: index.space(TextSpace, model_id=model.model_id, dim=model.dim),
        name=folder.name,
    )


def _languages(settings: Settings, index: WorkspaceIndex) -> LanguageSearch | None:
    if settings.embedded_models == "off":
        return None
    return LanguageSearch(
        E5Embedder(_languages_folder),
        lambda model: index.space(LanguageSpace, model_id=model.model_id, dim=model.dim),
        is_here=lambda: model_folder(LANGUAGES, os.environ) is not None,
    )


def _languages_folder() -> Path:
    folder = model_folder(LANGUAGES, os.environ)
    if folder is None:
        raise ModelError("The model of languages is not there.", hint="See: pagelight models")
    return folder


def _sight(settings: Settings, index: WorkspaceIndex) -> ImageSearch | None:
    if not settings.image_model:
        return None
    return ImageSearch(
        OpenClipEmbedder(folder_of(settings.image_model, setting="RAG_IMAGE_MODEL")),
        lambda model: index.space(PictureSpace, model_id=model.model_id, dim=model.dim),
        load=index.assets.pixels,
        read=lambda image: index.assets.read_picture(Path(image.path)),
    )


def _photographs(settings: Settings, index: WorkspaceIndex) -> PhotographSearch | None:
    """Return what the set-up brings to see photographs, once it is ready, and no other sees."""
    folder = None if settings.image_model else model_folder(SEEING, os.environ)
    if folder is None or settings.embedded_models == "off":
        return None
    return PhotographSearch(
        PhotographNetwork(folder),
        lambda network: index.space(PictureSpace, model_id=network.model_id, dim=network.dim),
        words=SeenWords(index.ocr_cache, model_id=MODEL_ID),
        load=index.assets.pixels,
    )

"""What was attached to questions: an index of its own, which nobody else's question finds.

And what answers of it, or shows pictures like the one at hand: the same ones first, then those that
show the like.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import Final

from rag.attachments.aim import asks_what_it_is, named
from rag.attachments.answering import AttachmentAnswers, folder_of
from rag.closing import Closing
from rag.datamodel import Answer, Document, Figure, Hit, QueryImage
from rag.errors import LimitError, PagelightError, WorkspaceBusyError, WorkspaceError
from rag.generation.citations import CitedText
from rag.models.embedders import SentenceEmbedder
from rag.models.reader.reader import Reader
from rag.pipeline.engine.built_in import BuiltIn
from rag.pipeline.engine.models_in_use import ActiveModels
from rag.pipeline.engine.other_writers import EmbeddedWriter
from rag.pipeline.engine.stages import Stages
from rag.pipeline.finding import Limits
from rag.retrieval.images import PhotographSearch
from rag.retrieval.retriever import SAME_PICTURE_SCORE
from rag.storage.files.folder import LEDGER_NAME
from rag.storage.files.members import FOLDER as MEMBERS
from rag.storage.files.members import MemberStore
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.library import admitted
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import SummaryWish

logger = logging.getLogger(__name__)

MAX_SERVERS: Final = 16
"""Of one workspace, that can have files attached to questions."""

OpenIndex = Callable[[Path], WorkspaceIndex]

FOLDER: Final = "attached"
"""Its name in a workspace."""

SAME_PICTURES: Final = 3

UNSENT_S: Final = 86_400.0
"""So long a file is kept that no kept question came with: it may stand in a message box."""

_MEGABYTE: Final = 1_000_000


@dataclass(eq=False)
class AttachedFiles(Closing):
    """The index of attachments. Any thread may call; `open_index` is called once, when needed.

    `folder` is where it lies, or would without other servers, whose own are opened by
    `open_secondary`. `in_use` tells the ids of the files that questions refer to; all
    files together take `limit_mb`.
    """

    folder: Path
    open_index: OpenIndex
    embedder: SentenceEmbedder
    reader: Reader
    limits: Limits
    _: KW_ONLY
    in_use: Callable[[], Collection[str]] = frozenset
    limit_mb: int
    open_secondary: OpenIndex | None = None
    gaps: Reader | None = None

    def __post_init__(self) -> None:
        name = self.folder.name
        others = (self.folder.with_name(f"{name}-{n}") for n in range(2, MAX_SERVERS + 1))
        self._folders = [self.folder, *others]
        self._own: WorkspaceIndex | None = None
        self._others: dict[Path, WorkspaceIndex] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._built_in: BuiltIn | None = None

    @property
    def index(self) -> WorkspaceIndex:
        """Our index, opened if need be; raises WorkspaceErrors, also once it is closed."""
        with self._lock:
            if self._closed:
                raise WorkspaceError(f"The workspace {self.folder.parent} is closed.")
            self._own = self._own or self._first_free()
            return self._own

    def _first_free(self) -> WorkspaceIndex:
        for folder in self._folders[:-1]:
            try:
                return self.open_index(folder)
            except WorkspaceBusyError:
                continue
        return self.open_index(self._folders[-1])

    @property
    def stored(self) -> tuple[WorkspaceIndex, ...]:
        """The index, and those of other servers, also of such as have ended.

        None where nothing was ever attached.
        """
        if not self._is_used():
            return ()
        own = self.index
        with self._lock:
            for folder in self._folders:
                is_other = folder != own.workspace and (folder / LEDGER_NAME).is_file()
                if is_other and folder not in self._others:
                    with suppress(WorkspaceError):  # of another version: its server says so
                        opened = (self.open_secondary or self.open_index)(folder)
                        self._others[folder] = opened
            return (own, *self._others.values())

    def _is_used(self) -> bool:
        return any((folder / LEDGER_NAME).is_file() for folder in self._folders)

    def holding(self, image_id: str) -> WorkspaceIndex | None:
        return next((one for one in self.stored if one.assets.find(image_id)), None)

    def document(self, doc_id: str) -> Document | None:
        found = (index.document(doc_id) for index in self.stored)
        return next((document for document in found if document is not None), None)

    def picture(self, image_id: str, *, among: Collection[str]) -> tuple[Path, str] | None:
        """Return path and media type of a picture of the files `among` (ids); None elsewhere."""
        folders = tuple(folder_of(doc_id) for doc_id in among)
        for index in self.stored:
            if index.shows_picture(image_id, collections=folders):
                return index.assets.find(image_id)
        return None

    def bytes_of(self, doc_id: str) -> Path:
        """Return where the bytes of a file are kept, or would be."""
        own = [self._own.workspace] if self._own else []
        paths = [MemberStore(folder / MEMBERS).path(doc_id) for folder in (*own, *self._folders)]
        return next((path for path in paths if path.is_file()), paths[0])

    def sweep(self, *, now_s: float | None = None) -> None:
        """Forget what no question refers to and was read over a day ago."""
        if self._is_used():
            before_ns = int(((time.time() if now_s is None else now_s) - UNSENT_S) * 1e9)
            self._forget([key for key, attached_ns, _ in self._unused() if attached_ns < before_ns])

    def make_room(self, size_bytes: int) -> None:
        """Forget the oldest unused as far as a new file needs it; raises LimitError."""
        taken = sum({r.sha256: r.size_bytes for r in self.index.files().values()}.values())
        excess = taken + size_bytes - self.limit_mb * _MEGABYTE
        gone = []
        for key, _, size in sorted(self._unused(), key=lambda each: each[1]):
            if excess > 0:
                gone.append(key)
                excess -= size
        self._forget(gone)
        if excess > 0:
            raise LimitError(
                f"What is attached to kept questions takes {self.limit_mb} MB.",
                hint="Delete conversations, or raise RAG_ATTACHMENTS_MB.",
            )

    def _unused(self) -> list[tuple[str, int, int]]:
        """Return id, time (ns) and size of each file that no question refers to."""
        used = self.in_use()
        latest = {
            record.sha256: (record.sha256, record.mtime_ns, record.size_bytes)
            for record in sorted(self.index.files().values(), key=lambda r: r.mtime_ns)
        }
        return [each for key, each in latest.items() if key not in used]

    def _forget(self, doc_ids: Collection[str]) -> None:
        if not doc_ids:
            return
        index = self.index
        docs = [doc for doc_id in doc_ids if (doc := index.document(doc_id)) is not None]
        sources = [source for source, r in index.files().items() if r.sha256 in doc_ids]
        index.remove_sources(sources)
        index.tidy.sweep(gone={e.image.id for doc in docs for e in doc.elements if e.image})
        for doc_id in doc_ids:
            index.members.path(doc_id).unlink(missing_ok=True)

    def stages(self, active: ActiveModels, embedded: EmbeddedWriter | None) -> Stages:
        index = self.index
        with self._lock:
            if self._built_in is None:
                self._built_in = BuiltIn(index, self.embedder, self.reader, gaps=self.gaps)
            built_in = self._built_in
        own = replace(active, meaning=None, sight=None)
        return Stages(index, built_in, own, self.limits, embedded=embedded)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for index in filter(None, (*self._others.values(), self._own)):
                index.close()
            self._others, self._own = {}, None


def attachment_answers(
    whole: Question, files: AttachedFiles, folder: WorkspaceIndex, stages: Stages, *, sees: bool
) -> Iterator[Answer]:
    """Yield a growing answer of attachments; `stages` are those of the folder: its models serve."""
    index, own = files.index, files.stages(stages.active, stages.embedded)

    def ask(asked: Question) -> Iterator[Answer]:
        """Yield what the attachments say; what they are about, as a summary."""
        found = admitted([r for r in index.documents() if r.id], asked.filters)
        documents = [one for one in found if not one.media_type.startswith("image/")]
        if documents and (wish := _summed_up(asked)):  # pictures tell what they are by their form
            return own.summarize(asked, wish, documents)
        return own.counted().ask(asked)

    def same_pictures(asked: Question) -> list[Hit]:
        images = (one.image for one in asked.attachments if one.image is not None)
        hits = (
            hit
            for image in images
            for hit in folder.search_image(image.phash, k=SAME_PICTURES, filters=asked.filters)
            if hit.score >= SAME_PICTURE_SCORE
        )
        return sorted(hits, key=lambda hit: -hit.score)

    return AttachmentAnswers(
        whole=whole,
        chunks_of=index.chunks_of,
        ask_attached=ask,
        ask_documents=stages.answer,
        write=own.write,
        rank=lambda asked, k: stages.search.ranked(asked, k=k),
        same_pictures=same_pictures,
        frequencies=folder.document_frequencies,
        writes=stages.active.writer is not None,
        sees=sees,
    ).answers()


def _summed_up(asked: Question) -> SummaryWish | None:
    """Return the summary that answers a question like "what is this?"; None for any other."""
    wish = asked.summary
    if wish and not (wish.named and named(wish.named)):
        return replace(wish, named="")
    return SummaryWish() if asks_what_it_is(asked.text) else None


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

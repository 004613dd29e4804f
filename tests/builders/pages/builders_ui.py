"""A small real engine, library, renderer and ingest in memory: the chat's tests pass them in."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag.answer.base.explain import asked_words
from rag.datamodel import (
    Answer,
    Attachment,
    BBox,
    Chunk,
    Citation,
    Document,
    Element,
    Hit,
    Provenance,
    Query,
    QueryImage,
    Turn,
)
from rag.errors import SourceError
from rag.index.assets import AssetStore
from rag.index.conversations.conversations import Conversations
from rag.index.conversations.pins import Pins
from rag.index.conversations.preferences import Preferences
from rag.index.conversations.reports import Reports
from rag.index.conversations.shares import Shares
from rag.index.ledger.ledger import Ledger
from rag.index.ledger.left_out import LeftOut
from rag.index.ledger.source_folders import Roots
from rag.index.people.audit import Audit
from rag.index.people.sessions import Sessions
from rag.index.people.usage import Usage
from rag.index.rows.records import DocumentRecord, version_of
from rag.index.workspace.tidy import Tidy
from rag.neural.models.model_table import PARTS, HubModel, Part
from rag.parts.charts import Alternative, AnswerChart, ChartPoint, ChartSeries
from rag.progress import Gauge
from rag.protocols import Pixels

BOX = BBox(x0=0.25, y0=0.5, x1=0.75, y1=0.6)
PDF = "application/pdf"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def digest(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def a_chunk(text: str = "Snow fell.", *, source: str = "report.pdf", **changes: Any) -> Chunk:
    """Make a chunk on page 2, one line in `BOX`."""
    values: dict[str, Any] = {
        "id": digest(source + text)[:16],
        "doc_id": digest(source),
        "source": source,
        "ordinal": 0,
        "text": text,
        "provenances": (Provenance(page=2, bbox=BOX, span=(0, len(text))),),
    }
    return Chunk(**values | changes)


def an_answer(text: str, *chunks: Chunk, **changes: Any) -> Answer:
    """Make a complete answer; the mark `[n]` of the text, at its last place, cites chunk n."""
    citations = tuple(
        Citation(
            number=number,
            chunk=chunk,
            span=(text.rindex(f"[{number}]"), text.rindex(f"[{number}]") + len(f"[{number}]")),
            provenances=chunk.provenances,
            quote=chunk.text,
        )
        for number, chunk in enumerate(chunks, start=1)
    )
    values: dict[str, Any] = {
        "query": Query(text="How much snow?"),
        "text": text,
        "citations": citations,
        "complete": True,
    }
    return Answer(**values | changes)


def a_charted_answer(words: str = "Snow cm") -> Answer:
    """Make an answer with a line of two points and another reading, all of cells of one chunk."""
    chunk = a_chunk("Month | Snow cm\nJan | 214\nFeb | 268")
    points = tuple(
        ChartPoint(at=at, text=str(value), value=float(value), cell=at)
        for at, value in enumerate((214, 268))
    )
    return an_answer(
        "Snow cm: 214 (Jan) to 268 (Feb). [1]",
        chunk,
        cells=tuple(
            Citation(number=1, chunk=chunk, span=(0, 0), quote=quote)
            for quote in ("Jan | 214", "Feb | 268")
        ),
        chart=AnswerChart(
            kind="line",
            title=words,
            label_name="Month",
            value_name=words,
            labels=("Jan", words),
            series=(ChartSeries(name=words, points=points),),
        ),
        alternatives=(Alternative(plan=f"the sum of {words}", result="482", cells=(0, 1)),),
    )


def a_hit(chunk: Chunk, rank: int = 1) -> Hit:
    return Hit(chunk=chunk, score=0.1, rank=rank, channel="fused")


def a_document(
    *elements: Element, source: str = "report.pdf", media_type: str = PDF, **changes: Any
) -> Document:
    values: dict[str, Any] = {
        "id": digest(source),
        "sources": (source,),
        "media_type": media_type,
        "elements": elements,
    }
    return Document(**values | changes)


class FakeLibrary:
    """Documents in memory, pictures in a folder."""

    def __init__(self, *docs: Document, folder: Path) -> None:
        self.docs = {doc.id: doc for doc in docs}
        self.failed: list[DocumentRecord] = []
        self.root: Path | None = folder
        self.roots = Roots(own=folder)
        self._hidden = folder / ".pagelight"
        self.assets = AssetStore(self._hidden / "assets", megapixels=10)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self._ledger)

    @cached_property
    def left_out(self) -> LeftOut:
        return LeftOut(self._ledger)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self._ledger)

    @cached_property
    def shares(self) -> Shares:
        return Shares(self._ledger)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self._ledger)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self._ledger)

    @cached_property
    def usage(self) -> Usage:
        return Usage(self._ledger)

    @cached_property
    def pins(self) -> Pins:
        return Pins(self._ledger)

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self._ledger)

    @cached_property
    def tidy(self) -> Tidy:
        return Tidy(self._hidden, self._ledger, self.assets)

    @cached_property
    def _ledger(self) -> Ledger:
        self._hidden.mkdir(exist_ok=True)
        return Ledger(self._hidden / "ledger.sqlite")

    def remove_sources(self, sources: Sequence[str]) -> None:
        kept = {key: doc for key, doc in self.docs.items() if not {*doc.sources} & {*sources}}
        self.docs = kept
        self.failed = [record for record in self.failed if not {*record.sources} & {*sources}]

    def documents(self) -> list[DocumentRecord]:
        ready = [
            DocumentRecord(
                id=doc.id,
                sources=doc.sources,
                media_type=doc.media_type,
                page_count=doc.page_count,
                pending=doc.pending,
                warnings=doc.warnings,
            )
            for doc in self.docs.values()
        ]
        return ready + self.failed

    def version(self) -> str:
        return version_of(self.documents(), self.left_out.sources())

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int
    ) -> tuple[int, list[list[str]]]:
        rows = [line.split(" | ") for line in text.split("\n")[1:]] if doc_id in self.docs else []
        return len(rows), rows[first : first + count]

    def row_of(self, doc_id: str, text: str, cells: Sequence[str]) -> int | None:
        height, rows = self.kept_rows(doc_id, text, 0, text.count("\n"))
        return rows.index(list(cells)) if height and list(cells) in rows else None

    def document(self, doc_id: str) -> Document | None:
        return self.docs.get(doc_id)

    def alike(self, text: str, phash: str, *, media_types: Collection[str], k: int) -> list[Chunk]:
        """Return a chunk of each element with a word of `text`."""
        del phash
        asked = set(text.split())
        return [
            Chunk(
                id=f"{doc.id[:8]}{n}",
                doc_id=doc.id,
                source=doc.sources[0],
                ordinal=n,
                text=element.text,
                provenances=element.provenances,
            )
            for doc in self.docs.values()
            if doc.media_type in media_types
            for n, element in enumerate(doc.elements)
            if asked & set(element.text.split())
        ][:k]


@dataclass(frozen=True)
class FakeProfile:
    name: str = "embedded"
    told: str = "Answers are quoted."
    summary: str = "TinyLM finds."
    next_step: str = "local would write."


class FakeAttached:
    """Documents that came with questions, their bytes and pictures, in memory."""

    def __init__(self, folder: Path) -> None:
        self.docs: dict[str, Document] = {}
        self.swept = 0
        self._folder = folder
        self.assets = AssetStore(folder / "assets", megapixels=10)

    def put(self, doc: Document, data: bytes) -> None:
        self.docs[doc.id] = doc
        self._folder.mkdir(exist_ok=True)
        self.bytes_of(doc.id).write_bytes(data)

    def version(self) -> str:
        return version_of(self.documents(), self.left_out.sources())

    def document(self, doc_id: str) -> Document | None:
        return self.docs.get(doc_id)

    def picture(self, image_id: str, *, among: Collection[str]) -> tuple[Path, str] | None:
        images = [e.image for d in self.docs.values() if d.id in among for e in d.elements]
        held = any(image and image.id == image_id for image in images)
        return self.assets.find(image_id) if held else None

    def bytes_of(self, doc_id: str) -> Path:
        return self._folder / doc_id

    def sweep(self) -> None:
        self.swept += 1


class FakeIncoming:
    """Reads every file as a picture that says STOP; a name with "broken" can't be read."""

    def __init__(self, attached: FakeAttached) -> None:
        self._attached = attached
        self.begun: list[Path] = []

    def read_image(self, path: Path) -> QueryImage:
        if "broken" in path.name:
            raise SourceError(f"{path.name} is broken.")
        return QueryImage(path=str(path), phash="0" * 16, lettering="STOP")

    def attach(self, path: Path, *, name: str = "", whole: bool = True) -> Attachment:
        del whole
        return self._read(path, name or path.name)

    def attached_before(self, doc_id: str, name: str) -> Attachment:
        return self._read(self._attached.bytes_of(doc_id), name)

    def begin(self, path: Path) -> None:
        self.begun.append(path)

    def _read(self, path: Path, name: str) -> Attachment:
        image, data = self.read_image(path), path.read_bytes()
        shade = np.full((40, 40, 3), len(data) % 255, dtype=np.uint8)
        picture = Element(
            role="figure",
            text="STOP",
            image=self._attached.assets.put(shade),
            provenances=(Provenance(page=1, bbox=BOX, span=(0, 4)),),
        )
        doc = a_document(
            picture, source=name, id=digest(data), media_type="image/png", page_count=1
        )
        self._attached.put(doc, data)
        return Attachment(doc_id=doc.id, name=name, media_type="image/png", image=image)


@dataclass
class FakeEngine:
    """Answers every question with `answers`, or raises `error`."""

    index: FakeLibrary
    answers: Sequence[Answer] = ()
    error: Exception | None = None
    is_ready: bool = True
    one_at_a_time: bool = False
    profile: FakeProfile = field(default_factory=FakeProfile)
    asked: list[tuple[Query, tuple[Turn, ...]]] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    def writers(self) -> dict[str, str]:
        return self.others

    @cached_property
    def attached(self) -> FakeAttached:
        return FakeAttached(Path(tempfile.mkdtemp()))

    @cached_property
    def incoming(self) -> FakeIncoming:
        return FakeIncoming(self.attached)

    def warm(self) -> None:
        self.is_ready = True

    def ready(self) -> bool:
        return self.is_ready

    def status(self) -> str:
        return "" if self.is_ready else "The models are loading."

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        self.asked.append((query, tuple(history)))
        yield from self.answers
        if self.error is not None:
            raise self.error

    def telling_words(self, question: str, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        return asked_words(question, chunk.text)

    def search(self, query: Query, k: int) -> list[Hit]:
        self.asked.append((query, ()))
        return [a_hit(a_chunk())][:k]


class FakeSwitching:
    """Changes models once it is let go, or raises `problem`; stops when it is told to."""

    def __init__(self) -> None:
        self.used: dict[Part, str] = dict.fromkeys(PARTS, "")
        self.awaited: dict[Part, str] = {}
        self.settings: dict[Part, str] = {}
        self.here: tuple[HubModel, ...] = ()
        self.problem: Exception | None = None
        self.go = threading.Event()
        self.gauge: Gauge | None = None

    def in_use(self) -> dict[Part, str]:
        return dict(self.used)

    def coming(self) -> dict[Part, str]:
        return dict(self.awaited)

    def fixed(self, part: Part) -> str:
        return self.settings.get(part, "")

    def offered(self) -> tuple[HubModel, ...]:
        return self.here

    def use(self, part: Part, name: str, *, stop: threading.Event, gauge: Gauge) -> bool:
        self.gauge = gauge
        while not (self.go.wait(0.005) or stop.is_set()):
            pass
        if stop.is_set():
            return False
        if self.problem is not None:
            raise self.problem
        self.used[part] = name
        self.awaited.pop(part, None)
        return True


def wait(condition: Callable[[], object]) -> None:
    """Wait until `condition()`, a minute at most."""
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


class FakeRenderer:
    """Draws every page grey; counts how often."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Path, int, int]] = []

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels:
        self.drawn.append((path, page, width_px))
        return np.full((width_px * 2, width_px, 3), 200, dtype=np.uint8)


@dataclass(frozen=True)
class FakeProgress:
    stage: str = "reading"
    files_total: int = 4
    files_done: int = 1
    pages_done: int = 20
    pages_total: int | None = None
    pages_per_s: float = 12.34
    seconds_left: float | None = 30.0
    source: str = ""
    share: float | None = None


class FakeReport:
    def as_json(self) -> dict[str, Any]:
        return {"files": [], "totals": {}}


class FakeIngest:
    """Tells one progress, waits to be let go, and ends; or raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.go = threading.Event()
        self.began = threading.Event()
        self.stopped = False
        self.folders: list[Path] = []
        self.removed_all: list[bool] = []

    def run(
        self,
        folder: Path,
        *,
        on_progress: Callable[[Any], None],
        stop: threading.Event,
        remove_all: bool = False,
    ) -> FakeReport:
        self.folders.append(folder)
        self.removed_all.append(remove_all)
        on_progress(FakeProgress())
        self.began.set()
        while not self.go.wait(0.01) and not stop.is_set():
            pass
        self.stopped = stop.is_set()
        if self.error is not None:
            raise self.error
        return FakeReport()

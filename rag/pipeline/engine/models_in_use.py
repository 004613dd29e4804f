"""The line-up: the models beside the built-in ones that take part together, as one value."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from rag.models.generators import WritingGenerator, naming_of
from rag.models.registry.choice import SETTING
from rag.models.registry.model_table import Part
from rag.models.sentence_models import ModelReranker
from rag.progress import Progress
from rag.retrieval.images import ImageSearch
from rag.retrieval.model_search import DenseSearch
from rag.settings import Settings

T = TypeVar("T")


@dataclass(slots=True)
class _HeldValue(Generic[T]):
    value: T
    users: int = 0


class RefCounted(Generic[T]):
    """Any thread may call.

    `release` is called once for each value that was exchanged and is in use no more, oldest first,
    with the value that followed it: the two may share parts.
    """

    def __init__(self, value: T, release: Callable[[T, T], None]) -> None:
        self._release = release
        self._lock = threading.Lock()
        self._releasing = threading.RLock()
        self._held: deque[_HeldValue[T]] = deque([_HeldValue(value)])

    @property
    def current(self) -> T:
        return self._held[-1].value

    @property
    def all(self) -> list[T]:
        """All that is not released yet, oldest first."""
        with self._lock:
            return [held.value for held in self._held]

    @property
    def in_use(self) -> bool:
        """Whether anything is lent."""
        with self._lock:
            return any(held.users for held in self._held)

    @contextmanager
    def lent(self) -> Iterator[T]:
        """Lend what is current now; it stays usable until the block ends."""
        with self._lock:
            held = self._held[-1]
            held.users += 1
        try:
            yield held.value
        finally:
            with self._lock:
                held.users -= 1
            self._release_idle()

    def exchange(self, value: T) -> None:
        with self._lock:
            self._held.append(_HeldValue(value))
        self._release_idle()

    def _release_idle(self) -> None:
        with self._releasing:
            while pair := self._oldest_idle():
                self._release(*pair)

    def _oldest_idle(self) -> tuple[T, T] | None:
        with self._lock:
            if len(self._held) == 1 or self._held[0].users:
                return None
            return self._held.popleft().value, self._held[0].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Which models run: to who asks (`notice`), to who chooses (`summary`), and the next step."""

    name: str
    notice: str
    summary: str
    next_step: str
    writes: bool = True


_ALWAYS: Final = "MiniLM finds the places, RapidOCR reads text in pictures."

EMBEDDED: Final = Profile(
    name="embedded",
    notice="Answers quote your documents.",
    summary=f"No model writes: answers are quotations. {_ALWAYS}",
    next_step="A model that writes would put them in its own words, and look at pictures.",
    writes=False,
)

WRITTEN: Final = replace(
    EMBEDDED,
    notice="A small model on this machine answers; each sentence is checked with your documents.",
    summary=f"A small model on this machine writes the answers. {_ALWAYS}",
    next_step="A larger model would write more, and look at pictures.",
    writes=True,
)
"""With the writer of the set-up."""


def written(settings: Settings) -> Profile:
    """Return the profile whose answers the writer of the set-up writes."""
    return replace(WRITTEN, summary=WRITTEN.summary + _more_parts(settings))


def profile_of(settings: Settings, writer: WritingGenerator | None) -> Profile:
    """Return the profile of settings that name all models; `writer` is what they make write."""
    parts = _more_parts(settings)
    if writer is None:
        return replace(EMBEDDED, summary=EMBEDDED.summary + parts)
    name, who = naming_of(settings, writer)
    return Profile(name=name, notice=who, summary=f"{who} {_ALWAYS}{parts}", next_step="")


def _more_parts(settings: Settings) -> str:
    named = (
        (settings.text_model, "{name} finds by meaning."),
        (settings.reranker, "{name} orders what was found."),
        (settings.image_model, "{name} sees pictures."),
    )
    return "".join(" " + does.format(name=Path(source).name) for source, does in named if source)


FIELD: Final[dict[Part, str]] = {
    "text": "meaning",
    "images": "sight",
    "reranker": "reranker",
    "generator": "writer",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActiveModels:
    """None: the built-in way. `settings` name the model of each part."""

    settings: Settings
    sight: ImageSearch | None = None
    meaning: DenseSearch | None = None
    reranker: ModelReranker | None = None
    writer: WritingGenerator | None = None

    @property
    def profile(self) -> Profile:
        return profile_of(self.settings, self.writer)

    def source(self, part: Part) -> str:
        """Return the setting that names the model of a part; "" for the built-in way."""
        return str(getattr(self.settings, SETTING[part]))

    def with_part(self, part: Part, other: ActiveModels) -> ActiveModels:
        """Return this line-up with one part taken from another."""
        taken: dict[str, Any] = {SETTING[part]: other.source(part)}
        field: dict[str, Any] = {FIELD[part]: getattr(other, FIELD[part])}
        return replace(self, settings=replace(self.settings, **taken), **field)

    def problems(self) -> Iterator[str]:
        """Yield why a part that was asked for does not run, each as a sentence."""
        for part in (self.sight, self.reranker, self.meaning):
            if part and part.problem:
                yield part.problem

    def names(self) -> dict[str, str]:
        """Return what runs, by its part."""
        names = {"generator": self.writer.model_id if self.writer else "extractive"}
        if self.sight and self.sight.model_id:
            names["images"] = self.sight.model_id
        if self.reranker:
            names["reranker"] = self.reranker.model_id
        if self.meaning:
            names["text"] = self.meaning.name
        return names

    def warm(self) -> None:
        """Load what searches; where that fails, `problems` tell."""
        for part in (self.sight, self.reranker, self.meaning):
            if part:
                part.warm()

    def load(self) -> None:
        """Load all of it. Raises ModelError, or WorkspaceError where its vectors can't be used."""
        for part in (self.sight, self.reranker, self.meaning):
            if part:
                part.load()
        if self.writer:
            self.writer.warm()

    def read(self, stop: threading.Event, progress: Progress) -> int:
        """Make the vectors that lack, until `stop`; return how many. Raises PagelightError."""
        made = self.meaning.embed_missing(stop, progress) if self.meaning else 0
        return made + (self.sight.embed_missing(stop, progress) if self.sight else 0)

    def close(self) -> None:
        """End what is being done, and give the memory back."""
        self.close_but(None)

    def close_but(self, kept: ActiveModels | None) -> None:
        """As `close`, without the parts that `kept` has too."""
        for name in FIELD.values():
            part = getattr(self, name)
            if part is not None and (kept is None or part is not getattr(kept, name)):
                part.close()

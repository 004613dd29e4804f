"""The line-up: the models beside the built-in ones that take part together; and its change.

Other models come into a running engine one part at a time, without a stop. What finds by vectors
makes them first; only then it takes over, and the choice is kept.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from rag.errors import ModelError, PagelightError, SettingsError
from rag.models.folder_models import ModelReranker
from rag.models.generators import WritingGenerator, where
from rag.models.registry.choice import SETTING, ModelChoices, choose, fixed_by, is_here, source_of
from rag.models.registry.downloads import ModelStore
from rag.models.registry.model_table import PARTS, HubModel, Part, model_named
from rag.progress import NO_PROGRESS, Progress
from rag.retrieval.images import ImageSearch
from rag.retrieval.model_search import DenseSearch
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.pipeline.engine.engine import Engine

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


def profile_of(settings: Settings, writer: WritingGenerator | None, *, is_written: bool) -> Profile:
    """Return the profile of settings that name all models; `writer` is what they make write.

    `is_written`: without it the writer of the set-up writes.
    """
    found = WRITTEN if is_written else EMBEDDED
    if writer is not None:
        kind, who = (
            "local" if is_here(settings.generator) else "endpoint",
            where(settings.generator),
        )
        name, summary = f"{kind}: {writer.model_id}", f"{who} {_ALWAYS}"
        found = Profile(name=name, notice=who, summary=summary, next_step="")
    named = (
        (settings.text_model, "{name} finds by meaning."),
        (settings.reranker, "{name} orders what was found."),
        (settings.image_model, "{name} sees pictures."),
    )
    parts = (" " + does.format(name=Path(source).name) for source, does in named if source)
    return replace(found, summary="".join((found.summary, *parts)))


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

    def source(self, part: Part) -> str:
        """Return the setting that names the model of a part; "" for the built-in way."""
        return str(getattr(self.settings, SETTING[part]))

    def with_part(self, part: Part, other: ActiveModels) -> ActiveModels:
        taken: dict[str, Any] = {SETTING[part]: other.source(part)}
        field: dict[str, Any] = {FIELD[part]: getattr(other, FIELD[part])}
        return replace(self, settings=replace(self.settings, **taken), **field)

    @property
    def _searching(self) -> Iterator[ImageSearch | ModelReranker | DenseSearch]:
        yield from filter(None, (self.sight, self.reranker, self.meaning))

    def problems(self) -> Iterator[str]:
        """Yield why a part that was asked for does not run, each as a sentence."""
        yield from filter(None, (part.problem for part in self._searching))

    def names(self) -> dict[str, str]:
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
        for part in self._searching:
            part.warm()

    def load(self) -> None:
        """Load all of it. Raises ModelError, or WorkspaceError where its vectors can't be used."""
        for part in self._searching:
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


Make = Callable[[Settings], ActiveModels]
"""Makes the models that settings name, not yet loaded; raises PagelightError."""


class ModelSwitch:
    """`settings` are those that the engine was built of, before a profile filled them in.

    Any thread may call. Switches of one part wait for each other, and models load one at a time.
    """

    def __init__(self, settings: Settings, engine: Engine, make: Make) -> None:
        self._settings = settings
        self._engine = engine
        self._make = make
        self._choices = ModelChoices(settings.workspace)
        self._loading = threading.Lock()
        self._turns: dict[Part, threading.Lock] = {part: threading.Lock() for part in PARTS}

    def in_use(self) -> dict[Part, str]:
        """Return the name of what does each part now; "" for the built-in way."""
        active = self._engine.active
        return {part: Path(active.source(part)).name for part in PARTS}

    def coming(self) -> Mapping[Part, str]:
        """Return the models that are to be used once their vectors are made."""
        return self._choices.read().coming

    def fixed(self, part: Part) -> str:
        """Return the setting that says what does a part; "" where a person may choose here."""
        return fixed_by(part, self._settings)

    def offered(self) -> tuple[HubModel, ...]:
        """Return what came to the disk meanwhile and the next start would take."""
        active = self._engine.active
        try:
            taken = choose(self._settings).models
        except PagelightError:  # models were deleted meanwhile: what runs goes on
            return ()
        return tuple(m for m in taken if source_of(m, self._settings) != active.source(m.part))

    def use(
        self, part: Part, name: str, *, stop: threading.Event, progress: Progress = NO_PROGRESS
    ) -> bool:
        """Give a part to a fetched model, or back to the built-in way (`BUILT_IN`).

        Returns False where `stop` was set before its vectors were made: what is made stays, and
        the same call goes on. Raises SettingsError where a setting names the part, ModelError
        where the model is not there or can't run.
        """
        if setting := self.fixed(part):
            raise SettingsError(
                f"{setting} says what {PARTS[part]}.", hint="Take it away to choose here."
            )
        with self._turns[part]:
            if stop.is_set():
                return False
            alone = self._alone(part, name)
            if getattr(alone, SETTING[part]) != self._engine.active.source(part):
                made = self._ready(part, name, alone, stop, progress)
                if made is None:
                    return False
                self._engine.swap(part, made)
            self._choices.use(part, name)
            self._engine.forget_others()
        return True

    def _ready(
        self, part: Part, name: str, alone: Settings, stop: threading.Event, progress: Progress
    ) -> ActiveModels | None:
        """Return a line-up of one part, with all its vectors; None once `stop` is set."""
        made = self._make(alone)
        try:
            with self._loading:
                made.load()
            if made.meaning or made.sight:
                self._choices.expect(part, name)
            while made.read(stop, progress):
                pass  # documents may have come meanwhile
        except BaseException:
            made.close()
            raise
        if stop.is_set():
            made.close()
            return None
        return made

    def _alone(self, part: Part, name: str) -> Settings:
        sources: dict[str, Any] = dict.fromkeys(SETTING.values(), "")
        if name:
            model = model_named(name)
            if model.part != part or ModelStore(self._settings.models).find(name) is None:
                raise ModelError(
                    f"{name} is not on this machine.", hint=f"Run: pagelight models fetch {name}"
                )
            sources[SETTING[part]] = source_of(model, self._settings)
        return replace(self._settings, **sources)

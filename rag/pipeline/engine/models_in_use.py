"""The line-up: the models beside the built-in ones that take part together, as one value."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rag.models.generators import WritingGenerator, naming_of
from rag.models.registry.choice import SETTING
from rag.models.registry.model_table import Part
from rag.models.rerankers import ModelReranker
from rag.progress import Progress
from rag.retrieval.images import ImageSearch
from rag.retrieval.model_search import DenseSearch
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Which models run, and what the next step up would add, each as a sentence.

    `notice` says it to who asks questions, `summary` to who chooses models. `writes`: a model does.
    """

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
    return Profile(
        name=name,
        notice=who,
        summary=f"{who} {_ALWAYS}{parts}",
        next_step="",
    )


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
        """Make the vectors that its models find by and that lack; return how many were made.

        Ends early once `stop` is set. Raises PagelightError where a model can't be used.
        """
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

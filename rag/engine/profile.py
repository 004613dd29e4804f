"""Which models run, as a person is told. Knows settings; loads nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rag.models.generators import WritingGenerator, told
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Which models run, and what the next step up would add, each as a sentence.

    `told` says it to who asks questions, `summary` to who chooses models.
    """

    name: str
    told: str
    summary: str
    next_step: str


EMBEDDED: Final = Profile(
    name="embedded",
    told="Answers quote your documents.",
    summary="Nothing to download: MiniLM finds, RapidOCR reads lettering, answers are quotations.",
    next_step="A model that writes would put them in its own words, and look at pictures.",
)

WRITTEN: Final = replace(
    EMBEDDED,
    told="A small model on this machine answers; each sentence is checked with your documents.",
    summary="A small model on this machine writes. MiniLM finds, RapidOCR reads lettering.",
    next_step="A larger model would write more, and look at pictures.",
)
"""With the writer of the set-up."""


def written(profile: Profile, settings: Settings) -> Profile:
    """Return a profile whose answers the writer of the set-up writes."""
    told = replace(WRITTEN, name=profile.name)
    return replace(told, summary=told.summary + _more_parts(settings))


def profile_of(settings: Settings, writer: WritingGenerator | None) -> Profile:
    """Return the profile of settings that name all models; `writer` is what they make write."""
    parts = _more_parts(settings)
    if writer is None:
        return replace(EMBEDDED, summary=EMBEDDED.summary + parts)
    name, who = told(settings, writer)
    return Profile(
        name=name,
        told=who,
        summary=f"{who} MiniLM finds, RapidOCR reads lettering.{parts}",
        next_step="",
    )


def _more_parts(settings: Settings) -> str:
    named = (
        (settings.text_model, "{name} finds by meaning."),
        (settings.reranker, "{name} orders what was found."),
        (settings.image_model, "{name} sees pictures."),
    )
    return "".join(" " + does.format(name=Path(source).name) for source, does in named if source)

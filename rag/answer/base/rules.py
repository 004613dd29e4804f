"""The rules of answering that can be switched off, to measure what each brings. Knows their names.

A question carries which are on; whoever follows a rule asks there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rag.errors import SettingsError

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "calculations": "Differences, sums, shares and ratios are worked out.",
        "compound": "Two questions in one are searched and answered each.",
        "openings": "An opening that only names the document is left out.",
        "kinds": "A question for a date, number, person or place is answered by one.",
        "gloss": "A question in another language is read word by word in English.",
        "forms": "Charts, tables and recordings come first where a question names one.",
        "feedback": "What is like the likeliest places found is drawn up.",
        "named-documents": "A name that places of one document repeat is told of its others.",
        "named-pages": "Of one document only the pages that a question names are searched.",
        "sides": "The sides of a comparison are searched each.",
        "library": "Who wrote a document, how many there are, and the like is told.",
        "pictures": "A picture that is asked for is shown.",
    }
)
"""By name: what each rule does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which rules are on: all but those `off`, sorted names. Raises SettingsError for others."""

    off: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.off if name not in RULES]
        if unknown:
            raise SettingsError(
                f"There is no rule {', '.join(unknown)}.",
                hint="What can be left out is told by: pagelight eval --ablate list",
            )

    def on(self, rule: str) -> bool:
        return rule not in self.off


ALL_RULES: Final = Rules()

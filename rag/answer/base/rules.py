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
        "scales": "A number of a table is told with the table's scale.",
        "plans": "What is picked or worked out of a table is a plan over its columns.",
        "compound": "Two questions in one are searched and answered each.",
        "agreement": "Sources that tell different numbers are shown as such.",
        "openings": "An opening that only names the document is left out.",
        "crossing": "Row and column of a cell are weighed against the others of its table.",
        "cells": "A cell is weighed by its row's label and its column's name.",
        "left-labels": "A value is of the nearest label to its left.",
        "points": "Numbers of points of a list are no answers.",
        "kinds": "A question for a date, number, person or place is answered by one.",
        "asked-form": "A question for a day, a length or a time of day is answered by one.",
        "gloss": "A question in another language is read word by word in English.",
        "missing-years": "A year that no source names makes an answer less likely.",
        "answering-page": "The page that most of the chance falls on leads the places found.",
        "forms": "Charts, tables and recordings come first where a question names one.",
        "feedback": "What is like the likeliest places found is drawn up.",
        "named-documents": "A name that places of one document repeat is told of its others.",
        "named-pages": "Of one document only the pages that a question names are searched.",
        "sides": "The sides of a comparison are searched each.",
        "library": "Who wrote a document, how many there are, and the like is told.",
        "pictures": "A picture that is asked for is shown.",
        "people": "People are told by what they do: the staff, and who is in charge.",
        "columns": "All things of a kind are listed from a table that has a column of them.",
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

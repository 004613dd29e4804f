"""Questions as people ask them, by kind: templates over invented documents, made for training.

The public sets hold few lists, summaries, wishes for advice and bare key words as people type them
over their own documents. A `{slot}` of a template is filled with one of its words. Knows strings
alone.
"""

from __future__ import annotations

import functools
import json
import random
import re
from collections.abc import Iterator
from importlib import resources
from typing import Final

CARELESS: Final = 0.7
"""So many begin with a small letter, ..."""

UNMARKED: Final = 0.3
"""... and so many of these lack their question mark."""

_SLOT: Final = re.compile(r"\{(\w+)\}")


@functools.cache
def _filled() -> dict[str, dict[str, list[str]]]:
    """Return the words of each slot, and the templates of each kind."""
    text = (resources.files(__package__) / "kind_templates.json").read_text(encoding="utf-8")
    data: dict[str, dict[str, list[str]]] = json.loads(text)
    return data


def kinds_with_templates() -> tuple[str, ...]:
    return tuple(_filled()["templates"])


def questions(kind: str, count: int, rng: random.Random) -> Iterator[str]:
    """Yield so many different questions of one kind; the templates must allow as many."""
    seen: set[str] = set()
    while len(seen) < count:
        question = _made(kind, rng)
        if question not in seen:
            seen.add(question)
            yield question


def _made(kind: str, rng: random.Random) -> str:
    """Return a question of this kind, written with more or less care."""
    template, slots = rng.choice(_filled()["templates"][kind]), _filled()["slots"]
    question = _SLOT.sub(lambda slot: rng.choice(slots[slot[1]]), template)
    if rng.random() >= CARELESS:
        return question[:1].upper() + question[1:]
    plain = question[:1].lower() + question[1:]
    return plain.rstrip("?") if rng.random() < UNMARKED else plain

"""What a model may ask for besides answering, and how it says so: one line, in any server's words.

A server that knows tools is told `TOOLS`; what it calls then comes as the same line. Knows text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import prompts
from rag.datamodel.writing import SearchStep
from rag.generation.prompt import fenced
from rag.generation.tools.call_forms import OPENINGS, line_in

MAX_STEPS: Final = 3
"""A fourth search of the same documents rarely finds what three did not."""

MAX_LETTERS: Final = 200
"""Of what is asked for."""

_LINE: Final = re.compile(
    r"^[ \t>*`]{0,8}CALL[ \t]{1,4}(\w{1,30})[ \t]{0,4}:(.{0,400})", re.MULTILINE
)
_BEGINNING: Final = "CALL "
_ASIDE: Final = " \t>*`\n"
_PLACE: Final = re.compile(r"(.{1,160}?)[,;]?\s{1,3}(?:page|p\.|Seite|S\.)?\s{0,3}(\d{1,4})")

_DONE: Final = {
    "search": "Searched again for “{words}”: {found}",
    "open": "Opened “{words}”: {found}",
    "table": "Asked the tables “{words}”: {found}",
    "list": "Listed documents “{words}”: {found}",
}

TOOLS: Final[tuple[dict[str, Any], ...]] = tuple(
    {
        "type": "function",
        "function": {
            "name": name,
            "description": told,
            "parameters": {"type": "object", "properties": fields, "required": list(fields)},
        },
    }
    for name, told, fields in (
        (
            "search",
            "Search all documents, or one that is named. What is found comes as further sources.",
            {"words": {"type": "string"}},
        ),
        (
            "open",
            "Read a page of a document whose name is known.",
            {"file": {"type": "string"}, "page": {"type": "integer"}},
        ),
        (
            "table",
            "Ask the tables for a largest, a count, a sum, rows. Their rows come as sources.",
            {"question": {"type": "string"}},
        ),
        (
            "list",
            'List documents by words of their names; "" lists all.',
            {"words": {"type": "string"}},
        ),
    )
)
"""The same in the form of the OpenAI chat protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What a model asks for. `words` are as it wrote them; `page` goes with `open`."""

    name: str
    words: str
    page: int = 0


def call_in(text: str) -> ToolCall | None:
    """Return the first call of a text; None where it answers."""
    found = _LINE.search(text) or _LINE.search(line_in(text))
    if found is None:
        return None
    name, words = found[1].lower(), found[2].strip(' \t`*"“”')[:MAX_LETTERS]
    place = _PLACE.fullmatch(words) if name == "open" else None
    if place:
        return ToolCall(name=name, words=place[1].strip(" \"'“”"), page=int(place[2]))
    return ToolCall(name=name, words=words, page=1 if name == "open" else 0)


def may_be_call(text: str) -> bool:
    """Tell whether a text that grows is a call, or may become one: it is not shown then."""
    begun = text.lstrip(_ASIDE)
    return any(opening.startswith(begun[: len(opening)]) for opening in (_BEGINNING, *OPENINGS))


def instructions(left: int) -> str:
    """Return how further searches are asked for; "" where none is left."""
    return prompts.load("calls").substitute(left=left) if left else ""


def told_steps(steps: Sequence[SearchStep]) -> str:
    """Return a line for the model of each step that it asked for."""
    done = [f"You asked for: {one.action} “{one.words}”. It brought: {one.found}" for one in steps]
    return "".join(f"{fenced(line)}\n" for line in done)


def step_line(step: SearchStep) -> str:
    """Return a step as a line for a person."""
    if step.refused:
        return f"Not done: {step.action} “{step.words}”. {step.found}"
    done = _DONE.get(step.action, f"{step.action} “{{words}}”: {{found}}")
    return done.format(words=step.words, found=step.found)

"""What a model may ask for besides answering: one line, in whatever form it was taught."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import prompts
from rag.datamodel.writing import SearchStep
from rag.generation.prompt import fenced

OPENINGS: Final = (
    "<tool_call>",  # Qwen, Hermes
    "<function=",  # Qwen3-Coder
    "<|python_start|>",  # Llama 4
    "<|python_tag|>",  # Llama 3
    "[TOOL_CALLS]",  # Mistral
    '{"name"',
    '{"type"',
    "json\n",  # what follows ```
)
"""How such a call begins: what begins so is not shown before it is known to be none."""

_SIGNED: Final = re.compile(
    r"(?:<tool_call>|<\|python_(?:start|tag)\|>|\[TOOL_CALLS\])\s{0,9}(?:\[\s{0,9})?(?=\{)"
)
_BARE: Final = re.compile(r"\s{0,9}(?:```(?:json)?\s{0,9})?(?:\[\s{0,9})?(?=\{)")
"""Without a sign of its own a call is all that a model writes."""

_TAG: Final = re.compile(r"<function=(\w{1,30})>")
_VALUE: Final = re.compile(r"<parameter=\w{1,30}>")
MAX_TAGGED: Final = 1000
"""Of what stands in the tags of a call."""


def line_in(text: str) -> str:
    """Return the first call of a text, in whatever form it is, as our line; "" without one."""
    tagged = _TAG.search(text)
    if tagged is not None:
        within = text[tagged.end() :][:MAX_TAGGED].partition("</function>")[0]
        _, *values = _VALUE.split(within)
        return line_of(tagged[1], [value.partition("</parameter>")[0] for value in values])
    found = _SIGNED.search(text) or _BARE.match(text)
    return _line_of_json(text[found.end() :]) if found else ""


def _line_of_json(text: str) -> str:
    try:
        call, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return ""
    values = call.get("arguments", call.get("parameters"))
    name = call.get("name")
    if not isinstance(name, str) or not isinstance(values, dict | str):
        return ""
    return line_of(name, values)


def line_of(name: str, arguments: Any) -> str:  # noqa: ANN401 - what a model or a server wrote
    """Return a call as our line; `arguments` are a JSON object, as text or read, or its values."""
    try:
        found = json.loads(arguments or "{}") if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError):
        found = {}
    values = list(found.values()) if isinstance(found, dict) else found
    values = values if isinstance(values, list) else []
    values_text = ", ".join(" ".join(str(value).split()) for value in values)
    plain = re.sub(r"\W", "_", name)[:30] or "nothing"
    return f"\nCALL {plain}: {values_text}"


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
            "description": description,
            "parameters": {"type": "object", "properties": fields, "required": list(fields)},
        },
    }
    for name, description, fields in (
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


def step_lines(steps: Sequence[SearchStep]) -> str:
    done = [f"You asked for: {one.action} “{one.words}”. It brought: {one.found}" for one in steps]
    return "".join(f"{fenced(line)}\n" for line in done)


def step_line(step: SearchStep) -> str:
    if step.refused:
        return f"Not done: {step.action} “{step.words}”. {step.found}"
    done = _DONE.get(step.action, f"{step.action} “{{words}}”: {{found}}")
    return done.format(words=step.words, found=step.found)

"""Calls as models write them into their words, where a server does not read them: to one line.

Qwen, Llama, Mistral and others are taught forms of their own. A server that knows tools and not the
form of its model hands on `<tool_call>{"name": "search", …}</tool_call>` as if it were the answer.
Knows text.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

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
MAX_LETTERS: Final = 1000
"""Of what stands in the tags of a call."""


def line_in(text: str) -> str:
    """Return the first call of a text, in whatever form it is, as our line; "" without one."""
    tagged = _TAG.search(text)
    if tagged is not None:
        within = text[tagged.end() :][:MAX_LETTERS].partition("</function>")[0]
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
    """Return a call that came by another protocol as the line that says the same.

    `arguments` are a JSON object, as text or read, or the values alone.
    """
    try:
        found = json.loads(arguments or "{}") if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError):
        found = {}
    values = list(found.values()) if isinstance(found, dict) else found
    values = values if isinstance(values, list) else []
    told = ", ".join(" ".join(str(value).split()) for value in values)
    plain = re.sub(r"\W", "_", name)[:30] or "nothing"
    return f"\nCALL {plain}: {told}"

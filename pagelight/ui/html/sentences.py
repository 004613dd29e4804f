"""Sentences that come from below, in the language of who reads: each is known by its template.

Why a file was not read, what was left out, which steps an answer took: that is told, and kept, in
English, its values filled in. The catalogues have those sentences with `{names}` in place of the
values. What they don't have stays as it is. Pure, but for the catalogues.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from babel.lists import format_list

from pagelight.ui.html.language import catalogue, say_number, spoken
from rag.errors import PagelightError

MAX_CHARS: Final = 1000
"""What is longer was never one sentence of ours."""

OF_SENTENCES: Final = frozenset({"why", "found", "holds"})
"""Names of values that are words of ours themselves."""

REASONS: Final = "reasons"
"""Name of a value that is several of ours, with a semicolon between them."""

WAYS: Final = "ways"
"""Name of a value that is several of ours, one after the other."""

NTH: Final = "nth"
"""Name of a value that is an ordinal of English; in other languages it is told as a number."""

_FIELD: Final = re.compile(r"\{(\w+)\}")
_STOPS: Final = (".", "…", ":", "!", "?", "”", ")")
_ENDS_IN_A_VALUE: Final = re.compile(r"[.:] \{\w+\}$")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")

Template = tuple[str, re.Pattern[str]]
"""A key of the catalogues, and what fits it: its values are the groups, in their order."""


def translated(text: str) -> str:
    """Return sentences in the language that is spoken, as far as the catalogue has them."""
    return text if spoken() == "en" or len(text) > MAX_CHARS else _translated(text, spoken())


def explained(error: PagelightError) -> str:
    """Return what an error says, in the language that is spoken as far as the catalogue has it."""
    if not error.values:
        return " ".join(map(translated, filter(None, error.templates)))
    words = (catalogue(spoken()).get(one, one) for one in error.templates if one)
    values = {n: say_number(v) if isinstance(v, int) else v for n, v in error.values.items()}
    return " ".join(one.format(**values) for one in words)


@lru_cache(maxsize=4096)
def _translated(text: str, language: str) -> str:
    words = catalogue(language)
    if text in words:
        return words[text]
    parts = []
    while text:
        part, text = _first(text, language)
        parts.append(part)
    return " ".join(parts)


def _first(text: str, language: str) -> tuple[str, str]:
    """Return the first sentence, said in a language where it is known, and what follows it."""
    for template, pattern in _templates(language):
        if found := pattern.match(text):
            return _filled(template, found), text[found.end() :]
    sentence, stop, rest = text.partition(". ")
    return f"{sentence}{stop}".rstrip(), rest


def _filled(template: str, found: re.Match[str]) -> str:
    names = _FIELD.findall(template)
    values = {name: _value(name, text) for name, text in zip(names, found.groups(), strict=True)}
    return catalogue(spoken())[template].format(**values)


def _value(name: str, text: str) -> str:
    if name == WAYS:
        return format_list([translated(one) for one in text.split(" and ")], locale=spoken())
    if name == REASONS:
        return "; ".join(map(translated, text.split("; ")))
    if name == NTH:
        return text.rstrip("sthndr")
    if _THOUSANDS.fullmatch(text):
        return say_number(int(text.replace(",", "")))
    return translated(text) if name in OF_SENTENCES else text


@cache
def _templates(language: str) -> tuple[Template, ...]:
    """Return the sentences of a catalogue, those of most letters first."""
    keys = filter(_is_sentence, catalogue(language))
    return tuple((key, _pattern(key)) for key in sorted(keys, key=_letters, reverse=True))


def _is_sentence(key: str) -> bool:
    return (" " in key and key.endswith(_STOPS)) or _ENDS_IN_A_VALUE.search(key) is not None


def _letters(template: str) -> int:
    return len(_FIELD.sub("", template))


def _pattern(template: str) -> re.Pattern[str]:
    """Return what a sentence and the space behind it fit; a value at its end goes to the end."""
    parts = map(re.escape, _FIELD.split(template)[::2])
    end = "$" if template.endswith("}") else r"(?:\s+|$)"
    return re.compile("(.+?)".join(parts) + end)

"""What is said in the language of who reads: words by the English ones, and sentences from below.

`say` and its like know the words of templates, Python and scripts. Why a file was not read, which
steps an answer took: that is told, and kept, in English, its values filled in; `translated` knows
such a sentence by its template in the catalogues. What they don't have stays as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Final

from babel import Locale, negotiate_locale
from babel.lists import format_list
from babel.numbers import format_decimal

from rag import messages
from rag.errors import PagelightError

LANGUAGES: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
}
COOKIE: Final = "language"
"""What the browser keeps of a language that was chosen by hand."""

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the words of a language by the English ones; of English itself there are none."""
    if language == "en":
        return {}
    return {**messages.catalogue(language), **messages.catalogue(language, "pagelight.ui.locale")}


def spoken() -> str:
    """Return the language that is spoken now, as ISO 639-1 has it."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let the block speak a language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(english: str, **values: object) -> str:
    """Return words in the language that is spoken, `{names}` replaced by their values."""
    words = known(english)
    return words.format(**values) if values else words


def say_count(number: int, one: str, many: str, **values: object) -> str:
    """Return words of a count, `{n}` in them: `one` or `many`, as the language counts."""
    form = Locale.parse(spoken()).plural_form(number)
    return say(one if form == "one" else many, n=say_number(number), **values)


def say_number(number: float, *, places: int = 0) -> str:
    """Return a number as the language that is spoken writes it, with so many decimal places."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(number, format=pattern, locale=spoken()))


def key(english: str) -> str:
    """Return words as they are: they are kept so, and said by `known` where they are shown."""
    return english


def known(text: str) -> str:
    """Return a text in the language that is spoken, if the catalogue has it; else as it is."""
    return catalogue(spoken()).get(text, text)


def chosen(*, cookie: str, accepted: str) -> str:
    """Return the language of a request, by its headers: chosen by hand, else the browser's."""
    try:
        morsel = SimpleCookie(cookie).get(COOKIE)
    except CookieError:
        morsel = None
    if morsel is not None and morsel.value in LANGUAGES:
        return morsel.value
    wanted = (part.partition(";")[0].strip() for part in accepted.split(","))
    return negotiate_locale([w for w in wanted if w], list(LANGUAGES), sep="-") or "en"


def time_left(seconds: float | None) -> str:
    """Return about how long something still takes; "" where that is not known."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half is still told in seconds
        return say("about {n} s left", n=max(1, round(seconds)))
    return say("about {n} min left", n=round(seconds / 60))


MAX_CHARS: Final = 1000
"""What is longer was never one sentence of ours."""

_FIELD: Final = re.compile(r"\{(\w+)\}")
_STOPS: Final = (".", "…", ":", "!", "?", "”", ")")
_ENDS_IN_A_VALUE: Final = re.compile(r"[.:] \{\w+\}$")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")


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
            named = zip(_FIELD.findall(template), found.groups(), strict=True)
            values = {name: _value(name, value) for name, value in named}
            return catalogue(language)[template].format(**values), text[found.end() :]
    sentence, stop, rest = text.partition(". ")
    return f"{sentence}{stop}".rstrip(), rest


def _value(name: str, text: str) -> str:
    """Return a value of a sentence: some are words of ours themselves, by their names."""
    match name:
        case "ways":
            return format_list([translated(one) for one in text.split(" and ")], locale=spoken())
        case "reasons":
            return "; ".join(map(translated, text.split("; ")))
        case "nth":  # an ordinal of English, told as a number
            return text.rstrip("sthndr")
        case _ if _THOUSANDS.fullmatch(text):
            return say_number(int(text.replace(",", "")))
        case "why" | "found" | "holds":
            return translated(text)
        case _:
            return text


@cache
def _templates(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the sentences of a catalogue, those of most letters first, each with what fits it.

    That is the sentence and the space behind it; a value at its end goes to the end.
    """
    found = []
    for key in catalogue(language):
        if (" " in key and key.endswith(_STOPS)) or _ENDS_IN_A_VALUE.search(key):
            between = map(re.escape, _FIELD.split(key)[::2])
            end = "$" if key.endswith("}") else r"(?:\s+|$)"
            found.append((key, re.compile("(.+?)".join(between) + end)))
    return tuple(sorted(found, key=lambda one: len(_FIELD.sub("", one[0])), reverse=True))

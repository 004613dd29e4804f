"""The page's words in the language of who reads: `say` looks them up by the English ones.

One catalogue a language, gettext's `ui/locale/LANGUAGE.po`, for Python and for the page's scripts;
lines of answers are `rag.messages`'. Which language is spoken is told for each request
(`speaking`); words that are said outside of any are English, and what is built once for all is
translated by the page's script. Pure, but for the files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import Final

from babel import Locale, negotiate_locale
from babel.numbers import format_decimal

from rag import messages

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
    """Return the language that a request asks for: what was chosen by hand, else the browser's.

    `cookie` and `accepted` are the headers `Cookie` and `Accept-Language`.
    """
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

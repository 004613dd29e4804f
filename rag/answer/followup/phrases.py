"""`And the sunrise visit?` after what a school class pays: which phrase gives way to another.

What people ask on about is of the kind of what they asked about: a name for a name, a time for a
time, `the` for `the` (parallelism of ellipsis and antecedent; Dalrymple, Shieber and Pereira,
Ellipsis and Higher-Order Unification, 1991). English rules over words; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rag.answer.followup.mentions import A_YEAR, AUXILIARY, COPULA, PREPOSITIONS, content, names
from rag.stop_words import QUESTION_WORDS
from rag.text import MONTH, STOP_WORDS

_WORD: Final = re.compile(r"[^\s,;:?!()\"“”]+|[,;:?!()\"“”]")
_ARTICLES: Final = frozenset("the a an".split())
_BETWEEN: Final = (
    STOP_WORDS | AUXILIARY | PREPOSITIONS | QUESTION_WORDS | frozenset("year years".split())
) - _ARTICLES
_TIME: Final = re.compile(rf"\b{MONTH}\b|{A_YEAR.pattern}")
_BEING: Final = COPULA | frozenset("be been being has have had".split())
_TAKES_VERB: Final = AUXILIARY - _BEING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """A phrase without a verb: where it stands, and the words."""

    start: int
    end: int
    text: str

    @property
    def has_article(self) -> bool:
        return self.text.split()[0].lower() in _ARTICLES

    @property
    def kind(self) -> str:
        """What it is: a time, a name, or a thing."""
        if _TIME.search(self.text):
            return "time"
        return "name" if names(f"of {self.text}") else "thing"


def by_phrase(part: str, previous: str) -> str:
    """Return the earlier question with `part` for the phrase that is most like it; "" for none.

    The most alike shares words, else is of its kind, has an article as it has, and stands last.
    """
    asked = list(_phrases(part))
    if not asked or asked[0].start > 0 or not content(part):
        return ""
    new = asked[0]
    alike = [old for old in _phrases(previous) if _shared(old, new) or old.kind == new.kind]
    if not alike:
        return ""
    old = max(alike, key=lambda one: _likeness(one, new))
    return previous[: old.start] + part + previous[old.end :]


def _likeness(old: _Phrase, new: _Phrase) -> tuple[int, bool, bool, int]:
    same_article = old.has_article == new.has_article
    return _shared(old, new), old.kind == new.kind, same_article, old.start


def _shared(old: _Phrase, new: _Phrase) -> int:
    return len(content(old.text) & content(new.text))


def _phrases(text: str) -> Iterator[_Phrase]:
    """Yield the runs of words that are no function words, each from its article on."""
    run: list[re.Match[str]] = []
    before = ""
    for match in [*_WORD.finditer(text), None]:
        word = match.group().lower() if match else ""
        breaks = match is None or word in _BETWEEN or not word[0].isalnum()
        if breaks or word in _ARTICLES:
            yield from _phrase(text, run, before=before, ends=breaks)
            before = word if breaks else ("" if run else before)
            run = []
        if match and not breaks:
            run.append(match)


def _phrase(text: str, run: list[re.Match[str]], *, before: str, ends: bool) -> Iterator[_Phrase]:
    """Yield the phrase of a run, without the verb that an auxiliary before it brings along."""
    said = [match for match in run if match.group().lower() not in _ARTICLES]
    if before in _TAKES_VERB and ends and len(said) > 1:
        run = run[:-1]
    is_verb = before in _BEING and len(run) == 1 and run[0].end() < len(text.rstrip(" ?.!"))
    if said and not is_verb:
        start, end = run[0].start(), run[-1].end()
        yield _Phrase(start=start, end=end, text=text[start:end])

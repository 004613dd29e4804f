"""Slips of the tongue cleaned: `in Rome, no wait, in Milan` is `in Milan`. English rules.

A slip has a part taken back, words that take it back, and its repair (Shriberg, Preliminaries to
a Theory of Speech Disfluencies, 1994). How far back the repair reaches is told by its first word:
where that stands earlier too, from there; else as many words as the repair's own phrase has.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.followup.mentions import ASKING, AUXILIARY, PREPOSITIONS

_FILLER: Final = r"(?:u+h+|u+m+|e+r+m?|err+|a+hh*|h+m+|eh|ugh|oops(?:ie)?|whoops)"
_SURE: Final = (
    r"(?:(?<!the )(?<!a )(?<!is )(?<!was )(?<!be )(?<!so )sorry|scratch that|strike that|or rather|"
    r"no no|no,? wait|wait,? no|nope|(?<!did )(?<!do )i (?:really )?mean[t]?(?! by)|e+r+m?|err+|"
    r"oops(?:ie)?)"
)
"""Words that take something back wherever they stand."""
_UNSURE: Final = (
    r"(?:wait|hold on|hang on|make that|correction|my mistake|excuse me|actually|instead|"
    r"rather(?! than)|no)"
)
"""Words that do so after a pause or a `no`: `who can make that decision` takes nothing back."""
_PAUSE: Final = r"[\s,.…–—-]++"
_ASKS: Final = r"(?= (?:what|which|who|how|when|where)\b)"
_FIRST: Final = (
    rf"(?:{_SURE}|(?<=[,–—…] ){_UNSURE}(?=[\s,])"
    rf"|(?:no|or|{_FILLER}){_PAUSE}(?:no{_PAUSE})?{_UNSURE}|no{_PAUSE}{_FILLER}"
    rf"|(?:or|no|rather|instead|actually|{_FILLER}){_ASKS})"
)
_EDIT: Final = re.compile(
    rf"(?<![\s,.…–—-]){_PAUSE}(?:(?:or|no|well|but|{_FILLER}){_PAUSE})*{_FIRST}"
    rf"(?:{_PAUSE}(?:or|{_FILLER}|{_SURE}|{_UNSURE})\b)*{_PAUSE}",
    re.IGNORECASE,
)
_FILLERS: Final = re.compile(rf"(?:^|(?<=\s)){_FILLER}[\s,.…]+", re.IGNORECASE)
_MEANT: Final = re.compile(
    r"^\s*(?:(?:no|sorry|oh|ok|okay|but|wait|well|i'm)\b[\s,.–—-]*)*i (?:mean|meant)\b[\s,:]*",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\S+")
_FUNCTION: Final = AUXILIARY | PREPOSITIONS | ASKING | frozenset("a an the and or".split())
_BEGINNINGS: Final = frozenset("no not ok okay but oh well sorry i'm hmm yes and".split())
"""What stands before `I meant` where an earlier question is put right, not this one."""
_RESTARTS: Final = ASKING | {"did", "do", "does", "is", "are", "was", "were", "can", "tell", "show"}


def without_slips(question: str) -> str:
    """Return the question without fillers and without what the person took back."""
    text = question
    while (edit := _EDIT.search(text)) and (repair := text[edit.end() :]).strip(" ?.!,"):
        before = text[: edit.start()]
        if set(re.findall(r"[a-z']+", before.lower())) <= _BEGINNINGS:
            break
        text = _repaired(before, repair)
    cleaned = _FILLERS.sub("", text).strip() or question.strip()
    return cleaned[0].upper() + cleaned[1:] if question[:1].isupper() and cleaned else cleaned


def meant(question: str) -> str:
    """Return what follows `No, I meant` at the beginning; "" where a question does not begin so."""
    match = _MEANT.match(question)
    return question[match.end() :] if match else ""


def _repaired(before: str, repair: str) -> str:
    words = [match.group().lower().strip(",.?") for match in _WORD.finditer(before)]
    starts = [match.start() for match in _WORD.finditer(before)]
    first = repair.split(maxsplit=1)[0].lower().strip(",.?")
    if first in words and first in _FUNCTION:
        at = len(words) - 1 - words[::-1].index(first)
        return before[: starts[at]] + repair
    if first in _RESTARTS:
        return repair
    taken = _taken_back(words, _phrase_length(repair))
    return before[: starts[taken]] + repair if taken < len(starts) else f"{before} {repair}"


def _phrase_length(repair: str) -> int:
    """Count the words of the repair up to the first function word after its beginning."""
    length = 0
    for word in repair.split():
        if length and word.lower().strip(",.?") in _FUNCTION:
            break
        length += 1
    return length


def _taken_back(words: list[str], most: int) -> int:
    """Return where what is taken back begins: the last words that are no function words."""
    at = len(words)
    while at > 0 and len(words) - at < most and words[at - 1] not in _FUNCTION:
        at -= 1
    return at

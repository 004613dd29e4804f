"""Whether a question is about the documents themselves: how many, which, whose. English rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Asks = Literal["count", "list", "pages", "title", "authors"]

_HERE: Final = (
    r"(?:(?:the|this|my|our|your)\s+(?:whole\s+|entire\s+)?"
    r"(?:folder|collection|library|index|workspace|corpus|archive)|here)"
)
_KIND: Final = (
    r"(?P<kind>(?:documents?|files?|(?:pdf|word|excel|powerpoint|text|markdown|html|csv|"
    r"image|picture)\s+(?:documents?|files?)|pdfs?|spreadsheets?|presentations?|slide ?decks?|"
    r"web ?pages?|e-?mails?|mails?|e-?books?|epubs?|pictures?|images?|photos?))"
)
_OWN: Final = (
    rf"(?:do (?:i|we|you) have(?: (?:in )?{_HERE})?|are there(?: in)?(?: {_HERE})?|"
    rf"are (?:in )?{_HERE}|have (?:i|we) (?:added|got)|have been (?:added|read|indexed)|"
    rf"did (?:i|we) add|do you know|can you (?:see|read)|does {_HERE} (?:have|hold|contain))"
)
_OURS: Final = r"(?:(?:the|my|our|your|these) )?"
_GIVE: Final = r"(?:list|show(?: me)?|name|give me(?: a list of)?)"
_PAGES: Final = r"how many (?:pages|slides)"
_WRITER: Final = r"(?:is|are|was|were) the (?:authors?|writers?|speakers?|presenters?) (?:of|in|at)"
_TALK: Final = (
    r"(?P<named>(?:the|this|that) (?:.+ )?(?:talk|lecture|speech|presentation|keynote)"
    r"(?: (?:on|about|of|in|at|called|titled|[\"“‘']).+?)?)"
)
_LETTER: Final = (
    r"(?:the|this|that|my|our) (?:(?!in |of |on )\S+ ){0,3}"
    r"(?:letter|(?:e-?)?mail|memo(?:randum)?|message|note|notice)"
    r"(?: (?:about|on|of|to|from|in) .+)?"
)
_SPEAKER: Final = "the (?:speaker|presenter|author)"
_NO_NAME: Final = r"(?!(?:about|of|that|in|on|to|for|or|and)\b)"
_PATTERNS: Final[dict[Asks, tuple[str, ...]]] = {
    "count": (rf"how many {_KIND} {_OWN}",),
    "list": (
        rf"(?:which|what) {_KIND} {_OWN}",
        rf"{_GIVE} (?:all )?(?:of )?{_OURS}(?P<kind>documents|files)(?: in {_HERE})?",
        rf"what(?:'s|’s| is) in {_HERE}",
    ),
    "pages": (
        rf"{_PAGES} (?:does|do) (?P<named>.+?) (?:have|contain|run to|span)",
        rf"{_PAGES} (?:has|are (?:there )?in|is|are) (?P<named>(?!there$).+?)(?: long)?",
        rf"{_PAGES}(?P<named>)(?: (?:are there|does it have|is it|has it))?",
    ),
    "title": (r"what(?:'s|’s| is) the (?:full |exact )?title of (?P<named>.+)",),
    "authors": (
        rf"who (?:wrote|authored|(?:has|have) written|{_WRITER}) {_NO_NAME}(?P<named>.+)",
        rf"(?:(?:what|who) are |{_GIVE} )?(?:the )?(?:names of the )?authors? of (?P<named>.+)",
        rf"who (?:(?:has |have )?(?:signed|sent)|did send) (?P<named>{_LETTER})",
        rf"who(?:'s|’s| is| was) (?P<named>{_LETTER}) (?:from|by|written by|signed by)",
        r"by whom was (?P<named>.+?) (?:written|signed)",
        rf"who (?:gave|gives|held|holds|delivered|presented|presents) {_TALK}",
        rf"who(?:'s|’s| is| was) (?:speaking|presenting|{_SPEAKER})(?P<named>)",
    ),
}
_COMPILED: Final = tuple(
    (asks, re.compile(pattern, re.IGNORECASE))
    for asks, patterns in _PATTERNS.items()
    for pattern in patterns
)
_POLITE: Final = re.compile(
    r"^(?:(?:please|kindly|(?:can|could) you tell me)[\s,]+)+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWish:
    """What is asked of documents of a `kind`, or of one `named`, both as typed; "" for any."""

    asks: Asks
    kind: str = ""
    named: str = ""


def library_wish(text: str) -> LibraryWish | None:
    """Return what a message asks about the documents; None where it asks something else."""
    asked = _POLITE.sub("", " ".join(text.split()).rstrip(" .!?"))
    for asks, pattern in _COMPILED:
        if found := pattern.fullmatch(asked):
            parts = {name: (value or "").strip() for name, value in found.groupdict().items()}
            return LibraryWish(asks=asks, **parts)
    return None

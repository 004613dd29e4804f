"""Whether a question is about the documents themselves: how many, which, whose, how long.

Knows words alone; knows no document. English rules, and narrow ones: what merely speaks of
documents is a question as any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Asks = Literal["count", "list", "mentions", "pages", "title", "authors", "sections"]

_I: Final = re.IGNORECASE
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
_TEXTS: Final = rf"(?:{_KIND}|papers?|reports?|articles?|books?|manuals?|letters?|texts?)"
_MENTION: Final = (
    r"(?:mention(?:s|ing)?|talk(?:s|ing)? about|speak(?:s|ing)? (?:of|about)|refer(?:s|ring)? to|"
    r"discuss(?:es|ing)?|deal(?:s|ing)? with|contain(?:s|ing)?|"
    r"(?:say|says|have|has) (?:something|anything) (?:about|on)|(?:is|are) about)"
)
_OURS: Final = r"(?:the|my|our|your|these)"
_FIND: Final = rf"(?:which|what|(?:find|list|show(?: me)?)(?: all)?(?: {_OURS})?)(?: of {_OURS})?"
_GIVE: Final = r"(?:list|show(?: me)?|name|give me(?: a list of)?)"
_ANYWHERE: Final = rf"(?: anywhere)?(?: in (?:any of )?(?:{_OURS} )?(?:documents|files))?"
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
_SPEAKER: Final = r"the (?:speaker|presenter|author)"
_SECTIONS: Final = r"(?:main |top[- ]level )?(?:sections|chapters|headings)"
_WITHIN: Final = r"(?:the )?(?:(?:section|chapter) )?(?P<words>.+?)(?: section| chapter)?"
_HAS: Final = r"(?:does|do) (?P<named>.+?) (?:have|contain|include)"
_NO_NAME: Final = r"(?!(?:about|of|that|in|on|to|for|or|and)\b)"
_PATTERNS: Final[dict[Asks, tuple[str, ...]]] = {
    "count": (rf"how many {_KIND} {_OWN}",),
    "list": (
        rf"(?:which|what) {_KIND} {_OWN}",
        rf"{_GIVE} (?:all )?(?:of )?(?:{_OURS} )?(?P<kind>documents|files)(?: in {_HERE})?",
        rf"what(?:'s|’s| is) in {_HERE}",
    ),
    "mentions": (
        rf"{_FIND} {_TEXTS} (?:that |which )?(?:all )?{_MENTION} (?P<words>.+)",
        rf"in (?:which|what) {_TEXTS} (?:is|are) (?P<words>.+?) (?:mentioned|discussed|named)",
        rf"(?:where )?(?:is|are) (?P<words>.+?) mentioned{_ANYWHERE}",
        rf"(?:does|do) any(?: of)?(?: {_OURS})? {_TEXTS} {_MENTION} (?P<words>.+)",
    ),
    "pages": (
        rf"{_PAGES} (?:does|do) (?P<named>.+?) (?:have|contain|run to|span)",
        rf"{_PAGES} (?:has|are (?:there )?in) (?P<named>.+)",
        rf"{_PAGES} (?:is|are) (?P<named>.+?)(?: long)?",
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
    "sections": (
        rf"(?:what|which) are the {_SECTIONS} (?:of|in) (?P<named>.+)",
        rf"(?:what|which) {_SECTIONS} {_HAS}",
        rf"(?:what are |{_GIVE} )?(?:the )?{_SECTIONS}(?: are there)?(?P<named>)",
        rf"{_GIVE} (?:all )?(?:the )?{_SECTIONS} of (?P<named>.+)",
        r"(?:what(?:'s|’s| is) |show(?: me)? )?the (?:structure|outline) of (?P<named>.+)",
        r"how is (?P<named>.+?) (?:organi[sz]ed|structured|divided)",
        rf"(?:which|what) sub-?sections? (?:does|do) {_WITHIN} (?:have|contain|include)(?P<named>)",
    ),
}
_COMPILED: Final = tuple(
    (asks, re.compile(pattern, _I)) for asks, patterns in _PATTERNS.items() for pattern in patterns
)
_POLITE: Final = re.compile(r"^(?:(?:please|kindly|(?:can|could) you tell me)[\s,]+)+", _I)
_LEADING: Final = re.compile(r"^(?:(?:the )?(?:words?|terms?|phrase|name) |the )", _I)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWish:
    """What is asked of the documents: of those of a `kind`, of one `named`, or with some `words`.

    `kind` is as it was typed, "" for any; so are the others.
    """

    asks: Asks
    kind: str = ""
    named: str = ""
    words: str = ""


def library_wish(text: str) -> LibraryWish | None:
    """Return what a message asks about the documents; None where it asks something else."""
    asked = _POLITE.sub("", " ".join(text.split()).rstrip(" .!?"))
    for asks, pattern in _COMPILED:
        found = pattern.fullmatch(asked)
        if found:
            told = {name: (value or "").strip() for name, value in found.groupdict().items()}
            words = _LEADING.sub("", told.pop("words", "")).strip(" \"'“”‘’")
            return LibraryWish(asks=asks, words=words, **told)
    return None

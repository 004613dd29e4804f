"""Whether a message asks for a summary, of what, and how long: `Summarise report.pdf in short`.

Narrow English rules, with the plainest German, French and Spanish forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

Length = Literal["short", "medium", "long"]

Pages = tuple[int, int] | None
"""First and last page, from 1; None for all."""

LENGTHS: Final[dict[Length, str]] = {"short": " in short", "medium": "", "long": " at length"}
"""How each length is said at the end of a request."""

_I: Final = re.IGNORECASE
_POLITE: Final = r"(?:(?:please|kindly|(?:can|could|would|will) you|now)[\s,]+)*"
_FOR_ME: Final = re.compile(
    rf"^{_POLITE}(?:give|write|make|show|create|tell)\s++(?:me|us)\s++"
    r"|(?<!\s)\s++(?:for|to)\s++(?:me|us)$",
    _I,
)
_IS: Final = r"(?:'s|’s|s| is| are| was| were| stands)\s++"
_PIECE: Final = (
    r"(?P<{name}>(?:the|this|that|these|my|our|all)\s++(?:[\w-]++\s++){{0,4}}?(?:report|study|paper"
    r"|article|letter|newsletter|minutes|memo|notice|leaflet|brochure|presentation|slides|deck|survey"
    r"|audit|review|briefing|talk|speech|lecture|video|film|movie|clip|recording|podcast|logbook|log"
    r"|diary|e?book|manual|handbook|guide|spreadsheet|workbook|document|file|pdf|e?mail"
    r"|web ?(?:site|page)|documents|files|papers|reports|articles|sources|texts)"
    r"(?:\s++(?:of|from|about|on|by)\s++.+)?)"
)
_FORMS: Final = (
    re.compile(rf"^{_POLITE}(?:summari[sz]e|sum up)\b(?P<rest>.*)$", _I),
    re.compile(
        rf"^{_POLITE}(?:(?:give|write|make|show|create)\s++|(?:i|we)\s++(?:want|need)\s++)?"
        r"(?:an?\s++|the\s++)?(?:(?P<how>(?:very |more )?\w+)\s++)?"
        r"(?:summary|overview|tl;?dr|(?:short|quick) version)\b"
        r"(?P<rest>\s++(?:of|for)\s++.+)?$",
        _I,
    ),
    re.compile(r"^what(?:'s|’s| is| are)\s++(?P<rest>.+?)\s++(?:all\s++)?about$", _I),
    re.compile(
        rf"^what{_IS}(?:(?:all\s++this|here)"
        r"|this\s++(?:place|folder|collection|library|archive))(?P<rest>)$",
        _I,
    ),
    re.compile(
        rf"^what(?:{_IS}in\s++{_PIECE.format(name='in')}"
        rf"|\s++came\s++out\s++of\s++{_PIECE.format(name='of')}"
        rf"|\s++(?:does|did|do)\s++{_PIECE.format(name='says')}\s++"
        r"(?:say|tell(?:\s++us)?|cover|find(?:\s++out)?|show|conclude|reveal))$",
        _I,
    ),
)
_GIST: Final = re.compile(
    rf"^(?:what{_IS})?(?:the\s++)?"
    r"(?:(?:main|key|major|central|overall|most important)\s++(?:findings?|results?|points?"
    r"|conclusions?|takeaways?|messages?|ideas?|insights?|lessons?)"
    r"|gist|essence|takeaways?|bottom line)(?P<rest>\s++(?:of|from|in)\s++.+)?$",
    _I,
)
_PAGES: Final = (
    r"(?P<{0}page>pages?|slides?)\s++(?P<{0}first>\d{{1,5}})(?:\s*(?:-|–|to|and|through)\s*"
    r"(?P<{0}last>\d{{1,5}}))?(?:\s++(?:of|in|from)\s++(?P<{0}named>.+?))?"
)
_ON_PAGE: Final = re.compile(
    rf"^what{_IS}(?:shown |said |written )?(?:on|in)\s++{_PAGES.format('')}$"
    rf"|^what (?:does|do)\s++{_PAGES.format('does_')}\s++(?:say|show|contain|cover)$",
    _I,
)
_OF_PAGE: Final = re.compile(rf"(?:(?:of|for)\s++)?{_PAGES.format('')}", _I)
_FOREIGN: Final = re.compile(
    r"^(?:bitte\s++)?fass(?:e|en sie)?\s++(?:mir\s++|uns\s++)?(?P<de>.+)(?<!\s)\s++zusammen$"
    r"|^(?:(?:eine?|die)\s++)?(?:kurze\s++)?zusammenfassung\s++(?:von|vom|des|der|zu[rm]?)\s++(?P<de_of>.+)$"
    r"|^(?:worum\s++(?:geht|ging)\s++es\s++(?:in|bei|auf|im|beim)|wovon\s++handelt)\s++(?P<de_in>.+)$"
    r"|^r[ée]sume[rsz]?(?:-(?:moi|nous))?\s++(?P<fr>.+)$"
    r"|^(?:un\s++|le\s++)?r[ée]sum[ée]\s++(?:de\s++|du\s++|des\s++|d['’])(?P<fr_of>.+)$"
    r"|^de\s++quoi\s++(?:parle|traite)\s++(?P<fr_on>.+)$"
    r"|^(?:un\s++|el\s++)?(?:resume|resumen)\s++(?:del?\s++|sobre\s++)?(?P<es>.+)$"
    r"|^¿?de\s++qu[ée]\s++(?:trata|va|habla)\s++(?P<es_on>.+)$",
    _I,
)
"""How a summary is asked for in other languages of the page, whose words may name a file."""

_ARTICLE: Final = re.compile(r"^(?:d(?:er|ie|as|en|em|es)|l(?:e|a|os|as|es)|el)\s++|^l['’]", _I)
_PLEASE: Final = re.compile(r"(?<!\s)(?:\s++(?:bitte|kurz)){1,3}$", _I)
_SHORT: Final = frozenset("short brief quick concise".split())
_LONG: Final = frozenset("long detailed full comprehensive thorough extensive".split())
_ENDINGS: Final[tuple[tuple[Length, re.Pattern[str]], ...]] = (
    (
        "short",
        re.compile(
            r"(?<![\s,])[\s,]++(?:in (?:short|brief|a nutshell|(?:a few|an?|one|two|three)"
            r" (?:words?|lines?|sentences?))|briefly|short(?: please)?|ganz kurz|in K[üu]rze"
            r"|en bref|brevemente)$",
            _I,
        ),
    ),
    ("medium", re.compile(r"(?<!\s)\s++at medium length$", _I)),
    ("long", re.compile(r"(?<!\s)\s++(?:at length|in (?:full |more )?detail|thoroughly)$", _I)),
)
_ANY: Final = re.compile(
    r"(?:(?:of|for|all|the|this|these|that|those|my|our|your|selected|chosen|whole|entire|every)\s*)*"
    r"(?:(?P<one>document|file|report|paper|article|deck|presentation|book|text|contract|letter"
    r"|pdf|mail|e-?mail|page|spreadsheet|table)"
    r"|(?P<all>documents|files|reports|papers|articles|sources|texts|folders?|collections?"
    r"|librar(?:y|ies)|everything|all|corpus))?",
    _I,
)
_ALL: Final = re.compile(r"\b(?:all|every)\b", _I)
_IT: Final = re.compile(r"(?:(?:of|for)\s++)?(?:it|them)", _I)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryWish:
    """A summary that is asked for: of a document that is `named`, or of all that is searched.

    `one` is what it calls the one document that it speaks of without naming it: "report" of "this
    report"; `refers` tells that it speaks of one that is known ("it", "the gist"), `of_all` that it
    wants all. `pages` are those that are asked for, `of_slides` whether it calls them slides.
    """

    length: Length = "medium"
    named: str = ""
    one: str = ""
    refers: bool = False
    of_all: bool = False
    pages: Pages = None
    of_slides: bool = False


def summary_wish(text: str) -> SummaryWish | None:
    """Return what a message wants summarised; None where it asks something else."""
    asked = _FOR_ME.sub("", " ".join(text.split()).rstrip(" .!?"))
    ending, asked = _ending(asked)
    wish = SummaryWish(length=ending or "medium")
    if on_page := _ON_PAGE.match(asked):
        return _of_pages(on_page, wish)
    if foreign := _FOREIGN.match(asked):
        named = foreign[foreign.lastgroup or 0]
        return replace(wish, named=_ARTICLE.sub("", _PLEASE.sub("", named)))
    if gist := _GIST.match(asked):
        rest = re.sub(r"^(?:from|in)\b", "of", (gist["rest"] or "").strip(), flags=_I)
        return _of_documents(wish, rest) if rest else replace(wish, refers=True)
    found = next((m for form in _FORMS if (m := form.match(asked))), None)
    if found is None:
        return None
    how = (found.groupdict().get("how") or "").lower().split()
    if how and not (_SHORT | _LONG).intersection(how):
        return None  # "a weather overview" is none of ours
    if how and not ending:
        wish = replace(wish, length="short" if _SHORT.intersection(how) else "long")
    rest = next((v for k, v in found.groupdict().items() if k != "how" and v), "").strip()
    of_page = _OF_PAGE.fullmatch(rest)
    return _of_pages(of_page, wish) if of_page else _of_documents(wish, rest)


def summary_request(length: Length, *, named: str = "") -> str:
    """Return the message that asks for a summary: what `summary_wish` reads back."""
    return f"Summarise {named or 'all documents'}{LENGTHS[length]}"


def _of_documents(wish: SummaryWish, rest: str) -> SummaryWish:
    if _IT.fullmatch(rest):
        return replace(wish, refers=True)
    if general := _ANY.fullmatch(rest):
        one = (general["one"] or "").lower()
        of_all = bool(general["all"] or (_ALL.search(rest) and not one))
        return replace(wish, one=one, of_all=of_all)
    return replace(wish, named=re.sub(r"^(?:of|for)\s++", "", rest, flags=_I))


def _of_pages(found: re.Match[str], wish: SummaryWish) -> SummaryWish:
    groups = {name.removeprefix("does_"): v for name, v in found.groupdict().items() if v}
    first, last = int(groups["first"]), int(groups.get("last", groups["first"]))
    pages = min(first, last), max(first, last)
    of_slides = groups["page"].lower().startswith("slide")
    return replace(wish, named=groups.get("named", ""), pages=pages, of_slides=of_slides)


def _ending(asked: str) -> tuple[Length | None, str]:
    for length, ending in _ENDINGS:
        found = ending.search(asked)
        if found:
            return length, asked[: found.start()].rstrip(" .,!?")
    return None, asked

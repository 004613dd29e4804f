"""Whether a message asks for a summary, of what, and how long: `Summarise report.pdf in short`.

Knows words alone; knows no document. English rules, and narrow ones: what merely holds the word
"summary" is a question as any other.
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
_VERB: Final = re.compile(rf"^{_POLITE}(?:summari[sz]e|sum up)\b(?P<rest>.*)$", _I)
_NOUN: Final = re.compile(
    rf"^{_POLITE}(?:(?:give|write|make|show|create)\s++|(?:i|we)\s++(?:want|need)\s++)?"
    r"(?:an?\s++|the\s++)?(?P<how>(?:very |more )?(?:\w+)\s++)?"
    r"(?:summary|overview|tl;?dr|(?:short|quick) version)\b"
    r"(?P<rest>\s++(?:of|for)\s++.+|\s++(?:in short|at length|please))?$",
    _I,
)
_ABOUT: Final = re.compile(r"^what(?:'s|’s| is| are)\s++(?P<rest>.+?)\s++(?:all\s++)?about$", _I)
_HERE: Final = re.compile(
    r"^what(?:'s|’s|s| is)\s++(?:(?:all\s++this|here)"
    r"|this\s++(?:place|folder|collection|library|archive))(?P<rest>)$",
    _I,
)
_PIECE: Final = (
    r"(?P<rest>(?:the|this|that|my|our)\s++(?:[\w-]++\s++){0,4}?(?:report|study|paper|article|letter"
    r"|newsletter|minutes|memo|notice|leaflet|brochure|presentation|slides|deck|survey|audit|review"
    r"|briefing|talk|speech|lecture|video|film|movie|clip|recording|podcast|logbook|log|diary"
    r"|e?book|manual|handbook|guide|spreadsheet|workbook|document|file|pdf"
    r"|e?mail|web ?(?:site|page))"
    r"(?:\s++(?:of|from|about|on|by)\s++.+)?)"
)
_IN: Final = re.compile(
    rf"^what(?:(?:'s|’s|s| is| stands)\s++in\s++{_PIECE}"
    rf"|\s++(?:does|did|do)\s++{_PIECE.replace('?P<', '?P<says_')}"
    r"\s++(?:say|tell(?:\s++us)?|cover))$",
    _I,
)
_OUTCOME: Final = re.compile(
    rf"^what\s++(?:came\s++out\s++of\s++{_PIECE}"
    rf"|(?:does|did|do)\s++{_PIECE.replace('?P<', '?P<says_')}"
    r"\s++(?:find(?:\s++out)?|show|conclude|reveal))$",
    _I,
)
_FINDINGS: Final = re.compile(
    r"^(?:what(?:'s|’s| is| are| was| were)\s++)?(?:the\s++)?"
    r"(?:(?:main|key|major|central|chief|principal|overall|most important)\s++(?:findings?|results?"
    r"|points?|conclusions?|takeaways?|messages?|ideas?|insights?|lessons?)"
    r"|gist|essence|takeaways?|bottom line)(?P<rest>\s++(?:of|from|in)\s++.+)?$",
    _I,
)
_PAGES: Final = (
    r"(?:pages?|slides?)\s++(?P<first>\d{1,5})(?:\s*(?:-|–|to|and|through)\s*(?P<last>\d{1,5}))?"
    r"(?:\s++(?:of|in|from)\s++(?P<named>.+?))?"
)
_ON_PAGE: Final = re.compile(
    rf"^what(?:'s|’s| is| are)\s++(?:on|in|shown on|said on|written on)\s++{_PAGES}$"
    rf"|^what (?:does|do)\s++{_PAGES.replace('?P<', '?P<does_')}\s++(?:say|show|contain|cover)$",
    _I,
)
_OF_PAGE: Final = re.compile(rf"(?:(?:of|for)\s++)?{_PAGES}", _I)
_FOR_ME: Final = re.compile(
    rf"^{_POLITE}(?:give|write|make|show|create|tell)\s++(?:me|us)\s++"
    r"|(?<!\s)\s++(?:for|to)\s++(?:me|us)$",
    _I,
)
_FROM: Final = re.compile(r"^(?:from|in)\s++", _I)
_GERMAN: Final = re.compile(
    r"^(?:bitte\s++)?(?:fass(?:e|en sie)?\s++(?:mir\s++|uns\s++)?(?P<rest>.+)"
    r"(?<!\s)\s++zusammen"
    r"|(?:(?:eine?|die)\s++)?(?:kurze\s++)?zusammenfassung\s++(?:von|vom|des|der|zu[rm]?)\s++"
    r"(?P<of>.+)|(?:worum|um\s++was)\s++(?:geht|ging)\s++es\s++(?:in|bei|auf|im|beim)\s++"
    r"(?P<about>.+)|wovon\s++handelt\s++(?P<tells>.+))$",
    _I,
)
_FRENCH: Final = re.compile(
    r"^(?:(?:peux-tu|pouvez-vous|peut-on)\s++)?(?:r[ée]sume(?:r|s|z)?(?:-(?:moi|nous))?\s++(?P<rest>.+)"
    r"|(?:(?:fais|faites|donne|donnez)(?:-(?:moi|nous))?\s++)?(?:un\s++|le\s++)?(?:bref\s++)?r[ée]sum[ée]\s++"
    r"(?:de\s++|du\s++|des\s++|d['’])(?P<of>.+)"
    r"|de\s++quoi\s++(?:parle|traite|il\s++s['’]agit\s++dans|s['’]agit-il\s++dans)\s++(?P<about>.+))$",
    _I,
)
_SPANISH: Final = re.compile(
    r"^¿?(?:(?:puedes|puede)\s++)?(?:res[uú]me(?:me|nos|la|lo)?\s++(?P<rest>.+)|resumir\s++(?P<sums>.+)"
    r"|(?:(?:haz|dame|hazme)\s++)?(?:un\s++|el\s++)?(?:breve\s++)?resumen\s++(?:del?|sobre)\s++(?P<of>.+)"
    r"|de\s++qu[ée]\s++(?:trata|va|habla)\s++(?P<about>.+))$",
    _I,
)
_ARTICLE: Final = re.compile(r"^(?:d(?:er|ie|as|en|em|es)|l(?:e|a|os|as|es)|el)\s++|^l['’]", _I)
_PLEASE: Final = frozenset("bitte kurz".split())
_FOREIGN: Final = (_GERMAN, _FRENCH, _SPANISH)
"""How a summary is asked for in the other languages of the page."""

_THING: Final = re.compile(
    r"^(?P<rest>(?:the|this|that|my|our|[\w-]{1,30}+['’]s)\s++(?:[\w'’-]++(?:\s++|$)){1,6})$", _I
)
"""What is wanted "in a few lines" where nothing else is said of it."""

_FORMS: Final = (_VERB, _NOUN, _ABOUT, _HERE, _FINDINGS, _IN, _OUTCOME)
_SHORT: Final = frozenset("short brief quick concise very".split())
_LONG: Final = frozenset("long detailed full comprehensive thorough extensive".split())
_ENDINGS: Final[tuple[tuple[Length, re.Pattern[str]], ...]] = (
    (
        "short",
        re.compile(
            r"(?<![\s,])[\s,]++(?:in (?:short|brief|a nutshell"
            r"|(?:a few|an?|one|two|three|one or two|two or three)"
            r" (?:words?|lines?|sentences?))|briefly"
            r"|short(?: please)?|(?:quick|short) version|ganz kurz|in K[üu]rze|en bref"
            r"|bri[èe]vement|brevemente)$",
            _I,
        ),
    ),
    ("medium", re.compile(r"(?<!\s)\s++at medium length$", _I)),
    (
        "long",
        re.compile(r"(?<!\s)\s++(?:at length|in (?:full |more |great )?detail|thoroughly)$", _I),
    ),
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
    wants all. `pages` are those that are asked for. `findings` are asked for alone, not what leads
    to them.
    """

    length: Length = "medium"
    named: str = ""
    one: str = ""
    refers: bool = False
    of_all: bool = False
    pages: Pages = None
    findings: bool = False


def summary_wish(text: str) -> SummaryWish | None:
    """Return what a message wants summarised; None where it asks something else."""
    asked = _FOR_ME.sub("", " ".join(text.split()).rstrip(" .!?"))
    ending, asked = _ending(asked)
    on_page = _ON_PAGE.match(asked)
    if on_page:
        return _of_pages(on_page, ending or "medium")
    if foreign := next((m for form in _FOREIGN if (m := form.match(asked))), None):
        told = next(filter(None, foreign.groups()))
        return SummaryWish(length=ending or "medium", named=_ARTICLE.sub("", _without_please(told)))
    forms = (*_FORMS, _THING) if ending == "short" else _FORMS
    found = next((m for form in forms if (m := form.match(asked))), None)
    if found is None:
        return None
    how = (found.groupdict().get("how") or "").lower().split()
    if how and not (_SHORT | _LONG).intersection(how):
        return None  # "a weather overview" is none of ours
    length = ending or ("short" if _SHORT & set(how) else "long" if how else "medium")
    wish = SummaryWish(length=length, findings=found.re in {_FINDINGS, _OUTCOME})
    told = found["rest"] or found.groupdict().get("says_rest") or ""
    rest = _FROM.sub("of ", told.strip())
    of_page = _OF_PAGE.fullmatch(rest)
    return _of_pages(of_page, length) if of_page else _of_documents(wish, rest)


def _without_please(told: str) -> str:
    """Return what is named without the words of politeness behind it."""
    said = told.split()
    while said and said[-1].lower() in _PLEASE:
        said.pop()
    return " ".join(said)


def _of_documents(wish: SummaryWish, rest: str) -> SummaryWish:
    """Return the wish with what it is of."""
    if _IT.fullmatch(rest) or (wish.findings and not rest):
        return replace(wish, refers=True)
    if general := _ANY.fullmatch(rest):
        one = (general["one"] or "").lower()
        of_all = bool(general["all"] or (_ALL.search(rest) and not one))
        return replace(wish, one=one, of_all=of_all)
    return replace(wish, named=re.sub(r"^(?:of|for)\s++", "", rest, flags=_I))


def summary_request(length: Length, *, named: str = "") -> str:
    """Return the message that asks for a summary: what `summary_wish` reads back."""
    return f"Summarise {named or 'all documents'}{LENGTHS[length]}"


def _of_pages(found: re.Match[str], length: Length) -> SummaryWish:
    told = {name.removeprefix("does_"): v for name, v in found.groupdict().items() if v}
    first, last = int(told["first"]), int(told.get("last", told["first"]))
    pages = min(first, last), max(first, last)
    return SummaryWish(length=length, named=told.get("named", ""), pages=pages)


def _ending(asked: str) -> tuple[Length | None, str]:
    """Return the length that the end of a message asks for, and what stands before it."""
    for length, ending in _ENDINGS:
        found = ending.search(asked)
        if found:
            return length, asked[: found.start()].rstrip(" .,!?")
    return None, asked

"""What of a sentence can be looked up whatever its words: numbers, months, codes; and its names.

Months and numbers from two to twelve are read in all languages that Pagelight knows. A name is told
by its capitals: only Latin script is read, and in German only where no two nouns stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from rag.languages import is_foreign, language_of, languages_in, script_of
from rag.months import months_in
from rag.number_forms import told_scale
from rag.quantities import quantity
from rag.stop_words import BY_LANGUAGE
from rag.text import fold, words

_SPACES: Final = "[ '’\u00a0\u202f\u2009]"
"""What sets thousands apart in a language or another, beside a point and a comma (CLDR)."""

_MONTH: Final = r"\s?[月월]"
"""Behind a number it is a month, which is looked up as one."""

_PLAIN: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER: Final = re.compile(
    rf"(?:(?<![\d.,])[1-9]\d{{0,2}}(?:{_SPACES}\d{{3}})++(?:[.,]\d{{1,2}})?+(?![.,]?\d)"
    rf"|\d++(?:[.,]\d++)*+(?!{_MONTH}))(?:\s*(?:thousand|million|billion|trillion)s?\b)?",
    re.IGNORECASE,
)
_GROUPED: Final = re.compile(
    rf"(?<![\d.,])[1-9]\d{{0,2}}(?:(?:[.,]|{_SPACES})\d{{3}}){{1,4}}(?![\d.,]\d|\d)"
)
MAX_SPELLED: Final = 12
_ENGLISH: Final = {
    word: float(n)
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_SCALES: Final = (1.0, 1e3, 1e6, 1e9)

_PERCENT: Final = re.compile(r"[%％]|\bp(?:er|ro|our|or)\s?[cz]i?ent", re.IGNORECASE)
"""In the languages that Pagelight knows: percent, Prozent, pour cent, por ciento."""


def numbers_in(text: str) -> list[tuple[str, float, int, bool]]:
    """Return each number as written, its size with its scale, decimals, whether it has a scale."""
    found = []
    for match in _NUMBER.finditer(text):
        read = quantity(re.sub(rf"(?<=\d){_SPACES}(?=\d)", "", match.group()))
        if read is not None:
            found.append((match.group(), read.size, read.decimals, read.scale != 1))
    return found


def unfound_numbers(claim: str, source: str) -> list[str]:
    """Return a claim's numbers that a text does not hold; a space may part one or several."""
    sizes = _sizes(source)
    either = sizes | _grouped(source)
    told = told_scale(source)
    scales = (1.0, told) if told else _SCALES
    missing = [
        written
        for written, size, decimals, scaled in numbers_in(claim)
        if not _is_held(size, decimals, sizes, scales if scaled else ())
        and (scaled or not _grouped(written) & either)
        and not (re.search(_SPACES, written) and sizes >= _bare(written))
    ]
    said = spelled_in(claim)
    spelled = [w for w in words(claim) if said.get(w, 0.0) > 1 and said[w] not in sizes]
    return [*missing, *spelled]


@lru_cache(maxsize=512)
def _grouped(text: str) -> frozenset[float]:
    """Return numbers in groups of three as whole ones: 2,514 m are 2.514 m in German."""
    return frozenset(float(re.sub(r"\D", "", found)) for found in _GROUPED.findall(text))


def _bare(text: str) -> frozenset[float]:
    """Return the values of the numbers of a text without their scales."""
    read = map(quantity, _PLAIN.findall(text))
    return frozenset(one.value for one in read if one is not None)


@lru_cache(maxsize=512)
def _sizes(source: str) -> frozenset[float]:
    """Return the sizes of all numbers of a text, also in words and without a scale."""
    own = _grouped(source) if language_of(source) not in (None, "en") else frozenset()
    own |= {size for _, size, _, _ in numbers_in(source)}
    dated = [written for written in _PLAIN.findall(source) if quantity(written) is None]
    digits = {float(run) for run in re.findall(r"\d{1,15}", " ".join(dated))}
    return frozenset(own | _bare(source) | digits | spelled_sizes(source))


def spelled_in(text: str) -> Mapping[str, float]:
    """Return the numbers up to twelve by their words in the language of a text, or in English."""
    language = language_of(text)
    return _ENGLISH if language in (None, "en") else _spelled(language)


@cache
def _spelled(language: str) -> Mapping[str, float]:
    from num2words import num2words  # noqa: PLC0415 - English needs none of it

    try:
        return {fold(num2words(n, lang=language)): float(n) for n in range(MAX_SPELLED + 1)}
    except NotImplementedError:
        return {}


def _is_held(size: float, decimals: int, sizes: frozenset[float], scales: Sequence[float]) -> bool:
    """Tell whether a number stands in a text as it is or, given in millions, rounded.

    `scales` are what the text's numbers may be in, none where this one is given in units.
    """
    if size in sizes:
        return True
    if not scales:
        return False
    scale = next(s for s in (1e12, 1e9, 1e6, 1e3, 1.0) if size >= s)
    room = 0.5001 * scale * 10.0**-decimals
    return any(abs(one * up - size) <= room for one in sizes for up in scales)


_TOKEN: Final = re.compile(r"[\w/-]{5,}")
_LETTER_DIGIT: Final = re.compile(r"[\W\d_]*+\w\D*+\d")
_SEPARATORS: Final = re.compile(r"[\W_]")
_PERIOD: Final = re.compile(r"[a-z]{1,3}[1-4]?[-/]?(?:19|20)\d\d", re.IGNORECASE)
"""FY2021, Q3/2015, mid-2023: whose year is looked up as a number."""

_DATE: Final = re.compile(
    rf"\b\d{{4}}-(\d\d)\b|\b\d{{1,2}}[./](\d{{1,2}})[./]\d{{2,4}}\b|(\d{{1,2}}){_MONTH}"
)
_WRITTEN_MONTH: Final = re.compile(rf"(\d{{1,2}}){_MONTH}")


def unheld_facts(claim: str, source: str) -> bool:
    """Tell whether a number, month or per cent of a sentence stands nowhere in a text."""
    if unfound_numbers(claim, source):
        return True
    if _PERCENT.search(claim) and not _PERCENT.search(source):
        return True
    own = months_in(claim, languages_in(claim)) | set(map(int, _WRITTEN_MONTH.findall(claim)))
    if not own:
        return False
    dated = {int(month) for found in _DATE.findall(source) for month in found if month}
    return bool(own - months_in(source, languages_in(source)) - dated)


def unheld_codes(claim: str, source: str) -> bool:
    """Tell whether a sentence names a part or model (AT90S8515) that a text does not."""
    flat = _SEPARATORS.sub("", source.casefold())
    return any(
        _SEPARATORS.sub("", code.casefold()) not in flat
        for code in _codes(claim)
        if code[0].isalpha()
    )


def without_codes(text: str) -> str:
    """Return a text without parts, models and serial numbers: what has a digit behind a letter."""
    for code in _codes(text):
        text = text.replace(code, " " * len(code))
    return text


def spelled_sizes(text: str) -> frozenset[float]:
    """Return the numbers up to twelve that stand in a text as words."""
    said = spelled_in(text)
    return frozenset(said[word] for word in words(text) if word in said)


def _codes(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    return [one for one in tokens if _LETTER_DIGIT.match(one) and not _PERIOD.fullmatch(one)]


def readable(claim: str, source: str) -> bool:
    """Tell whether a sentence's words can be compared with a text's: by script and language."""
    if not script_of(source):
        return True
    if script_of(claim) not in {"", script_of(source)}:
        return False
    own, others = languages_in(claim), languages_in(source)
    if own and others:
        return not set(own).isdisjoint(others)
    return not is_foreign(claim)


MIN_LETTERS: Final = 3
"""Shorter ones are initials and short forms."""

ALIKE: Final = 4
"""Words that share so many first letters may be one name in two forms: Berlin, Berliners."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_OPENING: Final = ":;!?•|“„«\"'‘([—–*>#"
_SMALL: Final = frozenset(word for words in BY_LANGUAGE.values() for word in words)
_DETERMINERS: Final = frozenset(
    "the a an this that these those our its his her their your each every any no some which "
    "le la les l un une ce cet cette ces son sa ses leur leurs notre nos d du des au aux el los "
    "las il lo gli de het een o os as".split()
)
_NO_NAMES: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday celsius fahrenheit euro euros dollar "
    "dollars table figure section chapter page source sources document documents yes mr mrs ms dr "
    "prof".split()
)
_LEADS: Final = frozenset("von durch namens herr herrn frau doktor dr professor prof".split())
"""In German a name may follow them, two common nouns do not."""


def unheld_names(claim: str, source: str, *, known: str = "") -> list[str]:
    """Return a sentence's names that a text in its language does not hold, nor `known`."""
    is_german = "de" in (languages_in(claim) or languages_in(source) or ("de",))
    is_name = _is_german_name if is_german else _is_name
    return [
        claim[run[0].start() : run[-1].end()]
        for run in _runs(claim)
        if is_name(claim, run) and _is_unheld(run, source, known)
    ]


def _runs(claim: str) -> Iterator[list[re.Match[str]]]:
    """Yield the words with capitals that follow each other, without a small word that opens."""
    run: list[re.Match[str]] = []
    for word in (*_WORD.finditer(claim), None):
        between = claim[run[-1].end() : word.start()] if run and word else ""
        is_joined = between in {" ", "\u00a0", "-"} or (between == ". " and len(run[-1][0]) == 1)
        is_capital = word is not None and word[0][0].isupper()
        if run and not (is_joined and is_capital):
            is_small = len(run) > 1 and _opens(claim, run) and fold(run[0][0]) in _SMALL
            yield run[1:] if is_small else run
            run = []
        if word is not None and is_capital:
            run.append(word)


def _opens(claim: str, run: list[re.Match[str]]) -> bool:
    """Tell whether the first word may have its capital from where it stands alone."""
    before = claim[: run[0].start()].rstrip()
    return before[-1:] in {"", ".", *_OPENING}


def _is_name(claim: str, run: list[re.Match[str]]) -> bool:
    """Tell whether a run is a name where common nouns have no capitals."""
    before = _WORD.findall(claim[: run[0].start()])
    follows_article = bool(before) and before[-1].lower() in _DETERMINERS
    return len(run) > 1 or not (_opens(claim, run) or follows_article)


def _is_german_name(claim: str, run: list[re.Match[str]]) -> bool:
    """Tell whether a run of words leads a main clause, or follows what leads to a name."""
    before, after = _WORD.findall(claim[: run[0].start()]), _WORD.search(claim, run[-1].end())
    has_verb = _opens(claim, run) and after is not None and after[0][0].islower()
    return len(run) > 1 and (has_verb or bool(before and before[-1].lower() in _LEADS))


def _is_unheld(run: list[re.Match[str]], source: str, known: str) -> bool:
    """Tell whether a name's last word is not told, nor any of it known; no month or number."""
    claim, end = run[0].string, run[-1].end()
    names = [fold(word[0]) for word in run if len(word[0]) >= MIN_LETTERS and not word[0].isupper()]
    names = [name for name in names if name not in _NO_NAMES]
    is_numbered = claim[end : end + 2].strip()[:1].isdigit()
    if not names or is_numbered or months_in(claim[run[0].start() : end], ("en", "fr")):
        return False
    return not (_holds(source, names[-1]) or any(_holds(known, name) for name in names))


def _holds(text: str, name: str) -> bool:
    return any(name in word or name[:ALIKE] == word[:ALIKE] for word in _words(text))


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in _WORD.findall(text))

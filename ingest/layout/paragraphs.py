"""Paragraphs and list items of a page, from its lines; and their text. Knows no file format.

A word divided at a line's end is made whole where lines are joined.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise, zip_longest
from statistics import median
from typing import Final

from ingest.layout.layout import Line, grouped, reading_order, same_row
from rag.datamodel import Provenance
from rag.text import LEADER

_LIST_MARK: Final = re.compile(
    r"(?:[•◦▪▫■□●○‣►▸✓✔➢➤❖\u2043\uf0b7\uf0a7\uf0d8]$|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]$"
    r"|[•◦▪▫■□●○‣►▸✓✔➢➤❖\u2043\uf0b7\uf0a7\uf0d8·*\u2013—-]\s+\S"
    r"|\(?(?:\d{1,2}|[a-zA-Z](?![.)]\s+[A-Z]\.)|[ivx]{1,4})[.)]\s+\S"
    r"|\[\d{1,3}\]\s*\S)"
)
_SECTION: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[A-Z]")
_SENTENCE_END: Final = re.compile(r"[.!?:;][\"'”\u2019)\]]*\d{0,3}$")
_HYPHENS: Final = "-\u2010\u00ad"
_CUT_CAPITALS: Final = re.compile(rf"[^\W\d_a-z]{{2}}[{_HYPHENS}]\s*$")
_KEEPS_HYPHEN: Final = re.compile(
    "all|anti|co|cross|ex|first|full|half|hard|high|in|left|long|low|mid|multi|near|non|off|one"
    "|on|out|over|part|post|pre|quasi|re|real|right|second|self|semi|short|six|so|soft|third"
    "|three|time|top|two|under|up|well|year"
)
"""Words after which a hyphen at a line's end is more often the word's own than a division."""

_LEADER: Final = re.compile(r"(?:[.·…]\s?){5,}+|…{2,}+")
"""Dots that lead from a name to its price or page."""

_LED: Final = re.compile(rf"\S.*\s{LEADER}\s\S")


def blocks(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Group the lines into paragraphs, in reading order; each list item is one of its own."""
    return paragraphs(reading_order([line for line in lines if line.text.strip()]))


def paragraphs(ordered: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Group lines that are in reading order already."""
    return [tuple(block) for block in grouped(ordered, _continues)]


def starts_list_item(text: str) -> bool:
    """Whether a line begins with a bullet or a list number."""
    return _LIST_MARK.match(text) is not None


def join_lines(
    lines: Sequence[Line], *, page: int, vocabulary: AbstractSet[str] = frozenset()
) -> tuple[str, tuple[Provenance, ...]]:
    """Join lines with spaces into one text; one provenance a line, its span in that text.

    What dots lead to its price or page stays a line of its own, the dots as one sign.
    A word divided at a line's end is made whole: its hyphen goes, unless the word's own form
    (in lower case, in `vocabulary`) or what stands before the hyphen says that it belongs there.
    Lines without words are left out.
    """
    worded = [line for line in lines if line.text.strip()]
    text = ""
    provenances = []
    for line, following in zip_longest(worded, worded[1:]):
        words = without_leaders(line.text)
        glue = "\n" if _LED.match(words) or _begins_led(following) else " "
        if following is not None and words[-1] in _HYPHENS:
            words, glue = _divided(words, following.text.strip(), vocabulary)
        span = (len(text), len(text) + len(words))
        provenances.append(Provenance(page=page, bbox=line.bbox, span=span))
        text += words if following is None else words + glue
    return text, tuple(provenances)


def without_leaders(text: str) -> str:
    """Return a line whose dots that lead to a price or page are one sign, `LEADER`."""
    led = _LEADER.sub(f" {LEADER} ", text)
    return text.strip() if led == text else " ".join(led.split())


def _begins_led(line: Line | None) -> bool:
    """Tell whether a line names a thing, from its capital or number on, and leads to its price."""
    if line is None:
        return False
    words = without_leaders(line.text)
    return not words[:1].islower() and _LED.match(words) is not None


def _divided(words: str, following: str, vocabulary: AbstractSet[str]) -> tuple[str, str]:
    """Return the line's words, with or without their last hyphen, and what joins them on."""
    head = re.search(r"(?<![^\W\d_])(?<![^\W\d_]-)[^\W\d_]++(?:-[^\W\d_]++)*+(?=.$)", words)
    if head is None or not following[0].isalpha():
        return words, "" if len(words) > 1 and words[-2].isalnum() else " "
    tail = re.match(r"[^\W\d_]+", following)
    if words[-1] != "\u00ad" and tail and _is_own_hyphen(head[0], tail[0], vocabulary):
        return words, ""
    return words[:-1], ""


def _is_own_hyphen(head: str, tail: str, vocabulary: AbstractSet[str]) -> bool:
    head, lower = head.lower(), tail.lower()
    if head + lower in vocabulary:
        return False
    if f"{head}-{lower}" in vocabulary or "-" in head or not tail[0].islower():
        return True
    return _KEEPS_HYPHEN.fullmatch(head) is not None


def _continues(block: list[Line], line: Line) -> bool:
    last = block[-1]
    if same_row(last, line) and last.bbox.x1 <= line.bbox.x0 + 0.01:
        return line.bbox.x0 - last.bbox.x1 < 3 * max(last.height, line.height)
    if _is_item(line, block) or _SECTION.match(line.text) or not _looks_alike(last, line):
        return False
    gap = line.bbox.y0 - last.bbox.y1
    height = min(last.height, line.height)
    above_below = last.bbox.x0 < line.bbox.x1 and line.bbox.x0 < last.bbox.x1
    if not above_below or line.middle <= last.middle or gap > _largest_gap(block, height):
        return False
    return not _begins_paragraph(block, line)


def _is_item(line: Line, block: list[Line]) -> bool:
    """Whether the line begins a list item; "(ii)" amid a sentence begins none."""
    if not starts_list_item(line.text):
        return False
    last = block[-1]
    lettered = line.text[0].isalnum() or line.text[0] == "("
    amid = lettered and not _SENTENCE_END.search(last.text.rstrip())
    flush = abs(line.bbox.x0 - last.bbox.x0) < 0.3 * line.height
    right = max(other.bbox.x1 for other in block)
    full = len(block) > 1 and last.bbox.x1 > right - 3 * line.height
    return not (amid and flush and full and not starts_list_item(block[0].text))


def _looks_alike(last: Line, line: Line) -> bool:
    if last.size_pt and line.size_pt and not _divides_capitals(last, line):
        ratio = last.size_pt / line.size_pt
        goes_on = last.bold == line.bold or (last.bold and line.text[:1].islower())
        return 0.88 < ratio < 1.14 and goes_on
    return 0.6 < last.height / line.height < 1.7


def _divides_capitals(last: Line, line: Line) -> bool:
    """Whether a word in capitals is divided: small capitals have the size of their largest."""
    return _CUT_CAPITALS.search(last.text) is not None and line.text[:2].isupper()


def _largest_gap(block: list[Line], height: float) -> float:
    gaps = [after.bbox.y0 - before.bbox.y1 for before, after in pairwise(block)]
    usual = [gap for gap in gaps if gap > -height]
    return max(median(usual) + 0.35 * height, 0.1 * height) if usual else 0.9 * height


def _begins_paragraph(block: list[Line], line: Line) -> bool:
    """Whether the line's indent, or the short line before it, says that a paragraph begins."""
    last = block[-1]
    em = line.height
    left = min(other.bbox.x0 for other in block)
    right = max(other.bbox.x1 for other in [*block, line])
    ended = _SENTENCE_END.search(last.text.rstrip()) is not None
    short = last.bbox.x1 < right - max(0.15 * (right - left), 2 * em)
    if short and ended:
        return True
    indented = line.bbox.x0 > last.bbox.x0 + 0.6 * em
    if indented and len(block) > 1:
        hanging = starts_list_item(block[0].text)
        return ended and not hanging
    is_hanging = len(block) > 1 and block[1].bbox.x0 > block[0].bbox.x0 + 0.6 * em
    outdented = line.bbox.x0 < last.bbox.x0 - 0.6 * em
    return is_hanging and outdented and (ended or starts_list_item(block[0].text))

"""The generator of the `embedded` profile: a short answer first, then the words it stands in.

It writes nothing of its own: every answer is a range of a source, in bold, and quoted with what
stands around it. Sources that say the same are named together; sources that differ are shown side
by side. Knows ranked evidence; knows no language model.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.agreement import differ, objecting, says_same
from rag.answer.arithmetic import Calculation, calculate
from rag.answer.asked import Asked, understand
from rag.answer.citations import CELL_DOT, without_marks
from rag.answer.extremes import Extreme, extreme
from rag.answer.features import stems_of
from rag.answer.ranking import AnswerRanker, Found
from rag.answer.tables import column_names, row_quotation
from rag.datamodel import CELL_SEPARATOR, Context, Prompt
from rag.protocols import Embedder

MOST_CLAIMS: Final = 3
RELATIVE_CHANCE: Final = 0.03
"""A further claim must be at least this share as likely as the first one."""

RELATIVE_SUPPORT: Final = 0.01
"""What says the same as a claim is named with it down to this share of the first one's chance."""

LEAST_TABLE_CHANCE: Final = 0.1
"""A table's largest row is shown if the table's rows together are so likely."""

FIRST_QUOTE_WORDS: Final = 18
OTHER_QUOTE_WORDS: Final = 10
MOST_SHORT_WORDS: Final = 16
"""A longer answer is its own quotation."""

_ORDINALS: Final = ("", "", "second ", "third ", "fourth ")
_TOKEN: Final = re.compile(r"[^\s|]+")
DIFFER: Final = "The sources differ:"
OTHERS: Final = "Or:"
"""Before what is less likely than the first claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is shown as one line: an answer with its words, and others that say the same."""

    found: Found
    also: tuple[Found, ...] = ()


class ExtractiveGenerator:
    """Quotes evidence. Streams claim by claim; the same prompt gives the same answer."""

    def __init__(self, ranker: AnswerRanker, embedder: Embedder) -> None:
        self._ranker = ranker
        self._embedder = embedder

    @property
    def model_id(self) -> str:
        return "extractive"

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        asked = understand(prompt.query.text)
        worked = self._worked(asked, prompt.context)
        if worked:
            yield worked
            return
        found = self._ranker.find(asked.text, prompt.context.hits)
        claims = choose(found)
        against = objecting(found, claims[0].found, claims[0].also) if claims else None
        if against is not None:
            claims = [claims[0], Claim(found=against)]
        apart = against is not None or (
            len(claims) > 1 and differ(claims[0].found, claims[1].found, asked)
        )
        if apart:
            yield f"{DIFFER}\n\n"
        for place, claim in enumerate(claims):
            words = OTHER_QUOTE_WORDS if place else FIRST_QUOTE_WORDS
            before = "" if not place else f"\n\n{OTHERS} " if place == 1 and not apart else "\n\n"
            yield before + written(claim, asked, most_words=words)

    def _worked(self, asked: Asked, context: Context) -> str:
        """Return what is calculated or picked out of a whole table; "" where nothing is."""
        calculation = calculate(asked, context.hits, self._ranker)
        if calculation is not None:
            return calculated(calculation, asked)
        found = extreme(asked, context)
        if found is None or not self._likely(found, asked, context):
            return ""
        return outstanding(found, asked)

    def _likely(self, found: Extreme, asked: Asked, context: Context) -> bool:
        """Tell whether the table is where the answer is looked for at all."""
        chance = math.fsum(
            one.chance
            for one in self._ranker.find(asked.text, context.hits)
            if one.evidence.hit.chunk.id in found.chunks
        )
        return chance >= LEAST_TABLE_CHANCE


def calculated(calculation: Calculation, asked: Asked) -> str:
    """Return a result in bold, its working, and each number quoted with its mark."""
    quotes = [
        f"{quotation(operand.found, asked, most_words=OTHER_QUOTE_WORDS)}"
        f" [{operand.short.evidence.hit.rank}]"
        for operand in calculation.operands
    ]
    listed = "\n".join(f"- {quote}" for quote in quotes)
    return f"**{calculation.result}** — {calculation.working}\n\n{listed}"


def outstanding(found: Extreme, asked: Asked) -> str:
    """Return the largest or smallest of a table's rows, its value, and of how many rows it is."""
    label, value = found.row.cells[found.label], found.row.cells[found.value]
    first, second = (
        (value, label) if asked.noun & stems_of(found.names[found.value]) else (label, value)
    )
    which = f"{_ORDINALS[found.place]}{'largest' if found.largest else 'smallest'}"
    quote = row_quotation(
        found.names,
        " | ".join(found.row.cells),
        asked.text,
        answer=value,
        most_words=FIRST_QUOTE_WORDS,
    )
    line = without_marks(f"**{first}** ({second}) — {quote}")
    note = f"The {which} of {found.rows} rows of the table."
    return f"{line} [{found.row.hit.rank}]\n\n{note}"


def choose(found: Sequence[Found]) -> list[Claim]:
    """Return at most `MOST_CLAIMS` of the likeliest; what says the same is joined to the earlier.

    Only other documents are named with a claim: the same words again in one are left out.
    """
    claims: list[Claim] = []
    for one in found:
        share = one.chance / found[0].chance
        if share < RELATIVE_SUPPORT:
            break
        same = next((n for n, claim in enumerate(claims) if says_same(claim.found, one)), None)
        if same is not None:
            claims[same] = _joined(claims[same], one)
        elif len(claims) < MOST_CLAIMS and share >= RELATIVE_CHANCE:
            claims.append(Claim(found=one))
    return claims


def _joined(claim: Claim, other: Found) -> Claim:
    named = {f.evidence.hit.chunk.doc_id for f in (claim.found, *claim.also)}
    if other.evidence.hit.chunk.doc_id in named:
        return claim
    return replace(claim, also=(*claim.also, other))


def written(claim: Claim, asked: Asked, *, most_words: int) -> str:
    """Return the claim as a line: the short answer in bold, its words, the marks."""
    found = claim.found
    marks = "".join(f"[{f.evidence.hit.rank}]" for f in (found, *claim.also))
    quote = without_marks(quotation(found, asked, most_words=most_words))
    short = short_answer(found)
    return f"**{without_marks(short)}** — {quote} {marks}" if short else f"{quote} {marks}"


def short_answer(found: Found) -> str:
    """Return the short answer as one line; "" where the quotation alone says it as well."""
    if found.short is None:
        return ""
    text = " ".join(found.short.text.replace("*", " ").replace("|", CELL_DOT).split())
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    text = text.rstrip(",;:")
    whole = " ".join(found.evidence.text.split())
    return "" if text == whole or len(text.split()) > MOST_SHORT_WORDS else text


def quotation(found: Found, asked: Asked, *, most_words: int) -> str:
    """Return the words of the evidence around the short answer; of a table row its cells."""
    evidence = found.evidence
    chunk = evidence.hit.chunk
    start, end = line_of(found)
    row = chunk.text[start:end]
    if chunk.role == "table" and CELL_SEPARATOR in row:
        answer = found.short.text if found.short else ""
        return row_quotation(
            column_names(chunk), row, asked.text, answer=answer, most_words=most_words
        )
    inside = (found.short.start, found.short.end) if found.short else None
    if found.short and found.short.end - found.short.start > end - start:
        start, end = evidence.start, evidence.end
    quote = shortened(chunk.text, (start, end), asked, inside=inside, most_words=most_words)
    return f"“{' '.join(quote.replace('|', CELL_DOT).split())}”"


def line_of(found: Found) -> tuple[int, int]:
    """Return the table row that holds the short answer; of anything else all the evidence."""
    evidence, short = found.evidence, found.short
    if short is None or evidence.hit.chunk.role != "table":
        return evidence.start, evidence.end
    text = evidence.hit.chunk.text
    start = text.rfind("\n", evidence.start, short.start) + 1 or evidence.start
    end = text.find("\n", short.end, evidence.end)
    return start, evidence.end if end < 0 else end


def shortened(
    text: str,
    limits: tuple[int, int],
    asked: Asked,
    *,
    inside: tuple[int, int] | None = None,
    most_words: int,
) -> str:
    """Return a part of a range of at most `most_words`, whole words: what is `inside`, centred.

    With nothing inside it is what shares most with the question. What is left out is shown as `…`.
    """
    first, last = limits
    spans = [(m.start(), m.end()) for m in _TOKEN.finditer(text, first, last)]
    if len(spans) <= most_words:
        return text[first:last]
    starts = len(spans) - most_words
    if inside is None:
        best = _fullest(text, spans, asked, most_words)
    else:
        held = [n for n, (a, b) in enumerate(spans) if a < inside[1] and inside[0] < b]
        best = max(0, min((held[0] + held[-1] - most_words + 1) // 2, starts)) if held else 0
    end = spans[best + most_words - 1][1]
    return ("… " if best else "") + text[spans[best][0] : end] + (" …" if best < starts else "")


def _fullest(text: str, spans: Sequence[tuple[int, int]], asked: Asked, most_words: int) -> int:
    """Return where the part begins that holds most words of the question."""
    scores = [bool(asked.stems & stems_of(text[a:b])) for a, b in spans]
    sums = [0, *itertools.accumulate(scores)]
    starts = range(len(spans) - most_words + 1)
    return max(starts, key=lambda i: (sums[i + most_words] - sums[i], -i))

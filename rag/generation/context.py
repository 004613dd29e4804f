"""What a small model reads: the best places, each cut to what stands around its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Context, Hit
from rag.generation.quotation.units import Unit, is_listing
from rag.table_text import table_head

MAX_PLACES: Final = 4
CONTEXT_TOKENS: Final = 750
PLACE_TOKENS: Final = 220
"""Of one place; the first may take half of all."""

MIN_TOKENS: Final = 40
"""With less left no further place is read."""

EVIDENCE_SHARE: Final = 0.7
"""How much the evidence of a place counts for its order, the rest being its rank."""

LEAD_HEADINGS: Final = 2
LEAD_CHARACTERS: Final = 120
"""Longer headings are text that was taken for one; a small model repeats them."""

MOST: Final = 1 / 2
"""What is likelier to be refused is."""

MAX_REFUSALS: Final = 0.15
"""What a few places tell, or further ones, is told where a refusal is no likelier; and a choice in
the words of the question alone (see benchmarks/LOG.md)."""

SAME: Final = 0.9
"""Two places of which so many of the shorter one's words are the other's say the same."""

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A hit, and the part of its text that is read; `is_seen`: a picture that holds more was."""

    hit: Hit
    text: str
    is_seen: bool = False

    @property
    def lead(self) -> str:
        """The headings that the text stands under, the last one or two; "" where they are long."""
        lead = " — ".join(self.hit.chunk.headings[-LEAD_HEADINGS:])
        return lead if len(lead) <= LEAD_CHARACTERS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read for an answer: `sources`, by the ranks that they have in `context`.

    Where a refusal is likelier than `max_refusals` nothing is written of it.
    """

    context: Context = Context()  # noqa: RUF009 - frozen
    sources: tuple[Source, ...] = ()
    max_refusals: float = MOST


def build_sources(
    hits: Sequence[Hit], units: Sequence[Unit], *, count_tokens: CountTokens
) -> list[Source]:
    """Return the places that are read, best first; none says what an earlier one does."""
    by_rank: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        by_rank[unit.evidence.hit.rank].append(unit)
    sources: list[Source] = []
    left = CONTEXT_TOKENS
    for hit in _by_evidence(hits, by_rank):
        if len(sources) == MAX_PLACES or left < MIN_TOKENS:
            break
        room = min(PLACE_TOKENS if sources else CONTEXT_TOKENS // 2, left)
        source = Source(hit=hit, text=_cut(hit, by_rank[hit.rank], room, count_tokens))
        if not any(_say_same(source, other) for other in sources):
            sources.append(source)
            left -= count_tokens(f"{source.lead}\n{source.text}")
    return sources


def _by_evidence(hits: Sequence[Hit], units: dict[int, list[Unit]]) -> list[Hit]:
    """Return the hits by rank and their units' chance; the first is read unless it is a listing."""
    chances = {hit.rank: sum(unit.chance for unit in units.get(hit.rank, ())) for hit in hits}
    most = max(chances.values(), default=0.0) or 1.0

    def worth(hit: Hit) -> float:
        by_rank = 0.0 if is_listing(hit.chunk) else 1 / (1 + 0.5 * (hit.rank - 1))
        return EVIDENCE_SHARE * chances[hit.rank] / most + (1 - EVIDENCE_SHARE) * by_rank

    ordered = sorted(hits, key=lambda hit: -worth(hit))
    first = [hit for hit in hits[:1] if not is_listing(hit.chunk)]
    left_out = [hit for hit in ordered[MAX_PLACES:] if hit in first]
    read = ordered[: MAX_PLACES - len(left_out)] + left_out
    return read + [hit for hit in ordered if hit not in read]


def _say_same(one: Source, other: Source) -> bool:
    own, others = set(one.text.lower().split()), set(other.text.lower().split())
    return len(own & others) > SAME * min(len(own), len(others))


def _cut(hit: Hit, units: Sequence[Unit], room: int, count_tokens: CountTokens) -> str:
    """Return the text of a hit within so many tokens, whole sentences or rows of it."""
    text = hit.chunk.text
    if count_tokens(text) <= room or not units:
        return text
    if hit.chunk.role == "table" and CELL_SEPARATOR in text:
        return _rows(text, units, room, count_tokens)
    return _window(text, units, room, count_tokens)


def _rows(text: str, units: Sequence[Unit], room: int, count_tokens: CountTokens) -> str:
    head = table_head(text)
    rows = [unit for unit in units if unit.evidence.text not in head]
    kept: list[Unit] = []
    left = room - count_tokens("\n".join(head))
    for unit in sorted(rows, key=lambda unit: -unit.chance):
        left -= count_tokens(unit.evidence.text)
        if left < 0:
            break
        kept.append(unit)
    kept.sort(key=lambda unit: unit.evidence.start)
    return "\n".join([*head, *(unit.evidence.text for unit in kept)])


def _window(text: str, units: Sequence[Unit], room: int, count_tokens: CountTokens) -> str:
    ordered = sorted(units, key=lambda unit: unit.evidence.start)
    first = last = max(range(len(ordered)), key=lambda n: ordered[n].chance)

    def stretch(start: int, end: int) -> str:
        return text[ordered[start].evidence.start : ordered[end].evidence.end]

    while True:
        before = [(first - 1, (first - 1, last))] if first else []
        after = [(last + 1, (first, last + 1))] if last + 1 < len(ordered) else []
        grown = before + after
        fitting = [(n, pair) for n, pair in grown if count_tokens(stretch(*pair)) <= room]
        if not fitting:
            return stretch(first, last)
        _, (first, last) = max(fitting, key=lambda one: (ordered[one[0]].chance, one[0]))

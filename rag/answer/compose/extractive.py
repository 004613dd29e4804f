"""The generator of the `embedded` profile: the passage that answers, quoted with its marks.

It writes nothing of its own: every answer is ranges of the sources. Above the passage stand a short
answer, in bold, where it is sure; numbers in which sources differ; what a rule works out of several
places. Knows ranked evidence; knows no language model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.citations import without_marks
from rag.answer.base.refusal import CLOSEST
from rag.answer.base.tables import MOST_ROW_WORDS, Key
from rag.answer.compose.bold import bold_answer, takes_few_words
from rag.answer.compose.bold_words import bold_words, is_clause, is_quoted_whole
from rag.answer.compose.region import described, region_meant
from rag.answer.computed.computed_answers import WorkedOut, work_out
from rag.answer.computed.table_rows import tables_of
from rag.answer.evidence.agreement import differ, says_same
from rag.answer.evidence.quoting import quotation, quotes_row, short_answer
from rag.answer.evidence.ranking import AnswerRanker, FoundAnswer
from rag.answer.passages.choice import MOST_WORDS
from rag.answer.passages.passages import Passages
from rag.answer.question.question import LEAST_SEVERAL, Question, understand
from rag.answer.trust.short_chance import LEAST_SHORT, SHORT, short_signs
from rag.datamodel import AnswerLength, Context, Hit, Prompt
from rag.protocols import Embedder

MOST_CLAIMS: Final = 3
LENGTHS: Final[dict[AnswerLength, float]] = {"short": 0.4, "usual": 1.0, "long": 2.5}
"""Words that are quoted, as a share of those that usually are."""

AFTER_WORKED: Final = 60
"""So many words of a passage follow what is worked out of tables, lists and people."""

LEAST_EACH: Final = 40
"""So many words has the answer of each of several questions."""


LEAST_LISTED: Final = 3
"""A list of so many is complete: no passage follows it."""

LEAST_ROOM: Final = 40
"""With less room nothing follows what is worked out."""

OPENING_WORDS: Final = 14
"""So many words are quoted of each reading of a look-up that opens the answer."""

SURE_WORDS: Final = 40
"""So many are quoted after a short answer in bold: mostly its sentence, which the passage below
need not say again."""

LOOKUP_CHANCE: Final = 0.65
"""A question is a look-up from this chance of the kind on; see benchmarks/LOG.md."""

RELATIVE_CHANCE: Final = 0.1
"""A further claim must be at least this share as likely as the first one: of 199 questions 17 are
answered rightly only by a further claim, all of them above this; it leaves out 88 of 378 others."""

RELATIVE_SUPPORT: Final = 0.01
"""What says the same as a claim is named with it down to this share of the first one's chance."""


_POSSESSIVE: Final = re.compile(r"\b(?:her|his|its|their)\b", re.IGNORECASE)
_MARK: Final = re.compile(r"\[(\d+)\]")
_BOLD: Final = re.compile(r"\*\*(?P<told>.+?)\*\*")
DIFFER: Final = "The sources differ:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAnswer:
    """What is shown as one line: an answer with its words, and others that say the same."""

    found: FoundAnswer
    also: tuple[FoundAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLines:
    """What stands above the passage: the first `sure` of the claims in bold; `differ`: disagree."""

    claims: Sequence[ToldAnswer] = ()
    sure: int = 0
    differ: bool = False


class ExtractiveGenerator:
    """Quotes evidence. Streams claim by claim; the same prompt gives the same answer."""

    def __init__(self, ranker: AnswerRanker, embedder: Embedder) -> None:
        self._ranker = ranker
        self._passages = Passages(ranker)
        self._embedder = embedder

    @property
    def model_id(self) -> str:
        return "extractive"

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        asked = understand(prompt.query)
        region = region_meant(asked)
        if region is not None:
            yield described(region, mark="[1]")
            return
        several = len(asked.asked_apart)
        worked = (
            WorkedOut()
            if several > LEAST_SEVERAL
            else work_out(asked, prompt.context, self._ranker)
        )
        if not worked.text and several > 1:
            yield "\n\n".join(self._each(asked, prompt))
        else:
            told = self._answered(asked, prompt, room_words(asked), worked=worked)
            yield from filter(None, (told,))

    def closest(self, asked: Question, context: Context) -> str:
        """Return what comes closest to an answer that is not stated; "" where that is nothing.

        What is worked out leads, and nothing is in bold.
        """
        worked = _BOLD.sub(r"\g<told>", work_out(asked, context, self._ranker).text)
        if not worked:
            return self._passages.closest(asked, context)
        return f"{CLOSEST}\n\n{self._after(worked, asked, context.hits, room_words(asked))}"

    def _answered(
        self, asked: Question, prompt: Prompt, most_words: int, *, worked: WorkedOut
    ) -> str:
        """Return what is worked out or sure, and the passage: so many words together."""
        if worked.is_all:
            return worked.text
        if worked.text:
            return self._after(worked.text, asked, prompt.context.hits, most_words)
        return self._with_passage(asked, prompt, most_words)

    def _with_passage(self, asked: Question, prompt: Prompt, most_words: int) -> str:
        """Return what is sure, and the passage that answers."""
        hits = prompt.context.hits
        first = self._above(asked, hits, prompt.confidence)
        lines = [opening(c, asked, is_sure=n < first.sure) for n, c in enumerate(first.claims)]
        above = "\n\n".join([DIFFER, *lines] if first.differ else lines)
        room = most_words - len(above.split())
        passage = self._passages.told(asked, hits, most_words=room, after=above)
        return "\n\n".join(filter(None, (above, passage)))

    def _after(self, worked: str, asked: Question, hits: Sequence[Hit], most_words: int) -> str:
        """Return what is worked out and, where it is no list, a passage after it."""
        room = min(most_words - len(worked.split()), AFTER_WORKED)
        if room < LEAST_ROOM or worked.count("\n- ") >= LEAST_LISTED:
            return worked
        without = frozenset(_rows_beside(worked, asked, hits))
        passage = self._passages.told(
            asked, hits, most_words=room, after=worked, is_told=True, without=without
        )
        return "\n\n".join(filter(None, (worked, passage)))

    def _above(self, asked: Question, hits: Sequence[Hit], confidence: float) -> FirstLines:
        """Return the readings of a look-up, the likeliest first; of another the one that is sure.

        Whatever is asked, sources that differ stand beside each other.
        """
        claims = chosen(self._ranker.find(asked, hits))
        if not claims:
            return FirstLines()
        if _sources_differ(asked, claims):
            return FirstLines(claims=claims[:2], sure=2, differ=True)
        if not takes_few_words(asked):
            return FirstLines()
        is_lookup = _is_lookup(asked)
        if self._is_sure(asked, claims[0].found, confidence):
            return FirstLines(claims=claims if is_lookup else claims[:1], sure=1)
        return FirstLines(claims=self._likelier(asked, hits, claims) if is_lookup else ())

    def _is_sure(self, asked: Question, found: FoundAnswer, confidence: float) -> bool:
        """Tell whether the short answer is likely right, where the answer is by this chance."""
        bold = bold_answer(found, asked)
        return bool(bold) and SHORT.chance_of(short_signs(bold, asked, confidence)) >= LEAST_SHORT

    def _likelier(
        self, asked: Question, hits: Sequence[Hit], claims: Sequence[ToldAnswer]
    ) -> list[ToldAnswer]:
        """Return readings of which none is sure by what their places are likely to tell."""
        order = self._passages.likelier(asked, hits, [claim.found for claim in claims])
        return sorted(claims, key=lambda claim: order.index(claim.found))

    def _each(self, asked: Question, prompt: Prompt) -> Iterator[str]:
        """Yield the answer of each question; one that points back names the answer before it."""
        hits = prompt.context.hits
        known = ""
        for part in asked.asked_apart:
            own = asked.part(f"{asked.opening}{_pointed(part, known)}")
            found = self._ranker.find(own, hits)
            known = known or (short_answer(found[0], own) if found else "")
            room = max(LEAST_EACH, room_words(asked) // len(asked.asked_apart))
            worked = work_out(own, prompt.context, self._ranker)
            told = self._answered(own, prompt, room, worked=worked)
            yield f"{part}\n\n{told}" if len(asked.asked_apart) > LEAST_SEVERAL else told


def room_words(asked: Question) -> int:
    """Return how many words an answer may have, as the person wants answers."""
    return round(MOST_WORDS * LENGTHS[asked.wishes.length])


def _rows_beside(worked: str, asked: Question, hits: Sequence[Hit]) -> Iterator[Key]:
    """Yield the rows of the tables that what is worked out quotes: it says what they tell.

    Beside a largest or smallest the rows of no table tell more.
    """
    ranks = {int(rank) for rank in _MARK.findall(worked)}
    is_picked = asked.picks
    for table in tables_of(hits):
        if is_picked or any(row.hit.rank in ranks for row in table.rows):
            yield from ((row.hit.chunk.id, row.start) for row in table.rows)


def _sources_differ(asked: Question, claims: Sequence[ToldAnswer]) -> bool:
    """Tell whether the two likeliest answers differ in a number."""
    return any(differ(claims[0].found, one.found, asked) for one in claims[1:2])


def _is_lookup(asked: Question) -> bool:
    return asked.kinds["lookup"] >= LOOKUP_CHANCE


def _pointed(part: str, answer: str) -> str:
    """Return the question with "her", "its" replaced by whose: by the answer before it."""
    return _POSSESSIVE.sub(lambda _: f"{answer}'s", part) if answer else part


def chosen(found: Sequence[FoundAnswer]) -> list[ToldAnswer]:
    """Return at most `MOST_CLAIMS` of the likeliest; what says the same is joined to the earlier.

    Only other documents are named with a claim: the same words again in one are left out.
    """
    claims: list[ToldAnswer] = []
    for one in found:
        share = one.chance / found[0].chance
        if share < RELATIVE_SUPPORT:
            break
        same = next((n for n, claim in enumerate(claims) if says_same(claim.found, one)), None)
        if same is not None:
            claims[same] = _joined(claims[same], one)
        elif len(claims) < MOST_CLAIMS and share >= RELATIVE_CHANCE:
            claims.append(ToldAnswer(found=one))
    return claims


def _joined(claim: ToldAnswer, other: FoundAnswer) -> ToldAnswer:
    named = {f.evidence.hit.chunk.doc_id for f in (claim.found, *claim.also)}
    if other.evidence.hit.chunk.doc_id in named:
        return claim
    return replace(claim, also=(*claim.also, other))


def opening(claim: ToldAnswer, asked: Question, *, is_sure: bool) -> str:
    """Return the words of a claim with their marks; where it is sure, its answer in bold before.

    A clause in bold is its own quotation: the passage below quotes what stands around it.
    """
    found = claim.found
    marks = "".join(f"[{f.evidence.hit.rank}]" for f in (found, *claim.also))
    bold = without_marks(bold_words(found, asked)) if is_sure else ""
    most_words = SURE_WORDS if is_sure else OPENING_WORDS
    if quotes_row(found):
        most_words = MOST_ROW_WORDS  # whole, so that the passage need not show it again
    quote = without_marks(quotation(found, asked, most_words=most_words))
    if not bold:
        return f"{quote} {marks}"
    if is_clause(bold) or is_quoted_whole(bold, quote):
        return f"**“{bold}”** {marks}"
    told = quote.removeprefix(f"{bold} — ")  # the label of a row is told once
    return f"**{bold}** — {told} {marks}"

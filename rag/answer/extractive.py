"""The generator of the `embedded` profile: a short answer first, then the words it stands in.

It writes nothing of its own: every answer is a range of a source, in bold, and quoted with what
stands around it. Sources that say the same are named together; sources that differ are shown side
by side. Knows ranked evidence; knows no language model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.agreement import differ, objecting, says_same
from rag.answer.asked import Asked, asks_whether, understand
from rag.answer.citations import without_marks
from rag.answer.parts import parted
from rag.answer.quoting import FIRST_QUOTE_WORDS, OTHER_QUOTE_WORDS, quotation, short_answer
from rag.answer.ranking import AnswerRanker, Found
from rag.answer.worked import work_out
from rag.datamodel import Context, Prompt
from rag.protocols import Embedder

MOST_CLAIMS: Final = 3
RELATIVE_CHANCE: Final = 0.1
"""A further claim must be at least this share as likely as the first one: of 199 questions 17 are
answered rightly only by a further claim, all of them above this; it leaves out 88 of 378 others."""

TOLD_CHANCE: Final = 0.5
"""What is quoted besides the likeliest evidence of yes or no is at least half as likely."""

RELATIVE_SUPPORT: Final = 0.01
"""What says the same as a claim is named with it down to this share of the first one's chance."""


_POSSESSIVE: Final = re.compile(r"\b(?:her|his|its|their)\b", re.IGNORECASE)
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
        worked = work_out(asked, prompt.context, self._ranker)
        if worked:
            yield worked
            return
        questions = parted(asked.core)
        if len(questions) > 1:
            yield "\n\n".join(self._each(questions, asked, prompt.context))
            return
        found = self._ranker.find(asked.text, prompt.context.hits)
        if asks_whether(asked):
            yield "\n\n".join(told(found, asked))
            return
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

    def _each(self, questions: Sequence[str], asked: Asked, context: Context) -> Iterator[str]:
        """Yield the likeliest claim of each question; one that points back names the answer."""
        opening = asked.text[: len(asked.text) - len(asked.core)]
        known = ""
        for question in questions:
            own = understand(f"{opening}{_pointed(question, known)}")
            found = self._ranker.find(own.text, context.hits)
            fresh = [one for one in found if not known or short_answer(one, own) != known]
            if fresh:
                known = known or short_answer(fresh[0], own)
                yield written(Claim(found=fresh[0]), own, most_words=FIRST_QUOTE_WORDS)


def _pointed(question: str, answer: str) -> str:
    """Return the question with "her", "its" replaced by whose: by the answer before it."""
    return _POSSESSIVE.sub(lambda _: f"{answer}'s", question) if answer else question


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


def told(found: Sequence[Found], asked: Asked) -> list[str]:
    """Return what the documents say of a question for yes or no, as lines; they are the answer."""
    whole = [replace(one, short=None, chance=one.evidence.score) for one in found]
    whole.sort(key=lambda one: -one.chance)
    claims = [c for c in choose(whole) if c.found.chance >= TOLD_CHANCE * whole[0].chance]
    return [
        written(claim, asked, most_words=OTHER_QUOTE_WORDS if place else FIRST_QUOTE_WORDS)
        for place, claim in enumerate(claims)
    ]


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
    short = short_answer(found, asked)
    return f"**{without_marks(short)}** — {quote} {marks}" if short else f"{quote} {marks}"

"""Whether each sentence of an answer stands in what it cites: the ranges of those that do not.

What is quoted word for word is found at once. The rest is weighed by a logistic regression over
plain matching (`rag.answer.trust.support`) and the reader's relevance of the cited passage to the
sentence. The weights are fitted by `training.verification.verification`.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final

from rag.answer.base.citations import CELL_DOT
from rag.answer.base.claims import Claim, claims_of
from rag.answer.base.tables import column_names
from rag.answer.question.languages import told_language
from rag.answer.trust.facts import has_facts, readable, unheld_facts
from rag.answer.trust.names import unheld_names
from rag.answer.trust.numbers import numbers_in, unfound_numbers
from rag.answer.trust.seen import may_be_seen
from rag.answer.trust.support import (
    Passage,
    Rarity,
    best_window,
    matching,
)
from rag.datamodel import CELL_SEPARATOR, Answer, Chunk, Hit
from rag.decoding import decoded
from rag.protocols import PassageReader
from rag.retrieve.related_words import Frequencies
from rag.text import stem, unsaid, words

WEIGHTS: Final = "verify.json"
MOST_READ: Final = 2
"""Of several cited passages those that share most words with the sentence are read."""

READ_CHARACTERS: Final = 500
"""Of a passage what stands around the fitting sentence is read: it costs a third of the whole."""

LOGIT_LIMIT: Final = 6.0
_WORKING: Final = re.compile(r"\d[.,]*+\)?%?\s*+(?:[-+−–*/×÷=]|against)\s*+\(?[$€£¥]?\d")
_QUOTE: Final = re.compile(r"“([^“”]+)”")
_FRAGMENTS: Final = re.compile(r"…|\*\*|—|;|:(?=\s)|“|”")
_ASIDE: Final = re.compile(r"[*|\u2060]|" + CELL_DOT)

PARAPHRASED: Final = 0.45
"""So much of a sentence's words, the rare ones counting more, a paraphrase has from its source."""

UNREAD: Final = (
    "Sentences in another language than their sources are checked by numbers and months alone."
)
UNSEEN: Final = "What the model read off a picture is not checked: look at the picture."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The half-open ranges that are not borne out, and sentences about what was not read."""

    unsupported: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportWeights:
    """A logistic regression by name of the sign; under `threshold` a sentence is marked."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def chance(self, signs: Mapping[str, float]) -> float:
        logit = self.bias + math.fsum(w * signs.get(name, 0.0) for name, w in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@functools.cache
def fitted_weights() -> SupportWeights:
    """Return the weights that are shipped."""
    text = (resources.files(__package__) / WEIGHTS).read_text(encoding="utf-8")
    return decoded(text, SupportWeights)


class Verifier:
    """Checks the sentences of complete answers. Thread-safe where the reader is."""

    def __init__(
        self,
        reader: PassageReader,
        frequencies: Frequencies,
        *,
        ready: Callable[[], bool] = lambda: True,
        quoting: bool = False,
        sees: Callable[[], bool] = lambda: False,
        weights: SupportWeights | None = None,
    ) -> None:
        """Check answers; until the reader is `ready`, by matching alone.

        Those of a generator that is `quoting` are checked by their quotations: what it says around
        them (of how many rows, by what working) it works out by rule from what it quotes.
        `sees` tells whether it is shown pictures: what it reads off them is not marked.
        """
        self._sees = sees
        self._reader = reader
        self._ready = ready
        self._frequencies = frequencies
        self._quoting = quoting
        self._weights = weights

    def check(self, answer: Answer) -> Checked:
        """Return the ranges of `answer.text` that its sources do not bear out, and notes.

        They tell of sentences that could not be read against their sources.
        """
        if not answer.answered:
            return Checked()
        cited = tuple(dict.fromkeys(citation.chunk for citation in answer.citations))
        claims = claims_of(answer.text)
        found = [self._is_supported(claim, answer, cited) for claim in claims]
        unheld = [claim for claim, held in zip(claims, found, strict=True) if held is False]
        seen = [claim for claim in unheld if self._sees() and may_be_seen(claim, answer)]
        return Checked(
            unsupported=tuple((claim.start, claim.end) for claim in unheld if claim not in seen),
            notes=(*([UNREAD] if None in found else []), *([UNSEEN] if seen else [])),
        )

    def _is_supported(self, claim: Claim, answer: Answer, cited: Sequence[Chunk]) -> bool | None:
        """Tell whether a sentence stands in its sources; None where it can't be read with them."""
        chunks = sources_of(claim, answer)
        if self._quoting:
            return quotes_stand(claim.text, [*cited, *chunks])
        if any(is_quotation(claim.text, chunk) for chunk in (*cited, *chunks)):
            return True
        if is_worked_out(claim.text, cited or chunks):
            return True
        if unheld_facts(claim.text, "\n".join(chunk.embedding_text for chunk in chunks)):
            return False
        if not readable(claim.text, "\n".join(chunk.text for chunk in chunks)):
            return None
        return self._is_read(claim.text, answer, cited, chunks)

    def _is_read(
        self, claim: str, answer: Answer, cited: Sequence[Chunk], chunks: Sequence[Chunk]
    ) -> bool:
        """Tell whether a sentence in the language of its sources is borne out by them."""
        known = f"{answer.query.text}\n{answer.standalone_query}"
        if unheld_names(claim, _named_in([*cited, *chunks]), known=known):
            return False
        weights = self._weights or fitted_weights()
        language = told_language(claim) or told_language(answer.text)
        passages = [Passage(text=one.text, lead=one.context, language=language) for one in chunks]
        signs = self.signs(claim, passages)
        return weights.chance(signs) >= weights.threshold or is_paraphrase(claim, signs)

    def signs(self, claim: str, passages: Sequence[Passage]) -> dict[str, float]:
        """Return what speaks for and against a sentence, by the passage that fits it best.

        The passages are compared in one language.
        """
        if not passages:
            return {"no_number": 1.0, "no_name": 1.0, "apart": 1.0, "relevance": -1.0}
        rarity = self._rarity(claim, passages[0].language)
        matched = [(matching(claim, passage, rarity), passage) for passage in passages]
        matched.sort(key=lambda one: _against(one[0]) - one[0]["cover"] - one[0]["order"])
        if not self._ready():
            return matched[0][0]
        read = [excerpt(claim, passage, rarity) for _, passage in matched[:MOST_READ]]
        return matched[0][0] | {"relevance": relevance_sign(claim, read, self._reader)}

    def _rarity(self, claim: str, language: str | None) -> Rarity:
        own = sorted(set(words(claim)) - unsaid(language))
        counts, total = self._frequencies(own)
        weights = {
            stem(word, language): math.log(1 + (total + 1) / (counts.get(word, 0) + 1))
            for word in own
        }
        return lambda one: weights.get(one, 1.0)


def _named_in(chunks: Sequence[Chunk]) -> str:
    """Return what names of a sentence are looked up in: the words of chunks, and of their files."""
    return "\n".join(f"{chunk.source}\n{chunk.embedding_text}" for chunk in chunks)


def is_paraphrase(claim: str, signs: Mapping[str, float]) -> bool:
    """Tell whether a sentence says in other words what its numbers, months and the rest hold.

    It has such facts, all held; enough of its words stand there; nothing but words is exchanged.
    """
    against = {name for name, value in signs.items() if name.startswith("no_") and value}
    return (
        has_facts(claim) and signs.get("cover", 0.0) >= PARAPHRASED and against <= {"no_same_word"}
    )


def excerpt(claim: str, passage: Passage, rarity: Rarity) -> Passage:
    """Return the passage, if it is long, as what fits a sentence best with what stands around it.

    Of a table the header comes along.
    """
    text = passage.text
    if len(text) <= READ_CHARACTERS:
        return passage
    first, last = best_window(claim, passage, rarity)
    room = max(0, READ_CHARACTERS - (last - first)) // 2
    start = text.rfind("\n" if CELL_SEPARATOR in text else " ", 0, max(0, first - room)) + 1
    end = text.find(" ", min(len(text), last + room))
    part = text[start : end if end > 0 else len(text)]
    header = text.partition("\n")[0]
    if start and CELL_SEPARATOR in header:
        part = f"{header}\n{part}"
    return replace(passage, text=part)


def sources_of(claim: Claim, answer: Answer) -> list[Chunk]:
    """Return what a sentence must stand in: what it cites with its neighbours; unmarked, all."""
    hits = answer.context.hits
    named = [hit for n in claim.numbers if (hit := answer.context.source(n)) is not None]
    if not named:
        return [hit.chunk for hit in hits]
    near = [hit for hit in hits if any(_are_neighbours(hit, one) for one in named)]
    return list(dict.fromkeys(hit.chunk for hit in (*named, *near)))


def _are_neighbours(one: Hit, other: Hit) -> bool:
    return one.chunk.id in other.chunk.neighbours or other.chunk.id in one.chunk.neighbours


def is_quotation(claim: str, chunk: Chunk) -> bool:
    """Tell whether all of a sentence stands in the chunk word for word.

    That is each of its quotations, and each part around them (a short answer, a column's name);
    or all its words in one row of a table and the header. Space, marks and `|` do not count.
    """
    parts = list(filter(None, map(_squashed, _FRAGMENTS.split(claim))))
    if _QUOTE.search(claim) or len(parts) == 1:
        return bool(parts) and all(_stands(part, _squashed(chunk.text)) for part in parts)
    return CELL_SEPARATOR in chunk.text and any(
        all(_stands(part, row) for part in parts) for row in _rows(chunk)
    )


def quotes_stand(claim: str, chunks: Sequence[Chunk]) -> bool:
    """Tell whether each quotation of a sentence stands in one of the chunks word for word.

    Also in a chunk's context: a table is called by the heading above it, or by its file.
    """
    parts = [part for quote in _QUOTE.findall(claim) for part in map(_squashed, quote.split("…"))]
    told = [_squashed(f"{chunk.source} {chunk.embedding_text}") for chunk in chunks]
    return all(any(part in text for text in told) for part in parts)


def _stands(part: str, text: str) -> bool:
    """Tell whether whole words stand in a text one after the other."""
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None


def _rows(chunk: Chunk) -> Iterator[str]:
    """Yield each row of a table, squashed, after its caption and the names of its columns."""
    lines = chunk.text.split("\n")
    first = next(n for n, line in enumerate(lines) if CELL_SEPARATOR in line)
    names = " ".join(column_names(chunk))
    header = _squashed(" ".join([*lines[: first + 1], names]))
    yield from (f"{header} {_squashed(line)}" for line in lines[first + 1 :])


def _squashed(text: str) -> str:
    """Return a text as one line, without commas, marks of bold and cells, dots at its ends."""
    return " ".join(_ASIDE.sub(" ", text).replace(",", " ").split()).strip(" .,;:()[]'\"-–")


def is_worked_out(claim: str, chunks: Sequence[Chunk]) -> bool:
    """Tell whether a sentence shows a calculation that holds, over numbers of the chunks."""
    if not _WORKING.search(claim) or not numbers_in(claim):
        return False
    return not unfound_numbers(claim, "\n".join(chunk.text for chunk in chunks))


def relevance_sign(claim: str, passages: Sequence[Passage], reader: PassageReader) -> float:
    """Return how relevant the reader holds the passages to the sentence: a logit, -1 to 1."""
    read = reader.read(claim, [p.text for p in passages], contexts=[p.lead for p in passages])
    return max(_logit(one.relevance) for one in read)


def _against(signs: Mapping[str, float]) -> float:
    """Return how much speaks against a passage: of two that share as many words the plainer."""
    return math.fsum(value for name, value in signs.items() if name.startswith("no_")) / 10


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return max(-LOGIT_LIMIT, min(LOGIT_LIMIT, math.log(chance / (1 - chance)))) / LOGIT_LIMIT

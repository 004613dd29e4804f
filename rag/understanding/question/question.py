"""A question, understood once, and carried to all that searches, weighs and tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from rag.datamodel import Hit, Query, Turn
from rag.glossary.gloss import as_english, gloss
from rag.languages import is_foreign
from rag.question_length import MAX_CHARACTERS, check_length, latest
from rag.text import words
from rag.understanding.followup.conversation import standalone
from rag.understanding.followup.signs import asks_again, carefully_written, names_nothing
from rag.understanding.question.answer_kind import Kind, expected_kind
from rag.understanding.question.comparisons import comparison, parted
from rag.understanding.question.odd_input import (
    AGAIN,
    PASTED,
    TOO_LITTLE,
    is_pasted,
    other_language,
    reply_to,
    without_greeting,
)
from rag.understanding.question.qualities import column_words, measured
from rag.understanding.question.question_kind import EVEN_CHANCES, kinds
from rag.understanding.question.question_kind import Kind as QuestionKind
from rag.understanding.question.question_words import (
    REGION_WORDS,
    Findings,
    NamedPages,
    QuestionWords,
    Thing,
    named_pages,
    once,
    searched_text,
)
from rag.understanding.wishes.library_wish import LibraryWish, library_wish
from rag.understanding.wishes.picture_wish import PictureWish, picture_wish
from rag.understanding.wishes.summary_wish import SummaryWish, summary_wish

_COUNTS: Final = re.compile(r"\b(?:how many|number of|sum|average|mean)\b", re.IGNORECASE)

MIN_SEVERAL: Final = 2
"""Of more questions each is searched by itself; two are mostly of one thing."""


@dataclass(frozen=True, kw_only=True)
class Question(QuestionWords):
    """What a person asks, taken apart. One thread at a time.

    `text` stands alone and holds the lettering of a picture that is searched by; `said` is what
    the person sent, `standalone` the words alone, `topic` what of the conversation they lean on;
    `leans` tells that they may not be understood without it.
    `history` is what was said before, `spoken_of` are the documents that were cited last.
    `by_itself` is the question without what was said before, where it may be meant so. `on_pages`
    tells that the places found are the pages that it named, which are no words of it any more.
    `findings` live as long as it does; those `shared` with its parts depend on words alone.
    """

    standalone: str
    topic: str = ""
    leans: bool = False
    on_pages: bool = False
    history: tuple[Turn, ...] = ()
    spoken_of: tuple[str, ...] = ()
    by_itself: Question | None = None
    shared: Findings = field(default_factory=Findings, repr=False, compare=False)
    findings: Findings = field(default_factory=Findings, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        return once(self.findings, key, make)

    def part(self, text: str) -> Question:
        """Return a question of these words that belongs to this one; the same words are one."""
        if text == self.text:
            return self
        is_whole = not self.original or self.standalone in text
        original = self.original if is_whole else text
        return self.once(
            ("part", text),
            lambda: replace(self, text=text, standalone=text, topic="", original=original),
        )

    def reworded(self, standalone: str) -> Question:
        if standalone == self.standalone:
            return self
        text = self.text.replace(self.standalone, standalone, 1)
        return replace(self, text=text, standalone=standalone)

    def rewritten(self, standalone: str) -> Question:
        """Return the question as a model says it alone, which may still be meant as typed."""
        alone = understand(replace(self.said, text=standalone))
        typed, known = self.by_itself, {*words(alone.standalone)}
        topic = (word for word in words(f"{self.standalone} {self.topic}") if word not in known)
        return replace(
            alone,
            said=self.said,
            leans=self.leans,
            topic=" ".join(dict.fromkeys(topic)),
            history=self.history,
            spoken_of=self.spoken_of,
            by_itself=typed if typed and typed.standalone == self.standalone else None,
        )

    @property
    def of_documents_spoken_of(self) -> Question | None:
        """The question of the documents cited last; None where it has none, or stands alone."""
        filters = self.filters.narrowed(self.spoken_of) if self.leans else None
        if filters is None or self.region or self.image or self.attachments:
            return None
        alone = replace(self.by_itself, filters=filters) if self.by_itself else None
        return replace(self, filters=filters, by_itself=alone)

    @cached_property
    def searched(self) -> Question:
        """What retrieval looks for: with its topic, and some words of the region asked about."""
        region = self.region.text.split() if self.region else []
        text = f"{self.standalone} {self.topic}".strip()
        return self.part(f"{text} {' '.join(region[:REGION_WORDS])}".strip())

    @cached_property
    def pages(self) -> NamedPages:
        """The pages that it names, and what it asks of them."""
        return named_pages(self.standalone)

    # What is asked for

    @cached_property
    def kind(self) -> Kind:
        return self._kind_of(self.core)

    @cached_property
    def whole_kind(self) -> Kind:
        """The same, by the opening too."""
        return self._kind_of(self.text)

    def _kind_of(self, words_: str) -> Kind:
        return "any" if self.is_foreign else expected_kind(words_)

    @cached_property
    def kinds(self) -> Mapping[QuestionKind, float]:
        return EVEN_CHANCES if self.is_foreign else kinds(self.core)

    def measured(self, names: Sequence[str]) -> str:
        """Return the core with what a superlative measures, where a column is called by it."""
        return measured(self.core, [column_words(name) for name in names])

    @cached_property
    def counts(self) -> bool:
        """Whether a number of things is asked for, or one that is worked out of several."""
        return not self.is_foreign and _COUNTS.search(self.core) is not None

    @cached_property
    def compares(self) -> bool:
        return not self.is_foreign and comparison(self.core) is not None

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """What is searched besides: each of several questions, sides of a comparison."""
        if self.is_foreign:
            return ()
        several = parted(self.text)
        if len(several) > MIN_SEVERAL:
            return several
        return comparison(self.text) or ()

    @cached_property
    def asked_apart(self) -> tuple[str, ...]:
        """The questions that it asks one after the other; itself where it is one."""
        return parted(self.core)

    # What helps on where little can be answered

    @cached_property
    def reply(self) -> str:
        """What is said to words that ask nothing; "" for a question."""
        if self.region or self.image or self.attachments:
            return ""
        alone = self.original or self.standalone
        is_bare = words(alone) == words(self.said.text) and not self.topic
        too_little = TOO_LITTLE if is_bare and names_nothing(alone) else ""
        return reply_to(self.said.text) or too_little

    @property
    def note(self) -> str:
        """What is told beside what is found where nothing new is asked; "" for others."""
        if self.standalone != self.said.text and asks_again(self.said.text):
            return AGAIN
        return PASTED if is_pasted(self.said.text) else ""

    def in_other_language(self, hits: Sequence[Hit], *, across: str) -> str:
        """Return what is told where it is in another language than the places found; else ""."""
        read_as = self.standalone if self.original else ""
        return other_language(self.original or self.text, hits, read_as=read_as, across=across)

    def is_read_in(self, hits: Sequence[Hit]) -> bool:
        """Tell whether it and the places are read in English, so that their words can be shared."""
        return not self.is_foreign and all(
            not is_foreign(as_english(hit.chunk.text)) for hit in hits
        )

    # Wishes

    @cached_property
    def summary(self) -> SummaryWish | None:
        """What it wants summarised; None where it asks something else."""
        said = summary_wish(self.said.text)
        if said and said.refers and self.spoken_of:
            return said  # "it" is a document, whatever its words stand for
        return summary_wish(self.standalone) or said

    @cached_property
    def library(self) -> LibraryWish | None:
        return None if self.is_foreign else library_wish(self.standalone)

    @cached_property
    def picture(self) -> PictureWish | None:
        return None if self.is_foreign else picture_wish(self.text)


def understand(query: Query | str, history: Sequence[Turn] = ()) -> Question:
    """Return the question of a query after a conversation. PagelightError: it is too long."""
    if isinstance(query, Question):
        return query
    said = Query(text=query) if isinstance(query, str) else query
    check_length(said.text)
    own = carefully_written(without_greeting(said.text))
    read = gloss(own)
    words_ = carefully_written(read.text) if read else own
    asked = [
        replace(turn, question=as_english(turn.question))
        for turn in history
        if not reply_to(turn.question)
    ]
    alone = standalone(words_, () if said.region else asked)
    original = own if read and alone.text == words_ else alone.text if read else ""
    return Question(
        by_itself=understand(said) if alone.may_be_new else None,
        text=searched_text(replace(said, text=alone.text))[:MAX_CHARACTERS],
        image=said.image,
        attachments=said.attachments,
        filters=said.filters,
        region=said.region,
        wishes=said.wishes,
        said=said,
        standalone=alone.text,
        topic=alone.topic,
        leans=alone.leans,
        original=original,
        history=() if said.region else tuple(latest(history)),
        spoken_of=next((turn.sources for turn in reversed(history) if turn.cited), ()),
    )

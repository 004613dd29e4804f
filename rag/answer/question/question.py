"""A question, understood once: made here, and carried to all that searches, weighs and tells.

What its words say is worked out when it is first asked for, and kept with it; so is what is found
for it. Nothing below takes a question as bare words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypeVar

from rag.answer.base.rules import ALL_RULES, Rules
from rag.answer.followup.conversation import standalone
from rag.answer.followup.signs import asks_again, names_nothing
from rag.answer.followup.written_form import carefully_written
from rag.answer.question.answer_kind import Kind, expected_kind, foreign_kind
from rag.answer.question.asked import (
    REGION_WORDS,
    Stems,
    alias,
    asked_of_passage,
    content_of,
    core_question,
    names_in,
    reworded_words,
    stems_of,
    without_fiscal,
    years_in,
)
from rag.answer.question.comparisons import ComparedThings, comparison
from rag.answer.question.compound import parted
from rag.answer.question.languages import english_rule, is_foreign, other_language, told_languages
from rag.answer.question.named_pages import NamedPages, named_pages
from rag.answer.question.odd_input import (
    AGAIN,
    PASTED,
    TOO_LITTLE,
    is_pasted,
    reply_to,
    without_greeting,
)
from rag.answer.question.operations import Operation, operation
from rag.answer.question.qualities import (
    SAME,
    measured,
    picks,
    same_measure,
    short_months,
    told_column,
)
from rag.answer.question.question_kind import EVEN_CHANCES, Floats, kinds
from rag.answer.question.question_kind import Kind as QuestionKind
from rag.answer.wishes.library_wish import LibraryWish, library_wish
from rag.answer.wishes.picture_wish import PictureWish, picture_wish
from rag.answer.wishes.summary_wish import SummaryWish, summary_wish
from rag.datamodel import Hit, Query, Turn
from rag.glossary.gloss import as_english, gloss, in_language
from rag.protocols import Embedder
from rag.question_length import MOST_CHARACTERS, check_length, latest
from rag.retrieve.retriever import searched_text, vector_of
from rag.text import stem, unsaid, words

Thing = TypeVar("Thing")

_GLOSSED: Final = ("en",)

_COUNTS: Final = re.compile(r"\b(?:how many|number of|total|sum|average|mean)\b", re.IGNORECASE)

_WHICH: Final = re.compile(r"\bwhich\b", re.IGNORECASE)

LEAST_SEVERAL: Final = 2
"""Of more questions each is searched by itself; two are mostly of one thing."""


class Findings:
    """What is found for a question, each thing once. What two threads find at once, both find.

    A key names who finds (an index, a model, a stage) and what it was given.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was found under the key; `make` finds it the first time."""
        if key not in self._found:
            self._found[key] = make()
        found: Thing = self._found[key]  # type: ignore[assignment]  # as it was made for this key
        return found


@dataclass(frozen=True, kw_only=True)
class Question(Query):
    """What a person asks, taken apart. One thread at a time.

    `text` stands alone and holds the lettering of a picture that is searched by; `said` is what
    the person sent, `standalone` the words alone, `topic` what of the conversation they lean on;
    `leans` tells that they may not be understood without it.
    `rules` are those that it is answered by, `history` is what was said before, `spoken_of` are the
    documents that were cited last. `by_itself` is the question without what was said before,
    where it may be meant so. `on_pages` tells that the places found are the pages that it named,
    which are no words of it any more.
    `findings` live as long as it does; those `shared` with its parts depend on words alone.
    """

    said: Query
    standalone: str
    topic: str = ""
    leans: bool = False
    rules: Rules = ALL_RULES
    on_pages: bool = False
    history: tuple[Turn, ...] = ()
    spoken_of: tuple[str, ...] = ()
    by_itself: Question | None = None
    shared: Findings = field(default_factory=Findings, repr=False, compare=False)
    findings: Findings = field(default_factory=Findings, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        return self.findings.once(key, make)

    def part(self, text: str) -> Question:
        """Return a question that belongs to this one, of these words; the same words are one.

        One that holds other words than this one is said in these, whatever they were before.
        """
        if text == self.text:
            return self
        is_whole = not self.original or self.standalone in text
        original = self.original if is_whole else text
        return self.once(
            ("part", text),
            lambda: replace(self, text=text, standalone=text, topic="", original=original),
        )

    def reworded(self, standalone: str) -> Question:
        """Return the question with other words for those that stand alone."""
        if standalone == self.standalone:
            return self
        text = self.text.replace(self.standalone, standalone, 1)
        return replace(self, text=text, standalone=standalone)

    def rewritten(self, standalone: str) -> Question:
        """Return the question as a model says it alone; what was said before is searched, too.

        One of which nothing told that it leans may still be meant as it was typed.
        """
        alone = understand(replace(self.said, text=standalone), rules=self.rules)
        typed, known = self.by_itself, {*words(alone.standalone)}
        topic = (word for word in words(f"{self.standalone} {self.topic}") if word not in known)
        return replace(
            alone,
            said=self.said,
            topic=" ".join(dict.fromkeys(topic)),
            history=self.history,
            spoken_of=self.spoken_of,
            by_itself=typed if typed and typed.standalone == self.standalone else None,
        )

    @property
    def of_documents_spoken_of(self) -> Question | None:
        """The question of the documents that were cited last; None where it has no such."""
        filters = self.filters.narrowed(self.spoken_of)
        if filters is None or self.region or self.image or self.attachments:
            return None
        alone = replace(self.by_itself, filters=filters) if self.by_itself else None
        return replace(self, filters=filters, by_itself=alone)

    @cached_property
    def searched(self) -> Question:
        """What retrieval looks for: with its topic, and some words of the region asked about."""
        region = self.region.text.split() if self.region else []
        told = f"{self.standalone} {self.topic}".strip()
        return self.part(f"{told} {' '.join(region[:REGION_WORDS])}".strip())

    def vector(self, embedder: Embedder) -> Floats:
        """Return the unit vector of the text, shape (dim,)."""
        row: Floats = vector_of(self, self.text, embedder)[0]
        return row

    # Words

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) that its words may be in, all as likely."""
        return _GLOSSED if self.original else self.spoken_languages

    @cached_property
    def spoken_languages(self) -> tuple[str, ...]:
        """Those that they may have been said in: a document may tell months in these."""
        return told_languages(self.said.text or self.text)

    @property
    def language(self) -> str | None:
        """The language (ISO 639-1) that its words are in; None where they don't tell."""
        return self.languages[0] if len(self.languages) == 1 else None

    @cached_property
    def is_foreign(self) -> bool:
        """Whether it is surely not in English: no `english_rule` reads it."""
        return not self.original and is_foreign(self.said.text or self.text)

    @cached_property
    def core(self) -> str:
        """The words without an opening that only names the document ("In the report X, ...")."""
        return core_question(self.text) if self.rules.on("openings") else self.text

    @property
    def opening(self) -> str:
        """What stands before the core."""
        return self.text[: len(self.text) - len(self.core)]

    @cached_property
    def of_passage(self) -> str:
        """What a passage is read with: without a long opening."""
        return asked_of_passage(self.text) if self.rules.on("openings") else self.text

    @cached_property
    def named(self) -> frozenset[str]:
        """All words."""
        return frozenset(words(self.text))

    @cached_property
    def content(self) -> frozenset[str]:
        """The stems of the words that say something."""
        return self.content_in(self.text)

    def in_language(self, language: str) -> tuple[str, float]:
        """Return its telling words in another language (ISO 639-1), and which share is listed."""
        return in_language(self.text, language)

    def content_in(self, text: str) -> frozenset[str]:
        """Return the stems of a text as the question's own are: cut as words of its language.

        Of a text that is read by its gloss they are those of both: a name may be a word there.
        """
        return self._of_both(text, content_of)

    def content_read(self, text: str) -> frozenset[str]:
        """Return the same of what is read alone."""
        return content_of(self.read(text), self.language)

    def stems_in(self, text: str) -> Stems:
        """Return the same, months by their short names."""
        return self._of_both(text, stems_of)

    def _of_both(self, text: str, stems: Callable[[str, str | None], Stems]) -> Stems:
        read = self.read(text)
        own = frozenset() if read == text else stems(text, self.language)
        return stems(read, self.language) | own

    def read(self, text: str) -> str:
        """Return a text as the question is read: where that is in English, in English."""
        return text if self.is_foreign else as_english(text)

    @cached_property
    def worded(self) -> Mapping[str, str]:
        """The last word of each stem that says something."""
        unsaid_ = unsaid(self.language)
        found = (word for word in words(self.text) if word not in unsaid_)
        return {stem(word, self.language): word for word in found}

    @cached_property
    def stems(self) -> Stems:
        """The same, months by their short names."""
        return frozenset(map(alias, self.content))

    @cached_property
    def dated(self) -> str:
        """The text with its years plain: "FY2021" as 2021."""
        return without_fiscal(self.text)

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """The words whose frequency tells how much they say, each once, in order."""
        told = (*words(self.text), *words(self.dated))
        unsaid_ = unsaid(self.language)
        return tuple(dict.fromkeys(word for word in told if word not in unsaid_))

    @cached_property
    def names(self) -> Stems:
        """The stems of its capitalised words."""
        return frozenset(map(alias, names_in(self.text, self.core, self.language)))

    @cached_property
    def years(self) -> frozenset[str]:
        return years_in(self.text)

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The words that documents may say otherwise; what a superlative measures is known."""
        found = reworded_words(self.text)
        return tuple(word for word in found if not (self.picks and word.endswith("est")))

    @cached_property
    def same_measure(self) -> Mapping[str, Mapping[str, float]]:
        """Other words for the measures and months that it names, as in `related`."""
        return same_measure(self.text) | short_months(self.text)

    @cached_property
    def related_stems(self) -> Mapping[str, Mapping[str, float]]:
        """For a stem of the question, the stems of what documents have for it, and how surely."""
        return {
            alias(own): {alias(stem(word)): sure for word, sure in found.items()}
            for own, found in self.related.items()
        }

    @cached_property
    def content_or_same(self) -> frozenset[str]:
        """The stems of the words that say something, and of words that surely mean the same."""
        same = (
            other
            for own in self.content
            for other, sure in self.related_stems.get(own, {}).items()
            if sure >= SAME
        )
        return self.content.union(same)

    def standing(self, own: str, stems: Collection[str]) -> float:
        """Return how surely a stem of the question, or a word of like meaning, is among stems."""
        if own in stems:
            return 1.0
        found = self.related_stems.get(own)
        if not found:
            return 0.0
        return max((sure for other, sure in found.items() if other in stems), default=0.0)

    @cached_property
    def pages(self) -> NamedPages:
        """The pages that it names, and what it asks of them."""
        return named_pages(self.standalone) if self.rules.on("named-pages") else NamedPages()

    # What is asked for

    @cached_property
    def kind(self) -> Kind:
        """The kind of answer asked for."""
        return self._kind_of(self.core)

    @cached_property
    def whole_kind(self) -> Kind:
        """The same, by the opening too."""
        return self._kind_of(self.text)

    def _kind_of(self, words_: str) -> Kind:
        if not self.rules.on("kinds"):
            return "any"
        if self.original:
            told = foreign_kind(self.original, told_languages(self.original))
            return expected_kind(words_) if told == "any" else told
        return foreign_kind(words_, self.languages) if self.is_foreign else expected_kind(words_)

    @english_rule(EVEN_CHANCES)
    def kinds(self) -> Mapping[QuestionKind, float]:
        """The chance of each kind of question."""
        return kinds(self.core)

    @english_rule(otherwise=False)
    def picks(self) -> bool:
        """Whether the most or least of several things is asked for."""
        return picks(self.core)

    def measured(self, names: Sequence[str]) -> str:
        """Return the core with what a superlative measures, where a column is called by it."""
        return measured(self.core, [told_column(name) for name in names])

    @english_rule(otherwise=False)
    def counts(self) -> bool:
        """Whether a number of things is asked for, or one that is worked out of several."""
        return _COUNTS.search(self.core) is not None

    @english_rule(None)
    def operation(self) -> Operation | None:
        """The calculation that is asked for."""
        return self._operation(self.core)

    @english_rule(())
    def sides(self) -> tuple[str, ...]:
        """What is compared; () where nothing is."""
        found = self._comparison(self.core)
        return found.sides if found else ()

    @english_rule(())
    def parts(self) -> tuple[str, ...]:
        """What is searched besides: each of several questions, numbers to calculate with, sides."""
        several = self._parted(self.text)
        if len(several) > LEAST_SEVERAL:
            return several
        wanted = self._operation(self.text)
        compared = None if wanted else self._comparison(self.text)
        return compared.parts if compared else wanted.parts if wanted else ()

    @cached_property
    def asked_apart(self) -> tuple[str, ...]:
        """The questions that it asks one after the other; itself where it is one."""
        return self._parted(self.core)

    def _operation(self, words: str) -> Operation | None:
        return operation(words) if self.rules.on("calculations") else None

    def _comparison(self, words: str) -> ComparedThings | None:
        return comparison(words) if self.rules.on("sides") else None

    def _parted(self, words: str) -> tuple[str, ...]:
        return parted(words) if self.rules.on("compound") else (words,)

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

    @english_rule(None)
    def library(self) -> LibraryWish | None:
        return library_wish(self.standalone) if self.rules.on("library") else None

    @english_rule(None)
    def picture(self) -> PictureWish | None:
        return picture_wish(self.text) if self.rules.on("pictures") else None


def understand(
    query: Query | str, history: Sequence[Turn] = (), *, rules: Rules = ALL_RULES
) -> Question:
    """Return the question that a query is after a conversation; one that is understood, as it is.

    A question about a region of a page leans on no conversation. Raises PagelightError for one
    that is too long.
    """
    if isinstance(query, Question):
        return query
    said = Query(text=query) if isinstance(query, str) else query
    check_length(said.text)
    own = carefully_written(without_greeting(said.text))
    read = gloss(own) if rules.on("gloss") else None
    words_ = carefully_written(read.text) if read else own
    asked = [_in_english(turn, rules) for turn in history if not reply_to(turn.question)]
    alone = standalone(words_, () if said.region else asked)
    original = own if read and alone.text == words_ else alone.text if read else ""
    return Question(
        by_itself=understand(said, rules=rules) if alone.may_be_new else None,
        text=searched_text(replace(said, text=alone.text))[:MOST_CHARACTERS],
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
        rules=rules,
        history=() if said.region else tuple(latest(history)),
        spoken_of=next((turn.sources for turn in reversed(history) if turn.cited), ()),
    )


def _in_english(turn: Turn, rules: Rules) -> Turn:
    """Return what was asked before as it was read."""
    return replace(turn, question=as_english(turn.question)) if rules.on("gloss") else turn

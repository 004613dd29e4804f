"""Does what a model asks for: it reads what the question's own filters admit, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final, Protocol

from rag.datamodel import Chunk, Filters, Hit, composed
from rag.datamodel.writing import SearchStep
from rag.generation.table_answers import TableLine
from rag.generation.tools.calls import ToolCall
from rag.question_length import MAX_CHARACTERS
from rag.understanding.question.question import Question

STEP_HITS: Final = 5
"""Places that a further search brings."""

MAX_LISTED: Final = 20
MAX_PLACES: Final = 3
"""Of what was found so many places are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedDocument:
    """A document that is searched, under the path that it may be seen by."""

    doc_id: str
    source: str
    title: str = ""


class Shelf(Protocol):
    """The documents that a question may be answered from."""

    def searched(self, filters: Filters, /) -> Sequence[ShelvedDocument]: ...
    def page(self, doc_id: str, page: int, /) -> Sequence[Chunk]:
        """Return the chunks of a page in reading order; of all where there are no pages."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcome:
    """What a step brought, and how it is told."""

    step: SearchStep
    hits: tuple[Hit, ...] = ()


_AT_END: Final = re.compile(
    r"[\s,;:\"“”'(]{1,9}(?:in)?[\s,;:\"“”').]{0,9}$|^[\s,;:]+", re.IGNORECASE
)
"""What is left of "…, in FILE" without the name."""


AsksTables = Callable[[Question, Sequence[Hit]], TableLine | None]
"""Puts a question to the tables of hits."""

MAX_RESULT: Final = 200
"""Letters of a result: cells are a document's words, and may be long."""


@dataclass(frozen=True, eq=False)
class Toolbox:
    """`rank` searches for words as a question of their own; returns the best hits first."""

    rank: Callable[[Question, int], list[Hit]]
    shelf: Shelf
    tables: AsksTables = lambda _asked, _hits: None

    def done(self, asked: Question, call: ToolCall) -> StepOutcome:
        """Do what is asked for; what can't be done is told in the step."""
        if call.name == "search":
            if not call.words:
                return _refused(call, "There were no words to search for.")
            part = self._within_named(asked, call.words[:MAX_CHARACTERS])
            return outcome_of(call, tuple(self.rank(part, STEP_HITS)[:STEP_HITS]))
        if call.name == "open":
            return self._opened(asked, call)
        if call.name == "table":
            return self._calculated(asked, call)
        if call.name == "list":
            wanted = composed(call.words).casefold().split()
            known = [
                one.source
                for one in self.shelf.searched(asked.filters)
                if all(word in composed(f"{one.source} {one.title}").casefold() for word in wanted)
            ]
            more = f" and {len(known) - MAX_LISTED} more" if len(known) > MAX_LISTED else ""
            found = f"{', '.join(known[:MAX_LISTED])}{more}" if known else "no document"
            return StepOutcome(step=SearchStep(action="list", words=call.words, found=found))
        return _refused(call, f"There is nothing called {call.name}.")

    def _within_named(self, asked: Question, words: str) -> Question:
        """Return what is searched; words that hold the name of a file ask that file alone."""
        named = [one for one in self.shelf.searched(asked.filters) if _names(words, one)]
        if not named:
            return asked.part(words)
        files = {PurePosixPath(one.source).name for one in named}
        rest = re.sub("|".join(map(re.escape, files)), " ", words, flags=re.IGNORECASE)
        part = asked.part(_AT_END.sub("", " ".join(rest.split())) or words)
        within = tuple(one.source for one in named)
        return replace(part, filters=replace(asked.filters, within=within))

    def _calculated(self, asked: Question, call: ToolCall) -> StepOutcome:
        if not call.words:
            return _refused(call, "There was no question for the tables.")
        part = asked.part(call.words)
        result = self.tables(part, self.rank(part, STEP_HITS)[:STEP_HITS])
        if result is None:
            return _refused(call, "No table that was found answers this.")
        result_text = f"“{result.query.result}”, {result.query.plan}"
        found = " ".join(result_text.split())[:MAX_RESULT]
        step = SearchStep(action=call.name, words=call.words, found=found)
        return StepOutcome(step=step, hits=result.hits)

    def _opened(self, asked: Question, call: ToolCall) -> StepOutcome:
        wanted = composed(call.words.strip()).casefold()
        known = self.shelf.searched(asked.filters)
        named = [one for one in known if wanted in _names_of(one.source)]
        if len(named) != 1:
            matches = "no document" if not named else "more than one document"
            return _refused(call, f"There is {matches} of that name among those that are searched.")
        document = named[0]
        chunks = self.shelf.page(document.doc_id, call.page)
        if not chunks:
            return _refused(call, f"{document.source} has no words on page {call.page}.")
        hits = tuple(
            Hit(chunk=replace(chunk, source=document.source), score=1.0, rank=n, channel="fused")
            for n, chunk in enumerate(chunks, start=1)
        )
        return outcome_of(call, hits)


def _names(words: str, document: ShelvedDocument) -> bool:
    """Tell whether the words hold the name of the document's file, as a word of its own."""
    name = re.escape(PurePosixPath(document.source).name)
    return re.search(rf"(?<![\w.-]){name}(?![\w-])", words, re.IGNORECASE) is not None


def _names_of(source: str) -> set[str]:
    path = composed(source).casefold()
    return {path, PurePosixPath(path).name}


def _refused(call: ToolCall, why: str) -> StepOutcome:
    return StepOutcome(step=SearchStep(action=call.name, words=call.words, found=why, refused=True))


def outcome_of(call: ToolCall, hits: tuple[Hit, ...]) -> StepOutcome:
    places = dict.fromkeys(
        f"{hit.chunk.source}, page {hit.chunk.page}" if hit.chunk.page else hit.chunk.source
        for hit in hits
    )
    more = f" and {len(places) - MAX_PLACES} more" if len(places) > MAX_PLACES else ""
    found = f"{'; '.join([*places][:MAX_PLACES])}{more}" if places else "nothing"
    words = f"{call.words}, page {call.page}" if call.page else call.words
    return StepOutcome(step=SearchStep(action=call.name, words=words, found=found), hits=hits)

"""Sentences with a fact that stands elsewhere, asked again of the lines in question alone.

"The unheated one stood still in 31 per cent, the heated one in 4": amid three places a small model
takes the wrong one. Of that sentence alone it takes the right one (see benchmarks/LOG.md). Knows
text; what writes is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.generation.context import Source
from rag.generation.draft import Draft, Sentence
from rag.generation.verification.check import (
    CheckedDraft,
    FindMisplaced,
    check,
    none_misplaced,
)
from rag.generation.verification.facts import unheld_facts
from rag.generation.verification.names import unheld_names
from rag.generation.verification.support import stems_of

SAME: Final = 0.7
"""Of the words written again so many stand in the sentence that they replace, or the question."""

WriteOf = Callable[[Source], Sentence | None]
"""Answers the question of one source in a sentence; None where it holds no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """Asks again what has a fact that stands elsewhere."""

    question: str
    write_of: WriteOf
    misplaced: FindMisplaced = none_misplaced

    def settled(self, checked: CheckedDraft) -> CheckedDraft:
        """Return the sentences that stand; where none does, those that stand when asked again."""
        if checked.sentences:
            return checked
        by_text = {one.text: one for one in self._again(checked)}
        return replace(checked, sentences=tuple(by_text.values()))

    def _again(self, checked: CheckedDraft) -> Iterator[Sentence]:
        for sentence in checked.draft.sentences:
            lines = checked.displaced.get(sentence.text)
            sources = checked.draft.reading.sources
            again = self._written_of(lines, sentence, sources) if lines else None
            if again:
                yield again

    def _written_of(
        self, lines: Source, sentence: Sentence, sources: Sequence[Source]
    ) -> Sentence | None:
        """Return what is written of the lines alone where that has other facts, and stands.

        It says the same but for these: another sentence altogether tells of another thing.
        """
        written = self.write_of(lines)
        text = written.text if written else ""
        known = f"{sentence.text}\n{self.question}"
        has_others = unheld_facts(text, known) or unheld_names(text, sentence.text, known=known)
        own = {stem for stem in stems_of(text) if stem.isalpha()}
        if written is None or not has_others or len(own & stems_of(known)) < SAME * len(own):
            return None
        is_further, opening = sentence.is_further, sentence.opening
        told = replace(written, numbers=(lines.hit.rank,), opening=opening, is_further=is_further)
        again = Draft(sentences=(told,))
        settled = check(again, self.question, sources, misplaced=self.misplaced)
        return next(iter(settled.sentences), None)

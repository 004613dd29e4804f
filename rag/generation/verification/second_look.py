"""Sentences whose number may be another's, asked again of the lines in question alone.

"The unheated one stood still in 31 per cent, the heated one in 4": amid three places a small model
takes the wrong one, and no check of words tells. Of that sentence alone it takes the right one (see
benchmarks/LOG.md). Knows text; what writes is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.generation.context import Source
from rag.generation.draft import Draft, Sentence
from rag.generation.verification.alignment import lines_of
from rag.generation.verification.check import CheckedDraft, check
from rag.generation.verification.facts import numbers_in, unfound_numbers, unheld_facts
from rag.generation.verification.names import unheld_names
from rag.generation.verification.support import is_whole, stems_of

SAME: Final = 0.7
"""Of the words written again so many stand in the sentence that they replace, or the question."""

WriteOf = Callable[[Source], Sentence | None]
"""Answers the question of one source in a sentence; None where it holds no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """Asks again what may be wrong: a number with a rival, and a fact that stands elsewhere."""

    question: str
    write_of: WriteOf

    def settled(self, checked: CheckedDraft) -> CheckedDraft:
        """Return the sentences that stand, after a second look at the doubtful.

        Facts that stand elsewhere are asked again only where no sentence stands.
        """
        sources = checked.draft.reading.sources
        looked = [self._of_rivals(one, sources) for one in checked.sentences]
        by_text = {one.text: one for one in looked or self._of_displaced(checked)}
        return replace(checked, sentences=tuple(by_text.values()))

    def _of_rivals(self, sentence: Sentence, sources: Sequence[Source]) -> Sentence:
        cited = [source for source in sources if source.hit.rank in sentence.numbers]
        line = rival_line(sentence.text, self.question, cited)
        return (self._written_of(line, sentence, sources) if line else None) or sentence

    def _of_displaced(self, checked: CheckedDraft) -> Iterator[Sentence]:
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
        return next(iter(check(again, self.question, sources).sentences), None)


def rival_line(text: str, question: str, sources: Sequence[Source]) -> Source | None:
    """Return the source's sentence that a text has its numbers from, where it holds others too.

    Rivals are numbers that neither the text nor the question says, of years only years.
    """
    said = [number for number in _numbers(text) if unfound_numbers(number, question)]
    named = stems_of(text) | stems_of(question)
    holding = [
        (len(line.stems & named), replace(source, text=line.text))
        for source in sources
        for line in lines_of(source.hit)
        if is_whole(line.text) and not (line.columns or unfound_numbers(" ".join(said), line.text))
    ]
    if not (said and holding):
        return None
    line = max(holding, key=lambda one: one[0])[1]
    kinds = {_is_year(number) for number in said}
    rivals = (n for n in _numbers(line.text) if unfound_numbers(n, f"{text}\n{question}"))
    return line if any(_is_year(number) in kinds for number in rivals) else None


def _numbers(text: str) -> Iterator[str]:
    return (written for written, *_ in numbers_in(text))


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit()  # noqa: PLR2004 - digits of a year

"""The words of a question as the documents have them: years, spelling, other words, languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rag.answer.question.question import Question
from rag.datamodel import Filters
from rag.engine.built_in import BuiltIn
from rag.glossary.lexicon import LANGUAGES
from rag.protocols import Index
from rag.retrieval.spelling import Meant, mended
from rag.retrieval.years import with_years
from rag.storage.workspace.store import WorkspaceIndex


class Wording:
    """`known` is what of the `index` is searched."""

    def __init__(self, index: WorkspaceIndex, known: Index, built_in: BuiltIn) -> None:
        self._index = index
        self._known = known
        self._built_in = built_in

    def searchable(self, asked: Question) -> tuple[Question, tuple[str, ...]]:
        """Return the question in the documents' words, and how it was read, as notes."""
        meant = self._meant(asked.standalone, asked.filters)
        asked = asked.reworded(meant.text)
        related = asked.searched.same_measure
        otherwise = self._translated(asked.searched)
        return replace(asked, related=related, otherwise=otherwise), meant.notes

    def _meant(self, text: str, filters: Filters) -> Meant:
        """Return words of a question, years and misspelt ones as the documents have them."""
        known = self._known
        dated = with_years(
            text,
            today=datetime.now().astimezone().date(),
            held=lambda years: known.document_frequencies(years)[0],
        )
        meant = mended(
            dated.text, filters, nearest=known.nearest_words, is_word=self._built_in.is_word
        )
        return Meant(text=meant.text, notes=(*dated.notes, *meant.notes))

    def _translated(self, asked: Question) -> tuple[tuple[str, float], ...]:
        """Return the words of a question in other languages that documents are in."""
        held = self._index.languages.held()
        told = (asked.in_language(language) for language in LANGUAGES if language in held)
        own = ((asked.original, 1.0),) if asked.original else ()
        return (*own, *((text, share) for text, share in told if text))

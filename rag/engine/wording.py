"""The words of a question as the documents have them: in the languages that they are in."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.question.question import Question
from rag.glossary.lexicon import LANGUAGES
from rag.storage.workspace.store import WorkspaceIndex


class Wording:
    """Of the documents of one index."""

    def __init__(self, index: WorkspaceIndex) -> None:
        self._index = index

    def searchable(self, asked: Question) -> Question:
        """Return the question in the documents' words."""
        otherwise = self._translated(asked.searched)
        return replace(asked, related=asked.searched.same_measure, otherwise=otherwise)

    def _translated(self, asked: Question) -> tuple[tuple[str, float], ...]:
        """Return the words of a question in other languages that documents are in."""
        held = self._index.stemmed_languages()
        told = (asked.in_language(language) for language in LANGUAGES if language in held)
        own = ((asked.original, 1.0),) if asked.original else ()
        return (*own, *((text, share) for text, share in told if text))

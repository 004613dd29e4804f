"""The passages that lessons are drawn from, and those near a question that do not answer it."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from rag.text import STOP_WORDS

_MAX_COMMON: Final = 400
"""A word that more passages hold tells nothing of what is near."""

_DRAWN: Final = 40
_SAME_DOCUMENT: Final = 0.15
"""What a passage of the same document counts, as one shared word of forty passages."""

_KINDS: Final = {"wtq": "csv", "tatqa": "xlsx", "table_synth": "csv", "hybridqa": "html"}
_OTHER_KINDS: Final = ("pdf", "pdf", "pdf", "pdf", "docx", "html", "md", "txt", "pptx")
_FOLDERS: Final = ("", "", "", "reports/", "papers/", "notes/", "web/", "2023/", "manuals/")


@dataclass(frozen=True, slots=True)
class Passage:
    """`place` is its file and page as a prompt names them; `title` that of its document."""

    text: str
    place: str
    title: str


class Pool:
    """Passages by number; each text stands in it once."""

    def __init__(self, rng: random.Random) -> None:
        self.passages: list[Passage] = []
        self._rng = rng
        self._numbers: dict[str, int] = {}
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_title: dict[str, list[int]] = defaultdict(list)

    def add(self, text: str, set_name: str, title: str = "") -> int:
        text = text.strip()
        if text in self._numbers:
            return self._numbers[text]
        number = self._numbers[text] = len(self.passages)
        place = _place(title or " ".join(text.split()[:3]), set_name, self._rng)
        self.passages.append(Passage(text, place, title))
        for word in content_words(text):
            self._by_word[word].append(number)
        self._by_title[title].append(number)
        return number

    def near(
        self, question: str, answers: Collection[str], own: Collection[int], count: int
    ) -> list[int]:
        """Return passages that share rare words with a question and hold none of its answers."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(content_words(question)):
            numbers = self._by_word.get(word, [])
            if 1 < len(numbers) <= _MAX_COMMON:
                for number in self._rng.sample(numbers, min(_DRAWN, len(numbers))):
                    scores[number] += len(numbers) ** -0.5
        for title in {self.passages[number].title for number in own} - {""}:
            for number in self._by_title[title]:
                scores[number] += _SAME_DOCUMENT
        texts = [answer.lower() for answer in answers if len(answer) > 2]
        nearest = sorted(scores.keys() - set(own), key=lambda number: (-scores[number], number))
        return [number for number in nearest[:30] if not self._holds(number, texts)][:count]

    def _holds(self, number: int, texts: list[str]) -> bool:
        passage = self.passages[number].text.lower()
        return any(text in passage for text in texts)


def content_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - STOP_WORDS


def _place(words: str, set_name: str, rng: random.Random) -> str:
    kind = _KINDS.get(set_name) or rng.choice(_OTHER_KINDS)
    name = re.sub(r"[^a-z0-9]+", rng.choice("-_"), words.lower()).strip("-_")[:40] or "notes"
    name = rng.choices([name, f"report-{rng.randint(1, 2025)}"], [85, 15])[0]
    page = f", page {rng.randint(1, 60)}" if kind in {"pdf", "pptx"} else ""
    return f"{rng.choice(_FOLDERS)}{name}.{kind}{page}"

"""Passages as the sources of a prompt: cut around what is asked for, laid out as files are.

Knows the product's prompts; `rng` draws what differs from file to file.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import prompts
from rag.generation.prompt import fenced
from rag.generation.writers.answer_writer import plain_words, question_words
from rag.text import STOP_WORDS
from training.writer.checks import Span, as_typed, sentences

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


MAX_SOURCES: Final = 4
MAX_WORDS: Final = 200
OTHER_WORDS: Final = 125
"""That a source of nothing that is asked for has at most."""

_HEADINGS: Final = "Overview Introduction Details Results Use Background History Notes".split()

Spans = Mapping[int, Sequence[Span]]
"""By the numbers of passages: what of them must be shown."""


def sources(pool: Pool, order: Sequence[int], rng: random.Random, *, spans: Spans) -> str:
    """Return passages in order, numbered; those with spans are longer, and show them."""
    parts = []
    for number, one in enumerate(order, start=1):
        passage = pool.passages[one]
        max_words = MAX_WORDS if one in spans else OTHER_WORDS
        text = _layout(cut(passage.text, spans.get(one, ()), rng, max_words=max_words), rng)
        parts.append(source(number, passage.place, f"{_lead(passage, rng)}{text}"))
    return "".join(parts)


def source(number: int, place: str, text: str) -> str:
    return prompts.load("answer_source").substitute(
        number=number, file=fenced(place), text=fenced(plain_words(text))
    )


def question_text(question: str, rng: random.Random, language: str = "") -> str:
    return question_words(as_typed(question, rng), language)


def placed(gold: Sequence[int], others: Sequence[int], rng: random.Random) -> list[int]:
    """Return the order of sources: what answers comes mostly first, as retrieval has it."""
    order = list(others)
    for number in reversed(gold):
        order.insert(rng.choices([0, 1, 2], [58, 26, 16])[0], number)
    return order[:MAX_SOURCES]


def is_table(text: str) -> bool:
    return text.count(" | ") > 2 and "\n" in text


def cut(text: str, spans: Sequence[Span], rng: random.Random, *, max_words: int) -> str:
    """Return whole sentences or rows that hold the spans, in about `max_words` at most.

    Sentences are those around the spans; rows are drawn, and the first, a header, stays.
    """
    parts = _lines(text) if is_table(text) else sentences(text)
    counts = [len(text[start:end].split()) for start, end in parts]
    kept = {n for n, part in enumerate(parts) if _overlaps(part, spans)}
    kept = kept or {rng.randrange(len(parts))}
    first, last = min(kept), max(kept)
    if is_table(text):
        kept.add(0)
        order = rng.sample(range(len(parts)), len(parts))
    else:
        kept.update(range(first, last + 1))
        order = sorted(range(len(parts)), key=lambda n: max(first - n, n - last))
    left = rng.randint(70, max_words) - sum(counts[n] for n in kept)
    for n in order:
        left -= 0 if n in kept else counts[n]
        if left < 0:
            break
        kept.add(n)
    return "".join(text[slice(*parts[n])] for n in sorted(kept)).strip()


def _lines(text: str) -> list[Span]:
    ends = [match.end() for match in re.finditer(r"\n|\Z", text)]
    return list(zip([0, *ends], ends, strict=False))


def _overlaps(part: Span, spans: Sequence[Span]) -> bool:
    return any(start < part[1] and end > part[0] for start, end in spans)


def _layout(text: str, rng: random.Random) -> str:
    """Return a text as it is, in lines of a page, or its sentences as bullets."""
    if is_table(text):
        return text
    lines = textwrap.fill(text, rng.randint(45, 110))
    bullets = "\n".join(f"• {text[start:end].strip()}" for start, end in sentences(text))
    return rng.choices([text, lines, bullets], [65, 20, 15])[0]


def _lead(passage: Passage, rng: random.Random) -> str:
    """Return the headings above a passage, as the product puts them before its text."""
    title = passage.title or " ".join(re.findall(r"[A-Za-z]+", passage.text)[: rng.randint(1, 4)])
    return rng.choice(["", f"{title[:60]}\n", f"{title[:60]} — {rng.choice(_HEADINGS)}\n"])

"""Passages as the sources of a prompt: cut around what is asked for, laid out as files are.

Knows the product's prompts; `rng` draws what differs from file to file.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

import prompts
from rag.generation.prompt import fenced
from rag.generation.writer import plain_words, question_words
from training.writer.answers import Span, sentences
from training.writer.passages import Passage, Pool
from training.writer.questions import as_typed

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

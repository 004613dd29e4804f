"""What the model wrote, sentence by sentence, each with the sources that it marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rag.text import MARK, sentence_spans

_MARKS: Final = re.compile(rf"(?:[^\S\n]{{0,4}}+{MARK.pattern}){{1,9}}+")
_NUMBER: Final = re.compile(r"\d+")
_LIST_POINT: Final = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence or point of a list, without its marks; `numbers` are theirs, in order."""

    text: str
    numbers: tuple[int, ...] = ()
    is_point: bool = False

    def marked(self) -> str:
        """Return the sentence with its marks before its full stop."""
        marks = "".join(f" [{number}]" for number in self.numbers)
        ending = self.text[-1:] if self.text[-1:] in ".!?" else ""
        body = self.text.removesuffix(ending).rstrip() if ending else self.text
        return f"{'- ' if self.is_point else ''}{body}{marks}{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was written. `refused`: the model says that the sources hold nothing of it.

    `mean_logprob` (natural logarithm, a token) is known once all is written.
    """

    sentences: tuple[Sentence, ...] = ()
    mean_logprob: float = 0.0
    refused: bool = False


def joined(sentences: tuple[Sentence, ...]) -> str:
    """Return sentences as one text; points of a list stand in lines of their own."""
    text = ""
    for sentence in sentences:
        gap = "\n" if sentence.is_point or text.rpartition("\n")[2].startswith("- ") else " "
        text += (gap if text else "") + sentence.marked()
    return text


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a written text; a mark behind a full stop is of what precedes it."""
    found = [sentence for line in text.split("\n") for sentence in _of_line(line)]
    return tuple(sentence for sentence in found if sentence.text.strip(" .*"))


def _of_line(line: str) -> list[Sentence]:
    point = _LIST_POINT.match(line)
    body = line[point.end() :] if point else line
    moved = re.sub(rf"([.!?])({_MARKS.pattern})", r"\2\1", body)
    spans = sentence_spans(moved)
    return [
        _sentence(moved[a:b], is_point=bool(point) and n == 0) for n, (a, b) in enumerate(spans)
    ]


def _sentence(text: str, *, is_point: bool) -> Sentence:
    numbers = [int(n) for mark in MARK.findall(text) for n in _NUMBER.findall(mark)]
    plain = " ".join(_MARKS.sub("", text).split())
    return Sentence(text=plain, numbers=tuple(dict.fromkeys(numbers)), is_point=is_point)

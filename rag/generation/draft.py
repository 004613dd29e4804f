"""What the model wrote, sentence by sentence, each with the sources that it marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rag.datamodel.writing import SearchStep, Written
from rag.generation.context import Reading
from rag.refusal import is_refusal
from rag.text import MARK, sentence_spans

_JOIN: Final = r"(?:[^\S\n]{0,4}+(?:,|;|&|and|und|et|y|e))?"
_MARKS: Final = re.compile(
    rf"[^\S\n]{{0,4}}+{MARK.pattern}(?:{_JOIN}{_JOIN}[^\S\n]{{0,4}}+{MARK.pattern}){{0,8}}+"
)
"""Marks that follow each other: "[1][2]", "[1], [2], and [3]"."""

_NUMBER: Final = re.compile(r"\d+")
_LIST_POINT: Final = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_BLOCK: Final = re.compile(r"[ \t]*+\|.*+(?:\n[ \t]*+\|.*+)*+|.++")
"""The rows of a table together, or a line."""


_BARE: Final = re.compile(r"[\s.*]*|\d{1,2}\.?|`{3}\w*")
"""Nothing, the number of a step that follows on the same line, or what opens or closes code."""


_TWO_ENDS: Final = re.compile(r"(?<!\.)([.!?](?:\*\*)?)\.$")
"""A mark stood between, or bold words end as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, point of a list or table, without its marks; `numbers` are theirs, in order.

    `opening` is what stands before it: "" within a line, else line breaks and the mark of a point.
    `mean_logprob` is that of its tokens (natural logarithm); 0 where the model does not tell.
    `is_further` tells that the model had ended before it, and was made to go on.
    """

    text: str
    numbers: tuple[int, ...] = ()
    opening: str = ""
    mean_logprob: float = 0.0
    is_further: bool = False

    def marked(self) -> str:
        """Return the sentence with its marks before its full stop; those of a table below it."""
        marks = "".join(f" [{number}]" for number in self.numbers)
        if self.text.startswith("|"):
            return f"{self.text}\n\n{marks.strip()}"
        ending = self.text[-1:] if self.text[-1:] in ".!?" else ""
        body = self.text.removesuffix(ending).rstrip() if ending else self.text
        return f"{body}{marks}{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was written of a `reading`.

    `refused`: the model says that the sources hold nothing of it. `text` is what can be gone on
    with, "" where it was cut off. `steps` are the further searches that the model asked for,
    `notes` sentences for the person. `others` are further drafts of the same reading, the best
    first; how much they say the same is `agreement`, in 0..1, None where there are none. Of all of
    them `common` are the stems that most say, `refusals` is the chance of a refusal.
    """

    sentences: tuple[Sentence, ...] = ()
    refused: bool = False
    reading: Reading = Reading()  # noqa: RUF009 - frozen
    steps: tuple[SearchStep, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Written | None = None
    text: str = ""
    others: tuple[Draft, ...] = ()
    agreement: float | None = None
    common: frozenset[str] = frozenset()
    refusals: float = 0.0


def draft_of(text: str, *, is_whole: bool) -> Draft:
    """Return the draft that a text is; the last sentence of one that is not whole is left out."""
    if is_refusal(text):
        return Draft(refused=True, refusals=1.0)
    sentences = sentences_of(text)
    if is_whole:
        return Draft(sentences=sentences, text=text)
    return Draft(sentences=sentences[:-1])


def joined(sentences: tuple[Sentence, ...]) -> str:
    """Return sentences as one text; points of a list stand in lines of their own."""
    text = ""
    for sentence in sentences:
        text += (sentence.opening or " ") + sentence.marked()
    return text.strip()


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a written text; a mark behind a full stop is of what precedes it."""
    found: list[Sentence] = []
    end = 0
    for block in _BLOCK.finditer(text):
        found += _of_block(text[end : block.start()][:2], block.group())
        end = block.end()
    return tuple(sentence for sentence in found if not _BARE.fullmatch(sentence.text))


def _of_block(breaks: str, block: str) -> Iterator[Sentence]:
    if block.lstrip().startswith("|"):
        yield Sentence(text=_plain(block).strip(), numbers=_numbers(block), opening="\n\n")
        return
    point = _LIST_POINT.match(block)
    opening = (breaks or "\n") + "- " if point else breaks
    body = block[point.end() :] if point else block
    moved = re.sub(rf"([.!?]{{1,3}})({_MARKS.pattern})", r"\2\1", body)
    for start, end in sentence_spans(moved):
        said = moved[start:end]
        text = _evenly_bold(" ".join(_plain(said).split()))
        text = _TWO_ENDS.sub(r"\1", text)
        yield Sentence(text=text, numbers=_numbers(said), opening=opening)
        opening = ""


def _evenly_bold(text: str) -> str:
    """Return a sentence without its bold where that goes on beyond it."""
    return text.replace("**", "") if text.count("**") % 2 else text


def _plain(text: str) -> str:
    return _MARKS.sub("", text)


def _numbers(text: str) -> tuple[int, ...]:
    numbers = (int(n) for mark in MARK.findall(text) for n in _NUMBER.findall(mark))
    return tuple(dict.fromkeys(numbers))


MAX_NUMBERS: Final = 10
"""Of a mark; a longer range (`[1-300]`) is none."""

MAX_LETTERS: Final = 60
"""Of a mark; what is open for longer is none."""

_WORD: Final = (  # what models call a source, in the languages that they answer in
    r"(?:sources?|quellen?|fuentes?|fonti?|fontes?|fonte|documents?|docs?\.?|references?|refs?\.?"
    r"|nr\.|no\.|#|\^)[^\S\n]*+(?::[^\S\n]*+)?"
)
_ITEM: Final = rf"(?:{_WORD})?\d{{1,3}}(?:[^\S\n]*[-–—][^\S\n]*\d{{1,3}})?"
_BETWEEN: Final = r"[^\S\n]*(?:[,;、&]|and|und|et|y|e)[^\S\n]*"
_INNER: Final = rf"[^\S\n]*{_ITEM}(?:{_BETWEEN}{_ITEM}){{0,9}}[^\S\n]*(?:†[^\[\]【】]{{0,20}})?"
_MARK: Final = re.compile(
    rf"[\[【［]{{2}}{_INNER}[\]】］]{{2}}|[\[【［]{_INNER}[\]】］]", re.IGNORECASE
)
_BEGUN: Final = re.compile(
    rf"(?:[\[【［][^\[\]【】［］\n]{{0,{MAX_LETTERS}}}"
    rf"|[\[【［]{{2}}[^\[\]【】［］\n]{{0,{MAX_LETTERS}}}[\]】］]?)\Z"
)
_AFTER_DAGGER: Final = re.compile(r"†.*")
_RANGE: Final = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")


def plain_marks(pieces: Iterable[str]) -> Iterator[str]:
    """Yield pieces with marks as `[1]`, `[1, 2]`; an open one waits for its end, or a failure."""
    pending = ""
    try:
        for piece in pieces:
            pending += piece
            begun = _BEGUN.search(pending)
            ready, pending = (
                (pending[: begun.start()], pending[begun.start() :]) if begun else (pending, "")
            )
            if ready or not piece:  # at an empty one whoever reads may leave
                yield with_plain_marks(ready)
    except Exception:
        if pending:
            yield with_plain_marks(pending)
        raise
    if pending:
        yield with_plain_marks(pending)


def with_plain_marks(text: str) -> str:
    return _MARK.sub(_as_read, text)


def _as_read(mark: re.Match[str]) -> str:
    """Return the mark as `[1, 2]`; as it stands where its range is none or too long."""
    numbers: list[int] = []
    for first, last in _RANGE.findall(_AFTER_DAGGER.sub("", mark.group())):
        start, end = int(first), int(last or first)
        if not start <= end < start + MAX_NUMBERS:
            return mark.group()
        numbers.extend(range(start, end + 1))
    return f"[{', '.join(map(str, dict.fromkeys(numbers)))}]"

"""Questions of public sets with the answers that the writer is to give them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from training.writer.answers import NOT_FOUND, Span, all_marked, answer_from, marked, sentences
from training.writer.lesson import Check
from training.writer.passages import Pool, content_words
from training.writer.sources import is_table

Row = dict[str, Any]

READER_SHARES: Final = {
    "squad2": 1.0,
    "qamr": 0.05,
    "nq": 1.0,
    "cuad": 0.28,
    "policyqa": 0.22,
    "fairytale": 0.4,
    "wtq": 0.9,
    "hybridqa": 1.0,
    "tatqa": 1.0,
    "selqa": 1.0,
    "pubmedqa": 1.0,
    "table_synth": 0.04,
}
OPEN_SHARES: Final = {
    "boolq": 1.0,
    "fairytaleqa": 0.35,
    "fetaqa": 1.5,
    "clapnq": 3.0,
    "nq_complex": 1.0,
}
"""What is taken of each set: those that state a licence and are not chat."""

_MAX_ANSWER_WORDS: Final = 75
_MAX_EVIDENCE_WORDS: Final = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question of a passage; `answer` has the mark 0, which alone says that there is none.

    `spans` are what of the passage must be shown, `gold` the answers that other passages must not
    hold; a check tells how the untaught model's own answer is told to be right.
    """

    kind: str
    question: str
    passage: int
    answer: str
    gold: Sequence[str]
    spans: Sequence[Span] = ()
    check: Check = ""
    language: str = ""


def reader_examples(
    rows: Iterable[Row], pool: Pool, rng: random.Random, *, times: float
) -> Iterator[Example]:
    """Yield questions whose answers are spans; the passages are put into the pool."""
    for row in rows:
        if rng.random() < times * READER_SHARES.get(row["set"], 0.0):
            yield _reader_example(row, pool)


def _reader_example(row: Row, pool: Pool) -> Example:
    context, question = row["context"], row["question"].strip()
    title = context.partition(" - ")[0][:50] if row["set"] == "hybridqa" else ""
    passage = pool.add(context, row["set"], title)
    own = {"kind": row["set"], "question": question, "passage": passage}
    if not row["answerable"]:
        return Example(**own, answer=NOT_FOUND, gold=())
    shortest = min(row["answers"], key=lambda answer: len(answer["text"]))
    start = shortest["start"] - (len(context) - len(context.lstrip()))
    span = (start, start + len(shortest["text"]))
    answer = answer_from(context.strip(), span, question)
    gold = [answer["text"] for answer in row["answers"]]
    return Example(**own, answer=answer, gold=gold, spans=[span], check="span")


def open_examples(rows: Iterable[Row], pool: Pool, rng: random.Random) -> Iterator[Example]:
    """Yield questions that a sentence or more answers, or yes and no; all passages are put in."""
    for row in rows:
        numbers = [pool.add(one["text"], row["set"], one["title"] or "") for one in row["passages"]]
        pairs = zip(row["passages"], numbers, strict=True)
        first = next(((one, number) for one, number in pairs if one["relevant"]), None)
        if first and (made := _open_example(row, *first)):
            yield from [made] * int(OPEN_SHARES[row["set"]] + rng.random())


def _open_example(row: Row, passage: Row, number: int) -> Example | None:
    """Return what a question of a set is to be answered; None where that can't be made."""
    text, answer = passage["text"].strip(), " ".join(str(row["answer"] or "").split())
    question, spans = row["question"].strip(), _evidence(passage)
    own = {
        "kind": row["set"],
        "question": question,
        "passage": number,
        "gold": [answer][: len(answer)],
    }
    if row["set"] == "nq_complex":
        parts = [text[start:end] for start, end in sentences(text)[:2]]
        return Example(**own, answer=all_marked(parts), check="open")
    if row["kind"] == "yesno" and answer.lower() in {"yes", "no"}:
        best = spans[0] if spans else _most_alike(question, text)
        own["gold"] = [answer.lower()]
        return Example(**own, answer=_yes_or_no(text, answer, best), spans=[best], check="yesno")
    if row["set"] in {"fetaqa", "clapnq"}:  # answers of whole sentences, by people
        parts = [answer[start:end] for start, end in sentences(answer)]
        is_short = 0 < len(answer.split()) <= _MAX_ANSWER_WORDS
        return Example(**own, answer=all_marked(parts)) if is_short else None
    start = text.find(answer)
    if start >= 0 and len(answer) > 3:
        span = (start, start + len(answer))
        return Example(**own, answer=answer_from(text, span, question), spans=[span], check="span")
    parts = [text[start:end] for start, end in spans[:2]]
    short = [part for part in parts if len(part.split()) <= _MAX_EVIDENCE_WORDS]
    return Example(**own, answer=all_marked(short), spans=spans) if short else None


def _evidence(passage: Row) -> list[Span]:
    """Return the sentences that a set says hold the answer; none where it does not say."""
    starts, numbers = passage.get("starts") or [], passage.get("sentences") or []
    ends = [*starts[1:], len(passage["text"])]
    return [(starts[n], ends[n]) for n in numbers if n < len(starts)]


def _most_alike(question: str, text: str) -> Span:
    words = content_words(question)

    def likeness(span: Span) -> float:
        part = text[slice(*span)]
        return len(words & content_words(part)) / (8 + len(part.split()))

    return max(sentences(text), key=likeness)


def _yes_or_no(text: str, answer: str, span: Span) -> str:
    evidence, bold = text[slice(*span)], f"**{answer.capitalize()}**"
    is_short = len(evidence.split()) <= _MAX_EVIDENCE_WORDS and not is_table(text)
    return marked(f"{bold}: {evidence}" if is_short else bold)

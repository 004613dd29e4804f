"""Questions of public sets with the answers that the writer is to give them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rag.table_qa.planner.table import table_of
from rag.table_qa.queries import QueryError, opened
from rag.table_qa.query_table import QueryColumn, QueryTable, query_table, rows_of
from rag.table_qa.table_answer import shown_table
from training.writer.checks import (
    NOT_FOUND,
    Check,
    Lesson,
    Span,
    all_marked,
    answer_from,
    is_same,
    marked,
    sentences,
    words_of,
)
from training.writer.sources import Pool, content_words, is_table, placed, question_text, sources

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


ABSENT: Final = 0.1
"""The share of questions whose passage is left out."""

_ALONE: Final = 0.62
_IN_TURN: Final = 3
_PAIRED: Final = 12
"""Of so many questions two are asked as one."""


def reading_lessons(
    examples: Sequence[Example], pool: Pool, rng: random.Random, *, dev: bool
) -> Iterator[Lesson]:
    by_passage: dict[tuple[int, str], list[Example]] = defaultdict(list)
    for example in rng.sample(examples, len(examples)):
        by_passage[example.passage, example.language].append(example)
    alone: list[Example] = []
    for group in by_passage.values():
        count = 1 if dev else round(_ALONE * len(group) + rng.random() - 0.5)
        alone += group[:count]
        for start in range(count, len(group), _IN_TURN):
            yield _of_passage(group[start : start + _IN_TURN], pool, rng)
    for example in alone:
        is_absent = not dev and rng.random() < ABSENT
        yield _absent(example, pool, rng) if is_absent else _of_passage([example], pool, rng)
    short = [one for one in alone if one.check == "span" and len(one.answer.split()) < 28]
    for one, two in zip(short[::_PAIRED], short[1::_PAIRED], strict=False):
        yield _two_in_one(one, two, pool, rng)


def _of_passage(examples: Sequence[Example], pool: Pool, rng: random.Random) -> Lesson:
    """Return questions of the same sources, one after the other."""
    first = examples[0]
    gold = [answer for example in examples for answer in example.gold]
    count = rng.choices([0, 1, 2, 3], [12, 22, 56, 10])[0]
    order = placed([first.passage], pool.near(first.question, gold, {first.passage}, count), rng)
    spans = [span for example in examples for span in example.spans]
    text = sources(pool, order, rng, spans={first.passage: spans})
    turns = [
        (question_text(example.question, rng, example.language), _answer(example, order))
        for example in examples
    ]
    turns[0] = (text + turns[0][0], turns[0][1])
    if len(examples) > 1:
        return Lesson(kind="turns", turns=turns)
    return Lesson(
        kind=first.kind,
        turns=turns,
        check=first.check,
        gold=list(first.gold) if first.check else [],
        mark=order.index(first.passage) + 1,
    )


def _absent(example: Example, pool: Pool, rng: random.Random) -> Lesson:
    """Return a question before near passages that do not answer it."""
    others = pool.near(example.question, example.gold, {example.passage}, rng.choice([1, 2, 3]))
    user = sources(pool, others, rng, spans={}) + question_text(example.question, rng)
    return Lesson(kind="absent", turns=[(user, NOT_FOUND)])


def _two_in_one(one: Example, two: Example, pool: Pool, rng: random.Random) -> Lesson:
    """Return two questions asked as one; of every fourth pair the sources answer only one."""
    held = [one, two][: rng.choice([2, 2, 2, 1])]
    passages = {one.passage, two.passage}
    others = pool.near(one.question, [*one.gold, *two.gold], passages, rng.choice([0, 1]))
    order = placed(list({example.passage: None for example in held}), others, rng)
    spans = {
        passage: [span for example in held if example.passage == passage for span in example.spans]
        for passage in order
        if passage in passages
    }
    joint = rng.choice([" and ", ", and ", "? And ", ", also "])
    question = one.question.rstrip(" ?.") + joint + two.question[0].lower() + two.question[1:]
    user = sources(pool, order, rng, spans=spans) + question_text(question, rng)
    return Lesson(kind="two", turns=[(user, " ".join(_answer(each, order) for each in held))])


def _answer(example: Example, order: Sequence[int]) -> str:
    """Return an example's answer, marked with the place of its passage."""
    if example.answer == NOT_FOUND:
        return NOT_FOUND
    return example.answer.replace(NOT_FOUND, f"[{order.index(example.passage) + 1}]")


SHARES: Final = {"squall": 1.0, "wikisql": 1.0, "wtq": 0.42, "tatqa": 0.5}
_MAX_COLUMNS: Final = 16
_MAX_LETTERS: Final = 3_600

_NUMBERED: Final = re.compile(r"\bc(\d+)(?:_([a-z_]+))?\b")
_TEXT: Final = re.compile(r"'([^']*)'")
_KEYWORDS: Final = re.compile(
    r"'[^']*'|\b(?:select|from|where|order|by|group|limit|desc|asc|and|or|count|max|min|sum|avg|abs"
    r"|distinct|in|not|is|null|having|like|as|between|union|except|intersect)\b"
)


def query_lessons(
    rows: Iterable[dict[str, Any]], rng: random.Random, *, dev: bool
) -> Iterator[Lesson]:
    """Yield lessons; those whose query is to be found are none to judge by."""
    for row in rows:
        own = row["table"]
        is_taken = rng.random() < SHARES.get(row["set"], 0.0)
        if is_taken and 0 < len(own["columns"]) <= _MAX_COLUMNS:
            table = query_table(table_of(own["columns"], own["rows"], title=own["title"] or ""))
            lesson = _lesson(row, table)
            if len(lesson.user) <= _MAX_LETTERS and (lesson.answer or not dev):
                yield lesson


def _lesson(row: dict[str, Any], table: QueryTable) -> Lesson:
    query = by_names(row["sql"], table) if row["set"] == "squall" and row["sql"] else ""
    gold = query if query and _gives(query, table, row["answers"]) else ""
    turns = [(shown_table(row["question"], table), gold)]
    if gold:
        return Lesson(kind="sql", prompt="table_query", turns=turns)
    return Lesson(
        kind="sql",
        prompt="table_query",
        turns=turns,
        check="query",
        gold=row["answers"],
        columns=[(one.name, one.type.replace("DATE", "TEXT")) for one in table.columns],
        rows=[list(cells) for cells in rows_of(table, apart=False)],
    )


def _gives(query: str, table: QueryTable, answers: Sequence[str]) -> bool:
    try:
        with opened(table) as database:
            return is_same(database.run(query).rows, answers)
    except QueryError:
        return False


def by_names(sql: str, table: QueryTable) -> str:
    """Return a query of SQuALL, whose columns are c1, c1_number, by the names of a table.

    "" where the table has no such column. Texts get the spelling of their cells.
    """
    columns: dict[int, list[QueryColumn]] = defaultdict(list)
    for column in table.columns:
        columns[column.source + 1].append(column)
    found = {one[0]: _name(columns[int(one[1])], one[2]) for one in _NUMBERED.finditer(sql)}
    if not all(found.values()):
        return ""
    named = _NUMBERED.sub(lambda one: found[one[0]], re.sub(r"\bfrom w\b", "from t", sql))
    cells = {
        " ".join(words_of(cell)): cell
        for column in table.columns
        for cell in column.cells
        if isinstance(cell, str)
    }

    def spelled(text: re.Match[str]) -> str:
        cell = cells.get(" ".join(words_of(text[1])), text[1])
        return "'" + cell.replace("'", "''") + "'"

    return _tidy(_TEXT.sub(spelled, named))


def _name(columns: Sequence[QueryColumn], suffix: str | None) -> str:
    """Return how a table has a numbered column, as text, number, year or day; "" if it hasn't."""
    if not columns:
        return ""
    number = next((one.name for one in columns if one.type in {"INTEGER", "REAL"}), "")
    day = columns[0].name if columns[0].type == "DATE" else ""
    year = f"CAST(substr({day}, 1, 4) AS INTEGER)" if day else ""
    forms = {None: columns[0].name, "number": number, "year": number or year, "parsed": day}
    return forms.get(suffix, "")


def _tidy(sql: str) -> str:
    """Return a query with keywords in capitals and without the spaces of SQuALL's tokens."""
    tidy = _KEYWORDS.sub(lambda one: one[0] if one[0][0] == "'" else one[0].upper(), sql)
    tidy = re.sub(r"\s+(?=[),])|(?<=\()\s+", "", tidy)
    tidy = re.sub(r"\b(COUNT|MAX|MIN|SUM|AVG|ABS) \(", r"\1(", tidy)
    return " ".join(tidy.split()).rstrip("; ")

"""Rows of gaps for the reader that checks facts: `python -m training.reader.cloze DATA OUT`.

DATA is the folder of `reader.jsonl.gz` and `open.jsonl.gz`; in OUT files of the same names come to
be, of sets that state a licence, so that `training.reader.train OUT --mix cloze` learns them. A row
is a sentence that answers a question, one of its facts taken out; what is marked is the fact.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rag.generation.verification.misplaced import NAME_GAP, NUMBER_GAP, cloze_of, facts_of
from training.writer.checks import answer_from, cell_label, sentences
from training.writer.sources import is_table

Row = dict[str, Any]
Span = tuple[int, int]

TIMES: Final = {
    "squad2": 2.0,
    "qamr": 0.25,
    "nq": 2.0,
    "cuad": 0.1,
    "policyqa": 0.15,
    "fairytale": 0.6,
    "wtq": 2.5,
    "hybridqa": 2.5,
    "tatqa": 5.0,
    "selqa": 0.3,
    "table_synth": 0.35,
}
"""How often a row of each set is taken: what has numbers and rows most."""

OPEN_SETS: Final = ("fetaqa", "clapnq")
"""Their answers are whole sentences by people, in other words than the passage's."""

MAX_ANSWER_WORDS: Final = 9
MIN_WORDS: Final = 8
"""Shorter clozes say too little without their question."""

MIN_CLIPPED: Final = 12

COPIED: Final = 0.4
"""The share of answers that are the passage's own sentence."""

LABELLED: Final = 0.55
"""The share of cells that are told by the names of their row and column."""

STATED: Final = 0.5
UNANSWERED: Final = 0.6
ALONE: Final = 0.4
FURTHER: Final = 0.35
CLIPPED: Final = 0.35
THINNED: Final = 0.3
KEPT: Final = 0.9
"""Shares: of questions told as statements, of rows without an answer, of clozes without their
question, of second facts, of clozes clipped around the gap, of thinned ones, and of words that
these keep."""

_ASKED: Final = re.compile(
    r"^(?:(?:and|so|in|for|at|on|by|to|from|with) )?"
    r"(?:who|what|which|when|where|how many|how much|how long|whose)\b"
    r"(?: (?:is|are|was|were|did|does|do)\b)?",
    re.IGNORECASE,
)
_ASKS_NUMBER: Final = re.compile(r"how (?:many|much|long|old)|when|what year", re.IGNORECASE)
_MARKS: Final = re.compile(r"\s*\[\d+\]|\*\*")


def cloze_rows(rows: Iterator[Row], rng: random.Random) -> Iterator[Row]:
    """Yield rows of gaps in the reader's format, of questions whose answers are marked, or none."""
    for row in rows:
        times = TIMES.get(row["set"], 0.0)
        for _ in range(int(times + rng.random())):
            yield from _unanswered(row, rng) if not row["answers"] else _answered(row, rng)


def open_cloze_rows(rows: Iterator[Row], rng: random.Random) -> Iterator[Row]:
    """Yield rows of gaps of answers in whole sentences."""
    for row in rows:
        passage = next((one for one in row["passages"] if one["relevant"]), None)
        if row["set"] not in OPEN_SETS or passage is None or not row["answer"]:
            continue
        answer = " ".join(str(row["answer"]).split())
        for start, end in sentences(answer)[:3]:
            sentence = answer[start:end].strip()
            for fact, span in _held_once(sentence, passage["text"], rng)[:3]:
                own = row | {"context": passage["text"], "set": f"open_{row['set']}"}
                yield _row(own, sentence, fact, span, rng)


def _answered(row: Row, rng: random.Random) -> Iterator[Row]:
    answer = min(row["answers"], key=lambda one: len(one["text"]))
    text, span = answer["text"], (answer["start"], answer["start"] + len(answer["text"]))
    said = _said(row, text, span, rng)
    if len(text.split()) > MAX_ANSWER_WORDS or text not in said:
        return
    yield _row(row, said, text, span, rng)
    if rng.random() < FURTHER:
        others = _held_once(said.replace(text, " "), row["context"], rng)
        yield from (_row(row, said, fact, own, rng) for fact, own in others[:1] if fact in said)


def _unanswered(row: Row, rng: random.Random) -> Iterator[Row]:
    if rng.random() < UNANSWERED:
        fact = "7" if _ASKS_NUMBER.match(row["question"]) else "Xx"
        yield _row(row, declared(row["question"], fact, rng), fact, None, rng)


def _said(row: Row, answer: str, span: Span, rng: random.Random) -> str:
    """Return an answer in a sentence: the passage's own, of its row and column, of the question."""
    context, question = row["context"], row["question"]
    chance = rng.random()
    if not is_table(context):
        is_copied = chance < COPIED
        said = answer_from(context, span, question) if is_copied else ""
        return _MARKS.sub("", said or declared(question, answer, rng))
    name, _, column = cell_label(context, span[0]).rstrip(": ").partition(", ")
    if not column or chance > LABELLED:
        return declared(question, answer, rng)
    forms = (
        f"The {column.lower()} of {name} is {answer}.",
        f"{name} had a {column.lower()} of {answer}.",
        f"{name}, {column}: {answer}.",
    )
    return rng.choice(forms)


def declared(question: str, answer: str, rng: random.Random) -> str:
    """Return a question and its answer as a statement, as well as can be without grammar."""
    question = question.strip(" ?")
    plain = (f"The answer is {answer}.", f"{answer}.", f"{_capital(question)}: {answer}.")
    asked = _ASKED.match(question)
    if asked is None or rng.random() > STATED:
        return rng.choice(plain)
    rest = question[asked.end() :].strip()
    verb = rng.choice([" is", " was", " are", ""])
    return rng.choice([f"{_capital(rest)}{verb} {answer}.", f"{answer} {rest}."])


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _held_once(sentence: str, context: str, rng: random.Random) -> list[tuple[str, Span]]:
    """Return the facts of a sentence that stand in a passage once, with their places, shuffled."""
    found = []
    for fact in facts_of(sentence, ""):
        places = list(re.finditer(rf"(?<![\w.,]){re.escape(fact)}(?!\w|[.,]\d)", context))
        if len(places) == 1 and len(fact) > 1:
            found.append((fact, places[0].span()))
    return rng.sample(found, len(found))


def _row(row: Row, sentence: str, fact: str, span: Span | None, rng: random.Random) -> Row:
    """Return a gap as the reader's row; without a place there is no answer."""
    text = cloze_of(sentence, fact, "").text.removesuffix("? ")
    text = _thinned(_clipped(text, rng), rng)
    is_alone = rng.random() < ALONE and len(text.split()) >= MIN_WORDS
    answer = {"text": row["context"][slice(*span)], "start": span[0]} if span else None
    return {
        "id": row["id"],
        "set": row["set"],
        "question": text if is_alone else f"{text}? {row['question']}",
        "context": row["context"],
        "answers": [answer] if answer else [],
    }


def _clipped(text: str, rng: random.Random) -> str:
    gap = NUMBER_GAP if NUMBER_GAP in text else NAME_GAP
    before, after = (part.split() for part in text.split(gap, 1))
    if rng.random() > CLIPPED or len(before) + len(after) < MIN_CLIPPED:
        return text
    kept = [*before[-rng.randint(4, 10) :], gap, *after[: rng.randint(4, 10)]]
    return " ".join(kept)


def _thinned(text: str, rng: random.Random) -> str:
    gap = set(f"{NUMBER_GAP} {NAME_GAP}".split())
    is_thinned = rng.random() < THINNED
    kept = (w for w in text.split() if not is_thinned or w in gap or rng.random() < KEPT)
    return " ".join(kept)


def _read(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "_dev"):
        rng = random.Random(11)  # noqa: S311 - repeatable, not secret
        made = [
            *cloze_rows(_read(options.data / f"reader{suffix}.jsonl.gz"), rng),
            *open_cloze_rows(_read(options.data / f"open{suffix}.jsonl.gz"), rng),
        ]
        with gzip.open(options.out / f"reader{suffix}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)


if __name__ == "__main__":
    main()

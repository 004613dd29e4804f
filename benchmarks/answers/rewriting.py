"""Follow-ups said so that they stand alone, against people's own rewrites.

    python -m benchmarks.answers.rewriting DEV.jsonl.gz [--rows 150] [--seed 56] [--model FOLDER]

Rows: {history: [text, ...], question, rewrite, set, titles?}. Told are, of the words that say
something (stems), how many of the rewrite's are there, how many are the rewrite's, and of its names
and numbers how many are kept: for the question as typed, as it is completed without a model, and
with --model (the folder of a built writer) as that says it where what it says passes the check.
Last, of the questions that people rewrote, and of their rewrites, how many are taken to lean.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.answer.followup.signs import leans
from rag.answer.question.question import understand
from rag.datamodel import Turn
from rag.generation.rewriting import facts_of, rewritten
from rag.generation.writer import AnswerWriter
from rag.models.llm.openvino_llm import OpenVinoLlm
from rag.text import content_stems, words

UNANSWERED = frozenset({"cast19", "cast20", "followup"})
"""Sets whose histories hold questions alone."""

Row = Mapping[str, Any]


def turns(row: Row) -> tuple[Turn, ...]:
    """Return the history as turns; page and section titles are the first one's question."""
    said = [str(item) for item in row["history"]]
    titles = row.get("titles") or 0
    first = [Turn(question=", ".join(said[:titles]), answer="")] if titles else []
    said = said[titles:]
    if row["set"] in UNANSWERED:
        return tuple(Turn(question=question, answer="") for question in said)
    said = ["", *said] if len(said) % 2 else said
    pairs = zip(said[::2], said[1::2], strict=True)
    return (*first, *(Turn(question=asked, answer=answer) for asked, answer in pairs))


def as_model_says(row: Row, writer: AnswerWriter) -> str:
    steps = rewritten(understand(row["question"], turns(row)), writer.say_alone)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return str(end.value.standalone)


def told(name: str, texts: Sequence[str], rows: Sequence[Row]) -> str:
    """Return a line of means, in percent."""
    recall = precision = 0.0
    kept = names = 0
    for text, row in zip(texts, rows, strict=True):
        own, wanted = set(content_stems(text)), set(content_stems(row["rewrite"]))
        recall += len(own & wanted) / max(1, len(wanted))
        precision += len(own & wanted) / max(1, len(own))
        facts = facts_of(row["rewrite"])
        names += len(facts)
        kept += sum(fact in text.lower() for fact in facts)
    count = len(rows)
    return (
        f"{name:14} words kept {100 * recall / count:5.1f}"
        f"  no others {100 * precision / count:5.1f}"
        f"  names and numbers {100 * kept / max(1, names):5.1f} of {names}"
    )


def leaning(questions: Iterable[str]) -> str:
    found = [leans(question) for question in questions]
    return f"{100 * sum(found) / max(1, len(found)):.1f} % of {len(found)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=150)
    parser.add_argument("--seed", type=int, default=56)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    with gzip.open(options.file, "rt", encoding="utf-8") as lines:
        known: list[Row] = [row for row in map(json.loads, lines) if row["history"]]
    draw = random.Random(options.seed)  # noqa: S311 - a sample, no secret
    rows = draw.sample(known, min(options.rows, len(known)))
    print(told("as typed", [row["question"] for row in rows], rows))
    completed = [understand(row["question"], turns(row)).standalone for row in rows]
    print(told("without model", completed, rows))
    if options.model:
        model = OpenVinoLlm(options.model)
        writer = AnswerWriter(model, len)
        print(told("by the model", [as_model_says(row, writer) for row in rows], rows))
        model.close()
    own = [row for row in known if words(row["question"]) != words(row["rewrite"])]
    print("rewritten by people, taken to lean:", leaning(row["question"] for row in own))
    print("their rewrites, taken to lean:", leaning(row["rewrite"] for row in own))


if __name__ == "__main__":
    main()

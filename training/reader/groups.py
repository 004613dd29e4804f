"""Groups of passages for one question, as a search finds them: `python -m training.reader.groups`.

Each group holds a passage that answers and some that are near and don't: of spans the nearest of
the set by the embedder that hold no accepted answer (hard negatives: Karpukhin et al., Dense
Passage Retrieval, EMNLP 2020), of open questions what `training.reader.open_rows` sets against
them. Sets without a stated licence, or labelled by models, are left out, and those that ask the
same of every document: what is near answers, too.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rag.neural.embed.embedders import SentenceEmbedder, minilm
from training.reader.data import by_set, read_rows
from training.reader.metrics import normalise
from training.reader.open_rows import JsonRow, asked_passages
from training.reader.rows import ReaderRow

MOST_OF: Final = {
    "squad2": 4000,
    "nq": 4000,
    "qamr": 4000,
    "hybridqa": 4000,
    "tatqa": 1000,
    "fetaqa": 1000,
    "selqa": 3000,
    "wtq": 5000,
    "table_synth": 2000,
    "pubmedqa": 1000,
}
"""Sets whose answers are marked, and at most so many questions of each."""

POOL: Final = 6000
"""Rows of a set whose passages may stand against others, beside those that are asked."""

NEIGHBOURS: Final = 40
"""Passages nearest to a question that are looked through for some without its answer."""

NEGATIVES: Final = 3
"""Passages that stand against the one that answers, drawn from three times as many."""

EMBEDDED_CHARS: Final = 600
ASKED_AT_ONCE: Final = 256

RowGroup = tuple[ReaderRow, ...]
"""Rows of one question; the first is answered, the others are not."""


def span_groups(
    rows: Sequence[ReaderRow], embedder: SentenceEmbedder, rng: random.Random
) -> Iterator[RowGroup]:
    """Yield groups of one set's answered rows, at most as many as MOST_OF says."""
    answered = [row for row in rows if row.answers]
    chosen = rng.sample(answered, min(len(answered), MOST_OF[rows[0].set]))
    beside = rng.sample(rows, min(len(rows), POOL))
    contexts = list(dict.fromkeys(row.context for row in [*chosen, *beside]))
    vectors = embedder.embed_documents([text[:EMBEDDED_CHARS] for text in contexts])
    plain = [f" {normalise(text)} " for text in contexts]
    for start in range(0, len(chosen), ASKED_AT_ONCE):
        part = chosen[start : start + ASKED_AT_ONCE]
        nearness = embedder.embed_queries([row.question for row in part]) @ vectors.T
        nearest = (-nearness).argsort(axis=1)[:, :NEIGHBOURS]
        for row, near in zip(part, nearest.tolist(), strict=True):
            wanted = [f" {normalise(row.context[a:b])} " for a, b in row.answers]
            others = [n for n in near if not any(text in plain[n] for text in wanted)]
            others = others[: 3 * NEGATIVES]
            drawn = rng.sample(others, min(len(others), NEGATIVES))
            yield row, *(_asked_of(row, contexts[n]) for n in drawn)


def _asked_of(row: ReaderRow, context: str) -> ReaderRow:
    return ReaderRow(id=row.id, set=row.set, question=row.question, context=context, answers=())


def read_groups(path: Path) -> list[RowGroup]:
    """Read what this module writes."""
    rows = itertools.groupby(read_rows(path), key=lambda row: (row.set, row.id))
    return [tuple(own) for _, own in rows]


def _as_json(row: ReaderRow) -> JsonRow:
    answers = [{"text": row.context[a:b], "start": a} for a, b in row.answers]
    return {
        "id": row.id,
        "set": row.set,
        "question": row.question,
        "context": row.context,
        "answers": answers,
    }


def _written(rows: Iterable[JsonRow]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="reader.jsonl.gz")
    parser.add_argument("open", type=Path, help="open.jsonl.gz")
    parser.add_argument("out", type=Path, help="file of groups to write, .jsonl.gz")
    options = parser.parse_args()
    rng = random.Random(6)  # noqa: S311 - repeatable, not secret
    embedder = minilm()
    with gzip.open(options.out, "wt", encoding="utf-8") as file:
        sets = by_set(row for row in read_rows(options.rows) if row.set in MOST_OF)
        for rows in sets.values():
            for group in span_groups(rows, embedder, rng):
                file.write(_written(map(_as_json, group)))
        for asked, passages in asked_passages(options.open, rng, relevant=1, others=NEGATIVES):
            file.write(_written(passage | {"id": asked["id"]} for passage in passages))


if __name__ == "__main__":
    main()

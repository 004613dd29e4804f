"""Scores the reader on a file: `python -m training.reader.evaluate FILE.jsonl.gz --json`.

Prints each set's SQuAD 2.0 scores at the stored threshold.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from rag.evaluation.summary import ece
from rag.models.reader.reader import ADAPTER, Pair, Reader
from training.reader.data import ReaderRow, by_set, read_rows
from training.reader.metrics import Judged, best_threshold, judge, summary

SLICE: Final = 256
"""Rows read at once: enough to sort by length."""


def read_answers(reader: Reader, rows: Sequence[ReaderRow]) -> list[Judged]:
    """Let the reader answer each row."""
    judged: list[Judged] = []
    for n in range(0, len(rows), SLICE):
        part = rows[n : n + SLICE]
        pairs = [Pair(question=r.question, passage=r.context, context=r.lead) for r in part]
        for row, reading in zip(part, reader.read_pairs(pairs, count=1), strict=True):
            spans = [row.context[span.start : span.end] for span in reading.spans]
            judged.append(judge("".join(spans), accepted(row), confidence=reading.relevance))
    return judged


def accepted(row: ReaderRow) -> list[str]:
    return [row.context[start:end] for start, end in row.answers]


def report(
    rows: Sequence[ReaderRow], judged: Sequence[Judged], *, threshold: float
) -> dict[str, object]:
    """Summarise over all rows and by set."""
    numbered = by_set(rows)
    places = {row.id: n for n, row in enumerate(rows)}
    sets = {
        name: summary([judged[places[row.id]] for row in group], threshold=threshold)
        for name, group in sorted(numbered.items())
    }
    labels = [row.answerable for row in judged]
    error = ece(np.array([row.confidence for row in judged]), np.array(labels))
    whole = summary(judged, threshold=threshold) | {"ece": round(error, 4)}
    best = summary(judged, threshold=best_threshold(judged))
    return {"threshold": threshold, "all": whole, "best_threshold_f1": best["f1"], "sets": sets}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--adapter", type=Path, default=ADAPTER)
    parser.add_argument("--every", type=int, default=1, help="score one row in so many")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    rows = list(read_rows(options.file))[:: options.every]
    reader = Reader(adapter=options.adapter)
    result = report(rows, read_answers(reader, rows), threshold=reader.threshold)
    sys.stdout.write(json.dumps(result, indent=None if options.json else 1) + "\n")


if __name__ == "__main__":
    main()

"""Scores the reader on a file: `python -m training.reader.evaluate FILE.jsonl.gz --json`.

Prints each set's SQuAD 2.0 scores at the stored threshold. `--baseline` scores the sentence that
shares most with the question instead, at the threshold that suits it best on this very file.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from rag.models.reader.reader import ADAPTER, Pair, Reader
from training.reader.data import by_set, read_rows
from training.reader.metrics import Judged, best_threshold, calibration_error, judge, summary
from training.reader.rows import ReaderRow

SLICE: Final = 256
"""Rows read at once: enough to sort by length."""
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")
WORD: Final = re.compile(r"\w+")


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


def matching_sentences(rows: Sequence[ReaderRow]) -> list[Judged]:
    """Answer each row by the sentence or line that shares the most, rarest words."""
    counts = Counter(word for row in rows for word in set(WORD.findall(row.context.lower())))
    return [_matching_sentence(row, counts, len(rows)) for row in rows]


def _matching_sentence(row: ReaderRow, counts: Counter[str], total: int) -> Judged:
    asked = set(WORD.findall(row.question.lower()))
    weight = {word: float(np.log((total + 2) / (counts[word] + 1))) for word in asked}
    sentences = SENTENCE.findall(row.context) or [row.context]
    shares = [
        sum(weight[word] for word in asked & set(WORD.findall(sentence.lower())))
        for sentence in sentences
    ]
    best = max(range(len(sentences)), key=shares.__getitem__)
    confidence = shares[best] / max(sum(weight.values()), 1e-9)
    return judge(sentences[best].strip(), accepted(row), confidence=confidence)


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
    error = calibration_error([row.confidence for row in judged], labels)
    whole = summary(judged, threshold=threshold) | {"ece": round(error, 4)}
    best = summary(judged, threshold=best_threshold(judged))
    return {"threshold": threshold, "all": whole, "best_threshold_f1": best["f1"], "sets": sets}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--adapter", type=Path, default=ADAPTER)
    parser.add_argument("--baseline", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="score one row in so many")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    rows = list(read_rows(options.file))[:: options.every]
    if options.baseline:
        judged = matching_sentences(rows)
        result = report(rows, judged, threshold=best_threshold(judged))
    else:
        reader = Reader(adapter=options.adapter)
        judged = read_answers(reader, rows)
        result = report(rows, judged, threshold=reader.threshold)
    sys.stdout.write(json.dumps(result, indent=None if options.json else 1) + "\n")


if __name__ == "__main__":
    main()

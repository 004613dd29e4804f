"""Do the words that moved the reader agree with the words that were asked for? And what they cost.

    python -m benchmarks.answers.attribution ROWS.jsonl.gz [--rows 100]

ROWS are of the reader's format, not seen in its training. A word agrees if the question has it, in
any form, or the accepted answer; beside it stands the share of all content words that do.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from rag.answer.base.explain import asked_words
from rag.models.reader import attribution
from rag.models.reader.attribution import Attributor
from rag.models.reader.reader import Reader
from training.reader.data import read_rows
from training.reader.rows import ReaderRow

TOP = 5
STEPS = (1, 2, 4, 8)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("--rows", dest="count", type=int, default=100)
    options = parser.parse_args()
    rows = [row for row in read_rows(options.rows) if row.answers]
    rows = rows[:: max(1, len(rows) // options.count)][: options.count]
    attributor = Attributor(Reader())
    attributor.warm()
    attributor.shares(rows[0].question, rows[0].context, context="")
    for steps in STEPS:
        attribution.STEPS = steps  # type: ignore[misc]  # what is compared
        report(attributor, rows, steps)


def report(attributor: Attributor, rows: list[ReaderRow], steps: int) -> None:
    seconds, top, every = [], [], []
    for row in rows:
        start = time.process_time()
        shares = attributor.shares(row.question, row.context, context="")
        seconds.append(time.process_time() - start)
        agreeing = agreed(row)
        ranked = sorted(shares, key=lambda span: -shares[span])
        top += [span in agreeing for span in ranked[:TOP]]
        every += [span in agreeing for span in ranked]
    print(
        f"{steps} steps: {statistics.mean(top):.1%} of the first {TOP} agree, "
        f"{statistics.mean(every):.1%} of all; processor p50 {statistics.median(seconds):.2f} s, "
        f"p95 {statistics.quantiles(seconds, n=20)[-1]:.2f} s",
        flush=True,
    )


def agreed(row: ReaderRow) -> set[tuple[int, int]]:
    """Return the words of the passage that are asked for, or of an accepted answer."""
    found = set(asked_words(row.question, row.context))
    for first, last in row.answers:
        inside = asked_words(row.context[first:last], row.context[first:last])
        found |= {(first + a, first + b) for a, b in inside}
    return found


if __name__ == "__main__":
    main()

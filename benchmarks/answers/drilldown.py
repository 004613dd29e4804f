"""Questions that go on about a document without naming it: how many are answered from it.

    python -m benchmarks.answers.drilldown QUESTIONS --workspace W

QUESTIONS: a line each {"opening", "question", "answers", "source"}. The opening is asked first; its
answer, and what it cites, are what the question follows. Prints how many are answered rightly
(within 120 words, stated or as what is closest) after it, alone, and alone of the source itself.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pagelight
from rag.datamodel import Answer, Turn
from rag.evaluation.records.questions import NUGGET_WORDS
from rag.evaluation.records.text_match import contains


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--workspace", type=Path, required=True)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines()]
    with pagelight.open_workspace(options.workspace) as workspace:
        print(f"of {len(rows)}: {dict(counted(workspace, rows))}")


def counted(workspace: pagelight.Workspace, rows: Sequence[dict[str, Any]]) -> Counter[str]:
    """Return how many of the questions are answered rightly in each of three ways."""

    @cache
    def opened(opening: str) -> Turn:
        return workspace.ask(opening).turn(opening)

    found: Counter[str] = Counter()
    for row in rows:
        asked = row["question"]
        after = workspace.ask(asked, history=[opened(row["opening"])])
        found["after the opening"] += _is_right(after, row)
        found["alone"] += _is_right(workspace.ask(asked), row)
        found["of the source"] += _is_right(workspace.ask(asked, within=row["source"]), row)
    return found


def _is_right(answer: Answer, row: dict[str, Any]) -> bool:
    told = answer.text if answer.answered or answer.closest else ""
    return contains(told, row["answers"], match="any", words=NUGGET_WORDS)


if __name__ == "__main__":
    main()

"""Passages against plain baselines, over questions whose facts are known and whose hits were kept.

    python -m benchmarks.answers.passages KEPT [...] [--words 120]

KEPT are files of `training.answers.asked_questions`. Prints facts found / all facts of a question
found, in per cent, within so many words: the text of the first hit, the texts of the first hits run
together, the best window of the first five and ten hits (an oracle), the passage, and the whole
answer.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.passages.passages import Passages
from rag.answer.question.question import Question, understand
from rag.datamodel import Hit
from rag.protocols import Reading
from training.answers.asked_questions import Known, read_kept, share_held

STEP = 10
"""Windows of the oracle begin at every so many words."""


class KeptRanker:
    """What a ranker says of one question, as it was kept."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def find(self, _asked: Question, _hits: Sequence[Hit]) -> list[FoundAnswer]:
        return list(self._known.found)

    def evidence(self, _asked: Question, _hits: Sequence[Hit]) -> list[Evidence]:
        return list(self._known.evidence)

    def importance(self, _asked: Question) -> Mapping[str, float]:
        return self._known.importance

    def readings(self, _asked: Question, _hits: Sequence[Hit]) -> Mapping[str, Reading]:
        return self._known.readings


def first(known: Known) -> str:
    return known.hits[0].chunk.text if known.hits else ""


def joined(known: Known) -> str:
    return " ".join(hit.chunk.text for hit in known.hits[:5])


def best_window(known: Known, *, hits: int, words: int) -> str:
    windows = [
        " ".join(told[start : start + words])
        for hit in known.hits[:hits]
        for told in [hit.chunk.text.split()]
        for start in range(0, max(1, len(told) - words + STEP), STEP)
    ]
    return max(windows, key=lambda text: share_held(text, known.facts, words=words), default="")


def passage(known: Known, *, words: int) -> str:
    return Passages(KeptRanker(known)).told(
        understand(known.asked), known.context.hits, most_words=words
    )


def answer(known: Known, *, words: int) -> str:
    """Return what a rule worked out, and the passage after it."""
    asked, worked = understand(known.asked), known.worked
    room = words - len(worked.split())
    told = Passages(KeptRanker(known)).told(
        asked, known.context.hits, most_words=room, after=worked
    )
    return f"{worked}\n\n{told}"


def shares(known: Sequence[Known], told: Callable[[Known], str], *, words: int) -> list[float]:
    return [share_held(told(one), one.facts, words=words) for one in known]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kept", type=Path, nargs="+")
    parser.add_argument("--words", type=int, default=120)
    options = parser.parse_args()
    known, words = [one for one in read_kept(options.kept) if one.facts], options.words
    told: dict[str, Callable[[Known], str]] = {
        "first hit": first,
        "first hits": joined,
        "best window of 5": lambda one: best_window(one, hits=5, words=words),
        "best window of 10": lambda one: best_window(one, hits=10, words=words),
        "passage": lambda one: passage(one, words=words),
        "answer": lambda one: answer(one, words=words),
    }
    for name, compose in told.items():
        found = shares(known, compose, words=words)
        print(f"{name}: {score(found)}, {by_kind(known, found)}")


def score(found: Sequence[float]) -> str:
    whole = statistics.mean(share == 1 for share in found)
    return f"{100 * statistics.mean(found):.1f} / {100 * whole:.1f} of {len(found)}"


def by_kind(known: Sequence[Known], found: Sequence[float]) -> str:
    kinds: dict[str, list[float]] = defaultdict(list)
    for one, share in zip(known, found, strict=True):
        kinds[str(one.row.get("kind") or "")].append(share)
    return ", ".join(f"{k} {100 * statistics.mean(v):.0f} ({len(v)})" for k, v in kinds.items())


if __name__ == "__main__":
    main()

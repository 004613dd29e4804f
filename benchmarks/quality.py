"""Retrieval and answers on questions with known answers: pages hit, answers right, refusals.

    python benchmarks/quality.py QUESTIONS.jsonl --workspace DIR [--out FILE.json]

The questions have the schema of the shared data: question, answers, match, answerable, source,
sources, page, pages, modality, history. Each figure comes with the share's Wilson 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from ingest.chunker import CHUNKER_VERSION
from rag.answer.render_json import answer_json, hits_json
from rag.build import Engine, build_engine
from rag.datamodel import Query
from rag.settings import load_settings
from ui.batch import turns

READ_WORDS = 60
"""An accepted answer counts if it stands within so many words of the answer's beginning."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--words", type=int, default=READ_WORDS)
    parser.add_argument("--threshold", type=float)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.questions.read_text().splitlines()]
    settings = load_settings(
        os.environ, workspace=options.workspace, answer_threshold=options.threshold
    )
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()
        results = [run(engine, row, words=options.words) for row in rows]
    if options.out:
        options.out.write_text(json.dumps(results, ensure_ascii=False, indent=1))
    report(results)


def run(engine: Engine, row: dict[str, Any], *, words: int) -> dict[str, Any]:
    history = turns(row.get("history") or ())
    query = Query(text=row["question"])
    start = time.perf_counter()
    engine.search(query, engine.limits.top_k)
    retrieval_s = time.perf_counter() - start
    (*_, answer) = engine.ask(query, history)
    shown = answer_json(answer, profile=engine.profile.name)
    return {
        "row": row,
        "answer": shown,
        "reranked": [
            {k: v for k, v in hit.items() if k != "text"} for hit in hits_json(answer.context.hits)
        ],
        "retrieval_s": retrieval_s,
        "first_rank": first_rank(shown["hits"], row),
        "right": answer.answered and right(shown["text"], row, words=words),
        "cited_right": cited_right(shown["citations"], row),
    }


def first_rank(hits: Sequence[dict[str, Any]], row: dict[str, Any]) -> int | None:
    for hit in hits:
        if on_gold_page(hit, row):
            return int(hit["rank"])
    return None


def on_gold_page(place: dict[str, Any], row: dict[str, Any]) -> bool:
    if place["source"] not in {row["source"], *(row.get("sources") or ())}:
        return False
    pages = {page for page in (row.get("page"), *(row.get("pages") or ())) if page is not None}
    return not pages or place["page"] in pages


def right(text: str, row: dict[str, Any], *, words: int) -> bool:
    beginning = normalised(" ".join(text.split()[:words]))
    found = [stands_in(normalised(answer), beginning) for answer in row["answers"]]
    return all(found) if row.get("match") == "all" else any(found)


def normalised(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"\[\d+\]", " ", folded)
    folded = re.sub(r"(?<=\d),(?=\d)", "", folded)
    return re.sub(r"\s+", " ", folded).strip()


def stands_in(answer: str, text: str) -> bool:
    """Whether the words stand there, not inside longer words or numbers."""
    pattern = rf"(?<![\w.]){re.escape(answer)}(?![\w]|\.\d)"
    return re.search(pattern, text) is not None


def cited_right(citations: Sequence[dict[str, Any]], row: dict[str, Any]) -> bool | None:
    if not citations:
        return None
    return any(on_gold_page(citation, row) for citation in citations)


def report(results: Sequence[dict[str, Any]]) -> None:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        if result["row"]["answerable"]:
            groups["all"].append(result)
            groups[result["row"]["modality"]].append(result)
    for name, group in groups.items():
        line(name, group)
    answerable = groups["all"]
    unanswerable = [r for r in results if not r["row"]["answerable"]]
    share("unanswerable refused", [not r["answer"]["answered"] for r in unanswerable])
    share("answerable refused", [not r["answer"]["answered"] for r in answerable])
    share(
        "cited page right, of answered",
        [bool(r["cited_right"]) for r in answerable if r["answer"]["answered"]],
    )
    for stage in ("retrieve", "rerank", "first_text", "total"):
        seconds = [r["answer"]["timings_s"].get(stage) for r in results]
        quantiles(stage, [s for s in seconds if s is not None])
    quantiles("retrieval alone", [r["retrieval_s"] for r in results])


def line(name: str, group: Sequence[dict[str, Any]]) -> None:
    ranks = [r["first_rank"] for r in group]
    hits = "  ".join(
        f"hit@{k} {100 * sum(rank is not None and rank <= k for rank in ranks) / len(ranks):5.1f}"
        for k in (1, 5, 20)
    )
    found = sum(r["right"] for r in group)
    low, high = wilson(found, len(group))
    answer = f"right {100 * found / len(group):5.1f} [{100 * low:.0f}-{100 * high:.0f}]"
    sys.stdout.write(f"{name:12} n={len(group):3}  {hits}  {answer}\n")


def share(name: str, values: Sequence[bool]) -> None:
    low, high = wilson(sum(values), len(values))
    percent = 100 * sum(values) / max(1, len(values))
    sys.stdout.write(
        f"{name}: {percent:.1f} % [{100 * low:.0f}-{100 * high:.0f}] of {len(values)}\n"
    )


def quantiles(name: str, seconds: Iterable[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    sys.stdout.write(f"{name}: p50 {statistics.median(ordered):.3f} s, p95 {p95:.3f} s\n")


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the score interval of a share (Wilson, JASA 1927)."""
    if trials == 0:
        return 0.0, 1.0
    p = successes / trials
    middle = p + z * z / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return (middle - spread) / scale, (middle + spread) / scale


if __name__ == "__main__":
    main()

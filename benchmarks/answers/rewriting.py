"""Follow-ups rewritten to standalone queries: what is found against the gold rewrites.

    python -m benchmarks.answers.rewriting DEV.jsonl.gz [--more TRAIN.jsonl.gz]
        [--cache VECTORS.npz]

Rows: {history: [text, ...], question, rewrite, set, titles?}. Where the history holds answers, what
is looked for is the answer of the next turn among all answers of the set ("answer"; those already
said in the row's own history are left out); else the row's own gold rewrite among those of all rows
("rewrite", a proxy that flatters the gold). Rows of --more only fill the collections. Last, gold
rewrites of other conversations stand in for questions of a new topic, which should be left alone.
Intervals are 95 % bootstrap percentiles over rows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np

from rag.answer.followup.conversation import standalone
from rag.datamodel import Turn
from rag.neural.embed.embedders import minilm
from rag.protocols import Matrix
from rag.text import content_stems, words

ANSWERED = frozenset({"canard", "cast21"})
"""Sets whose histories hold the passages that answer."""

NO_ANSWER = "I don't know."
K1, B = 0.9, 0.4
"""BM25 as Anserini sets it (Yang, Fang and Lin, SIGIR 2017)."""

RRF_K = 60
"""Cormack, Clarke and Buettcher, SIGIR 2009; ranks count from 1."""

WORDS_WEIGHT = 1.5
"""What a rank by words counts, one by meaning counting 1."""

CLOSE = 5
"""Recall looks at so many ranks."""

DRAWS = 1000
SEED = 7

Row = Mapping[str, Any]
Scores = np.ndarray[Any, np.dtype[np.float64]]


def typed(row: Row) -> str:
    return str(row["question"])


def joined(row: Row) -> str:
    """Every earlier question put before it, the last 60 words: what a careful baseline does."""
    asked = [*(turn.question for turn in turns(row)), row["question"]]
    return " ".join(" ".join(asked).split()[-60:])


def rewritten(row: Row) -> str:
    return standalone(row["question"], turns(row)).text


def searched(row: Row) -> str:
    """The rewritten question with the words of its topic: what retrieval is given."""
    return standalone(row["question"], turns(row)).searched


def gold(row: Row) -> str:
    return str(row["rewrite"])


METHODS: dict[str, Callable[[Row], str]] = {
    "as typed": typed,
    "joined": joined,
    "rewritten": rewritten,
    "and topic": searched,
    "gold": gold,
}


def turns(row: Row) -> tuple[Turn, ...]:
    """Return the history as turns; page and section titles are the first one's question."""
    said = [str(item) for item in row["history"]]
    titles = row.get("titles") or 0
    first = [Turn(question=", ".join(said[:titles]), answer="")] if titles else []
    said = said[titles:]
    if row["set"] in {"cast19", "cast20", "followup"}:
        return tuple(Turn(question=question, answer="") for question in said)
    said = ["", *said] if len(said) % 2 else said
    pairs = zip(said[::2], said[1::2], strict=True)
    return (*first, *(Turn(question=asked, answer=answer) for asked, answer in pairs))


@dataclass(frozen=True)
class Task:
    """Rows of a set, the texts to search, and which of them each row looks for."""

    name: str
    rows: tuple[Row, ...]
    texts: tuple[str, ...]
    relevant: tuple[int, ...]
    left_out: tuple[frozenset[int], ...]


def tasks(rows: Sequence[Row], more: Sequence[Row]) -> Iterator[Task]:
    golds = tuple(dict.fromkeys(gold(row) for row in (*rows, *more)))
    for name in dict.fromkeys(row["set"] for row in rows):
        of_set = [row for row in rows if row["set"] == name]
        if name in ANSWERED:
            yield answer_task(name, of_set, [row for row in more if row["set"] == name])
        else:
            yield rewrite_task(name, of_set, golds)


def rewrite_task(name: str, rows: Sequence[Row], texts: tuple[str, ...]) -> Task:
    at = {text: position for position, text in enumerate(texts)}
    return Task(
        name=f"{name} (rewrite)",
        rows=tuple(rows),
        texts=texts,
        relevant=tuple(at[gold(row)] for row in rows),
        left_out=tuple(frozenset() for _ in rows),
    )


def answer_task(name: str, rows: Sequence[Row], more: Sequence[Row]) -> Task:
    answers = dict.fromkeys(turn.answer for row in (*rows, *more) for turn in turns(row))
    texts = tuple(answer for answer in answers if answer not in {"", NO_ANSWER})
    at = {text: position for position, text in enumerate(texts)}
    following = {
        tuple(row["history"][:end]): row["history"][end]
        for row in rows
        for end in range(1, len(row["history"]))
    }
    looked = [(row, following.get((*row["history"], row["question"]))) for row in rows]
    kept = [(row, at[answer]) for row, answer in looked if answer in at]
    return Task(
        name=f"{name} (answer)",
        rows=tuple(row for row, _ in kept),
        texts=texts,
        relevant=tuple(position for _, position in kept),
        left_out=tuple(
            frozenset(at[t.answer] for t in turns(row) if t.answer in at) - {position}
            for row, position in kept
        ),
    )


class Bm25:
    """Robertson's BM25 over stems, without stop words (Robertson and Zaragoza, 2009)."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(content_stems(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
        self._norm = K1 * (1 - B + B * lengths / max(1.0, lengths.mean()))
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for position, count in enumerate(counts):
            for term, frequency in count.items():
                postings[term].append((position, frequency))
        self._postings = {term: np.array(found) for term, found in postings.items()}

    def scores(self, text: str) -> Scores:
        total = np.zeros(len(self._norm))
        for term, times in Counter(content_stems(text)).items():
            found = self._postings.get(term)
            if found is None:
                continue
            at, frequency = found[:, 0], found[:, 1]
            idf = np.log(1 + (len(total) - len(at) + 0.5) / (len(at) + 0.5))
            total[at] += times * idf * frequency * (K1 + 1) / (frequency + self._norm[at])
        return total


class Vectors:
    """Embeddings of texts, each made once; kept in a file between runs if one is given."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._embedder = minilm()
        self._known: dict[str, Matrix] = {}
        if path is not None and path.exists():
            kept = np.load(path)
            self._known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))

    def of(self, texts: Iterable[str]) -> Matrix:
        wanted = list(texts)
        missing = sorted({t for t in wanted if t not in self._known}, key=len)
        if missing:
            self._known |= zip(missing, self._embedder.embed_documents(missing), strict=True)
        return np.stack([self._known[text] for text in wanted])

    def keep(self) -> None:
        if self._path is not None:
            texts = np.array(list(self._known))
            np.savez(self._path, texts=texts, vectors=np.stack(list(self._known.values())))


def ranks(scores: Scores) -> Scores:
    """Return the rank of each text, from 1, ties by position."""
    order = np.argsort(-scores, kind="stable")
    found = np.empty(len(scores))
    found[order] = np.arange(1, len(scores) + 1)
    return found


def found_ranks(task: Task, queries: Sequence[str], vectors: Vectors) -> dict[str, Scores]:
    """Return per channel the rank at which each row's text stands."""
    lexical = Bm25(task.texts)
    cosines = vectors.of(queries) @ vectors.of(task.texts).T
    runs: dict[str, list[float]] = {"BM25": [], "MiniLM": [], "fused": []}
    for row, query in enumerate(queries):
        out = list(task.left_out[row])
        by_words = lexical.scores(query)
        by_words[out] = -1
        by_meaning = cosines[row].astype(np.float64)
        by_meaning[out] = -2
        # A text that shares no word is in no lexical run.
        share = np.where(by_words > 0, WORDS_WEIGHT / (RRF_K + ranks(by_words)), 0)
        both = share + 1 / (RRF_K + ranks(by_meaning))
        for name, scores in (("BM25", by_words), ("MiniLM", by_meaning), ("fused", both)):
            better = scores > scores[task.relevant[row]]
            tied = scores == scores[task.relevant[row]]
            runs[name].append(1 + better.sum() + (tied.sum() - 1) / 2)
    return {name: np.array(found) for name, found in runs.items()}


def token_f1(text: str, reference: str) -> float:
    """Return the harmonic mean of precision and recall of words, as bags."""
    ours, theirs = Counter(words(text)), Counter(words(reference))
    shared = sum((ours & theirs).values())
    return 2 * shared / max(1, ours.total() + theirs.total())


def interval(values: Sequence[Scores], measure: Callable[..., float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a measure of paired values."""
    random = np.random.default_rng(SEED)
    rows = len(values[0])
    draws = [
        measure(*(v[picked] for v in values))
        for picked in (random.integers(0, rows, rows) for _ in range(DRAWS))
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def report(task: Task, vectors: Vectors) -> dict[str, dict[str, Scores]]:
    print(f"{task.name}: {len(task.rows)} rows, {len(task.texts)} texts")
    found: dict[str, dict[str, Scores]] = {}
    for method, query_of in METHODS.items():
        queries = [query_of(row) for row in task.rows]
        found[method] = found_ranks(task, queries, vectors)
        f1 = np.mean([token_f1(q, gold(row)) for q, row in zip(queries, task.rows, strict=True)])
        line = "  ".join(
            f"{channel} MRR {100 * (1 / rank).mean():5.1f} R@5 {100 * (rank <= CLOSE).mean():5.1f}"
            for channel, rank in found[method].items()
        )
        print(f"  {method:10} {line}  token F1 {100 * f1:5.1f}")
    shares(found)
    return found


def reciprocal(found: Scores) -> Scores:
    return np.asarray(1 / found)


def close(found: Scores) -> Scores:
    return (found <= CLOSE).astype(np.float64)


def shares(found: Mapping[str, Mapping[str, Scores]]) -> None:
    """Print what each method reaches of the gold rewrite, fused."""
    best = found["gold"]["fused"]
    for method in METHODS:
        ours = found[method]["fused"]
        for name, value in (("MRR", reciprocal), ("R@5", close)):
            pair = (value(ours), value(best))
            share = pair[0].sum() / pair[1].sum()
            low, high = interval(pair, lambda a, b: 100 * a.sum() / max(1e-9, b.sum()))
            print(f"  {method:10} {name} of gold: {100 * share:5.1f} % [{low:.0f}-{high:.0f}]")


def left_alone(rows: Sequence[Row]) -> None:
    """Questions of another conversation, after this one's history: how many stay as they are."""
    kept: list[bool] = []
    with_history = [row for row in rows if row["history"] and row["set"] in ANSWERED]
    strangers = [gold(row) for row in rows if row["set"] == "disflqa"]
    for row, stranger in zip(with_history, strangers * 9, strict=False):
        kept.append(standalone(stranger, turns(row)).text == stranger)
    own = [row for row in rows if row["history"] and gold(row).strip() != row["question"].strip()]
    gold_kept = [standalone(gold(row), turns(row)).text == gold(row) for row in own]
    changed = [rewritten(row) != row["question"] for row in own]
    print(f"new topics left alone: {100 * np.mean(kept):.1f} % of {len(kept)}")
    print(f"gold rewrites left alone: {100 * np.mean(gold_kept):.1f} % of {len(gold_kept)}")
    print(f"questions that need it rewritten: {100 * np.mean(changed):.1f} % of {len(changed)}")


def speed(rows: Sequence[Row]) -> None:
    longest = sorted(rows, key=lambda row: len(turns(row)))[-50:]
    seconds = []
    for row in longest:
        start = time.process_time()
        rewritten(row)
        seconds.append(time.process_time() - start)
    mean = np.mean([len(turns(row)) for row in longest])
    middle, most = 1000 * np.median(seconds), 1000 * max(seconds)
    print(f"{middle:.2f} ms of CPU for {mean:.1f} turns, at most {most:.2f}")


def read(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("--more", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--only", nargs="*", default=())
    options = parser.parse_args()
    rows = [row for row in read(options.rows) if not options.only or row["set"] in options.only]
    vectors = Vectors(options.cache)
    for task in tasks(rows, read(options.more) if options.more else ()):
        report(task, vectors)
    left_alone(rows)
    speed(rows)
    vectors.keep()


if __name__ == "__main__":
    main()

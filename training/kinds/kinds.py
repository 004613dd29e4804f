"""The head that tells the kind of a question: `python -m training.kinds.kinds DATA OUT [NATURAL]`.

DATA holds kinds.jsonl.gz, kinds_dev.jsonl.gz and open.jsonl.gz. Trained on the sets that state a
licence and whose labels no model made, on key words made of their questions and titles, and on
`training.kinds.kind_templates`; measured on all dev rows whose labels are the sets' own, and on
NATURAL.
"""

from __future__ import annotations

import argparse
import base64
import functools
import gzip
import json
import random
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.metrics import f1_score

from rag.evaluation.summary import ece
from rag.models.embedders import minilm
from rag.stop_words import ENGLISH, QUESTION_WORDS
from rag.understanding.question.question_kind import KINDS, WEIGHTS, Floats, Head, head_of
from training.kinds.kinds_head import cooled, examples, fit, logits_of, temperature, vocabulary

CARELESS: Final = 0.7
"""So many begin with a small letter, ..."""

UNMARKED: Final = 0.3
"""... and so many of these lack their question mark."""

_SLOT: Final = re.compile(r"\{(\w+)\}")


@functools.cache
def _filled() -> dict[str, dict[str, list[str]]]:
    """Return the words of each slot, and the templates of each kind."""
    text = (resources.files(__package__) / "kind_templates.json").read_text(encoding="utf-8")
    data: dict[str, dict[str, list[str]]] = json.loads(text)
    return data


def kinds_with_templates() -> tuple[str, ...]:
    return tuple(_filled()["templates"])


def questions(kind: str, count: int, rng: random.Random) -> Iterator[str]:
    """Yield so many different questions of one kind; the templates must allow as many."""
    seen: set[str] = set()
    while len(seen) < count:
        question = _made(kind, rng)
        if question not in seen:
            seen.add(question)
            yield question


def _made(kind: str, rng: random.Random) -> str:
    """Return a question of this kind, written with more or less care."""
    template, slots = rng.choice(_filled()["templates"][kind]), _filled()["slots"]
    question = _SLOT.sub(lambda slot: rng.choice(slots[slot[1]]), template)
    if rng.random() >= CARELESS:
        return question[:1].upper() + question[1:]
    plain = question[:1].lower() + question[1:]
    return plain.rstrip("?") if rng.random() < UNMARKED else plain


SETS: Final = frozenset(
    {
        "clapnq",
        "expertqa",
        "fairytaleqa",
        "fetaqa",
        "nf_cats:authors",
        "nf_cats:mturk",
        "nf_cats:unsupervised",
        "nq_complex",
        "qmsum",
        "qtsumm",
        "squality",
        "trec_qc",
        "wikiwhy",
    }
)
"""The other sets state no licence, or a model wrote their questions: they measure alone."""

TITLE_SETS: Final = frozenset({"clapnq", "fetaqa", "nq_complex", "qtsumm"})

MADE: Final = {
    "lookup": 700,
    "list": 700,
    "summary": 600,
    "why": 200,
    "how": 250,
    "definition": 150,
}
"""How many questions are made by templates; 500 of each other kind."""

LOWERED: Final = 0.6
"""So many key words are in small letters."""

KEYWORD_LENGTHS: Final = range(2, 7)
ASKING_WORDS: Final = QUESTION_WORDS | {"many", "much"}
HELD_BACK: Final = 12
"""One question in so many sets the temperature and is not learned from."""

NATURAL_KINDS: Final[dict[str, str]] = {
    "paraphrase": "lookup",
    "superlative": "lookup",
    "figure": "lookup",
    **dict(zip(KINDS, KINDS, strict=True)),
}
"""Kinds of natural questions as ours. Those that tell how a question stands to its documents or to
an earlier one (unanswerable, crosslingual, followup) tell nothing of its form."""

OPEN: Final = frozenset({"why", "how", "definition"})
"""What natural questions call open, too."""

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def is_own(row: Row) -> bool:
    """Tell whether the label is the set's own, not made from the wording."""
    return row["label"] != "rule" and not row.get("by_rule")


def made_rows(rows: Sequence[Row], titles: Sequence[str], rng: random.Random) -> Iterator[Row]:
    """Yield questions by templates, and key words of questions and of titles."""
    for kind in kinds_with_templates():
        for question in questions(kind, MADE.get(kind, 500), rng):
            yield {"question": question, "kind": kind}
    asking = [row["question"] for row in rows if row["kind"] not in {"yesno", "keywords"}]
    for text in (*rng.sample(asking, min(1500, len(asking))), *titles):
        words = key_words(text)
        if len(words) in KEYWORD_LENGTHS:
            joined = " ".join(words)
            lowered = rng.random() < LOWERED
            yield {"question": joined.lower() if lowered else joined, "kind": "keywords"}


def key_words(text: str) -> list[str]:
    """Return the words that carry a question."""
    words: list[str] = re.findall(r"[\w'’-]+", text)
    return [word for word in words if word.lower() not in ENGLISH | ASKING_WORDS]


def titles_of(path: Path, count: int, rng: random.Random) -> list[str]:
    """Return some titles of passages, without what stands in brackets."""
    found = {
        re.sub(r"\s*[(\[].*?[)\]]", "", passage["title"]).strip()
        for row in read_rows(path)
        if row["set"] in TITLE_SETS
        for passage in row["passages"]
        if passage.get("title")
    }
    return rng.sample(sorted(found), min(count, len(found)))


class Vectors:
    """Vectors of questions, kept in a file from run to run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Floats] = {}
        if path.exists():
            kept = np.load(path)
            self._known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))

    def of(self, rows: Sequence[Row]) -> Floats:
        texts = [row["question"] for row in rows]
        new = sorted({text for text in texts if text not in self._known})
        if new:
            self._known.update(zip(new, minilm().embed_queries(new), strict=True))
            names = np.array(list(self._known))
            np.savez(self._path, texts=names, vectors=np.array(list(self._known.values())))
        return np.array([self._known[text] for text in texts])


def measure(head: Head, rows: Sequence[Row], name: str) -> None:
    """Tell macro F1, accuracy and calibration error; each row's kind is already ours."""
    logits = logits_of(head, [row["question"] for row in rows])
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    natural = "corpus" in rows[0]
    told = [KINDS[best] for best in logits.argmax(axis=1)]
    if natural:
        told = [("open" if kind in OPEN else kind) for kind in told]
    expected = [row["kind"] for row in rows]
    right = np.array([e == t for e, t in zip(expected, told, strict=True)])
    error = ece(chances.max(axis=1), right)
    asked = sorted(set(expected))
    each = f1_score(expected, told, labels=asked, average=None)
    right_share = f"right {right.mean():.3f}, ECE {error:.3f}"
    say(f"{name} ({len(rows)}): macro F1 {each.mean():.3f}, {right_share}")
    say("  " + ", ".join(f"{kind} {score:.2f}" for kind, score in zip(asked, each, strict=True)))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, help="folder for the weights")
    parser.add_argument("natural", type=Path, nargs="?")
    parser.add_argument("--vectors", type=Path, default=Path(".cache/training/kinds.npz"))
    parser.add_argument("--passes", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)  # noqa: S311 - repeatable, not secret
    public = [row for row in read_rows(chosen.data / "kinds.jsonl.gz") if row["set"] in SETS]
    titles = titles_of(chosen.data / "open.jsonl.gz", 700, rng)
    rows = [*public, *made_rows(public, titles, rng)]
    vectors = Vectors(chosen.vectors)
    head = train(rows, vectors.of(rows), passes=chosen.passes, seed=chosen.seed)
    text = json.dumps(head_json(head), ensure_ascii=False, separators=(",", ":"))
    (chosen.out / WEIGHTS).write_text(text + "\n", encoding="utf-8")
    _report(head_of(json.loads(text)), chosen.data, chosen.natural)


def head_json(head: Head) -> dict[str, Any]:
    """Return a head as JSON: its signs, `wide` as base64 of float16."""
    return {
        "kinds": list(KINDS),
        "signs": sorted(head.signs, key=lambda sign: head.signs[sign]),
        "wide": base64.b64encode(head.wide.astype("<f2").tobytes()).decode(),
        "bias": [round(float(one), 6) for one in head.bias],
    }


def train(rows: Sequence[Row], vectors: Floats, *, passes: int, seed: int) -> Head:
    """Return the head, its chances calibrated on the questions held back."""
    back = np.array([zlib.crc32(row["question"].encode()) % HELD_BACK == 0 for row in rows])
    texts, kinds = [row["question"] for row in rows], [row["kind"] for row in rows]
    kept, held = np.flatnonzero(~back).tolist(), np.flatnonzero(back).tolist()
    found, made = ([texts[n] for n in kept if ("set" in rows[n]) is own] for own in (True, False))
    signs = vocabulary(found, made)
    learned = examples([texts[n] for n in kept], vectors[kept], [kinds[n] for n in kept], signs)
    head = fit(learned, signs, passes=passes, seed=seed, told=say)
    logits = logits_of(head, [texts[n] for n in held])
    divisor = temperature(logits, [kinds[n] for n in held])
    say(f"{len(kept)} learned, {len(signs)} signs, temperature {divisor:.2f}")
    return cooled(head, divisor)


def _report(head: Head, data: Path, natural: Path | None) -> None:
    own = [row for row in read_rows(data / "kinds_dev.jsonl.gz") if is_own(row)]
    measure(head, own, "dev, the sets' own labels")
    ours = [row for row in own if row["set"] in SETS]
    measure(head, ours, "of these, sets learned from")
    if natural is not None:
        found = [row for row in read_rows(natural) if row["kind"] in NATURAL_KINDS]
        mapped = [{**row, "kind": NATURAL_KINDS[row["kind"]]} for row in found]
        measure(head, mapped, "natural questions")


if __name__ == "__main__":
    main()

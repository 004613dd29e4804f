"""Questions with a slip of the finger or two: writes them, seeded, for what scores the whole ones.

Usage: typos.py QUESTIONS.jsonl OUT.jsonl --corpus NAME --count 40 [--seed 1]
Takes answerable questions without a history or a picture. A slip leaves a letter out, exchanges
two, doubles one or hits the key beside it, in a word of small letters from four letters on; the
first letter stays, as people rarely miss it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rag.text import STOP_WORDS

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD: Final = re.compile(r"(?<![\w.-])[a-z]{4,}(?![\w.-])")
MOST_SLIPS: Final = 2


def slipped(word: str, rng: random.Random) -> str:
    """Return the word with one slip; it is another one."""
    while True:
        at = rng.randrange(1, len(word))
        kinds = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + rng.choice(_beside(word[at])) + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at > 1 else word,
        )
        found = rng.choice(kinds)
        if found != word:
            return found


def misspelt(question: str, rng: random.Random) -> str:
    """Return the question with a slip in one or two of its telling words."""
    telling = [m for m in _WORD.finditer(question) if m[0] not in STOP_WORDS]
    chosen = rng.sample(telling, min(len(telling), rng.randint(1, MOST_SLIPS)))
    for match in sorted(chosen, key=lambda m: -m.start()):
        question = question[: match.start()] + slipped(match[0], rng) + question[match.end() :]
    return question


def drawn(rows: Sequence[dict[str, Any]], *, count: int, seed: int) -> list[dict[str, Any]]:
    """Return so many of the questions, drawn by chance, misspelt; each has its words of before."""
    rng = random.Random(seed)  # noqa: S311 - a drawing, no secret
    found: list[dict[str, Any]] = []
    for row in rng.sample(list(rows), len(rows)):
        text = misspelt(row["question"], rng)
        if text != row["question"] and len(found) < count:
            found.append(row | {"question": text, "meant": row["question"]})
    return found


def _beside(letter: str) -> str:
    row = next(row for row in _ROWS if letter in row)
    at = row.index(letter)
    return row[max(at - 1, 0) : at] + row[at + 1 : at + 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = map(json.loads, options.questions.read_text(encoding="utf-8").splitlines())
    usable = [
        row
        for row in rows
        if row.get("corpus") == options.corpus
        and row["answerable"]
        and not row.get("history")
        and not row.get("image")
    ]
    made = drawn(usable, count=options.count, seed=options.seed)
    lines = [json.dumps(row, ensure_ascii=False) for row in made]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Time one question read with 20 passages of 200 tokens.

    python -m benchmarks.scale.reading [FOLDER]

The passages are cut from the text files of the folder (the demo's documents by default). The first
reading warms the model; of the others the median and the largest are told, with processor time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Final

from rag.models.base.weights import MINILM
from rag.models.reader.inputs import load_tokenizer
from rag.models.reader.reader import Reader

DEMO: Final = Path(__file__).parents[2] / "demo" / "documents"
TEXTS: Final = {".txt", ".md", ".html", ".csv"}
PASSAGES: Final = 20
TOKENS: Final = 200
ROUNDS: Final = 20
QUESTION: Final = "What is the greatest snow depth that was ever measured on the pass?"


def passages_of(folder: Path) -> list[str]:
    """Return passages of `TOKENS` tokens; the texts are repeated if they are too short."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in TEXTS)
    text = " ".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)
    tokenizer = load_tokenizer(MINILM.locate() / "tokenizer.json")
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    starts = [n * TOKENS % (len(offsets) - TOKENS) for n in range(PASSAGES)]
    return [text[offsets[n][0] : offsets[n + TOKENS - 1][1]] for n in starts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=DEMO)
    passages = passages_of(parser.parse_args().folder)
    reader = Reader()
    reader.read(QUESTION, passages)
    walls, processor = [], time.process_time()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        reader.read(QUESTION, passages)
        walls.append(time.perf_counter() - start)
    processor = (time.process_time() - processor) / ROUNDS
    print(
        f"{PASSAGES} passages of {TOKENS} tokens: median {statistics.median(walls):.3f} s, "
        f"largest {max(walls):.3f} s, processor time {processor:.3f} s"
    )


if __name__ == "__main__":
    main()

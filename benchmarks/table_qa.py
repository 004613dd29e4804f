"""Questions over tables by plans and by queries: how many are right, by what comes out.

`python -m benchmarks.table_qa DATA MODEL CACHE [--set squall] [--count 200] [--part plans_dev]`:
DATA holds plans_dev.jsonl.gz, MODEL is the language model in OpenVINO's form, CACHE a file of
SQLite that keeps what was written, so that a run may be cut off and go on. Tables of at most 80
rows and 14 columns, in an order of a seed. Prints the share right by plans alone, by queries alone
(of the questions without a sure plan), and by both.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib
import json
import random
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

import rag.models  # noqa: F401 - before OpenVINO: it keeps its telemetry out
from rag.models.embedders import minilm
from rag.models.llm.language_model import LanguageModel, TextCompletion
from rag.table_qa.planner.engine import PlanOutcome
from rag.table_qa.planner.planner import plans
from rag.table_qa.planner.table import table_of
from rag.table_qa.query_table import query_table
from rag.table_qa.table_answer import answer_table, query_answer
from training.tables.examples import TextVectors, is_right, number_of

SEED: Final = 4
MAX_ROWS, MAX_COLUMNS = 80, 14
TURN: Final = "<|im_start|>{}\n{}<|im_end|>\n"
END: Final = 151645


class CachedModel:
    """A model that writes each text once, prompted as Qwen is; loaded when first needed."""

    model_id = "cached"

    def __init__(self, folder: Path, cache: Path) -> None:
        self._folder, self._pipeline = folder, cast("Any", None)
        self._db = sqlite3.connect(cache)
        self._db.execute("CREATE TABLE IF NOT EXISTS written (key TEXT PRIMARY KEY, value TEXT)")

    def complete(self, system: str, user: str, *, max_tokens: int) -> TextCompletion:
        prompt = "".join(TURN.format(*turn) for turn in (("system", system), ("user", user)))
        key = hashlib.sha256(f"{max_tokens}\0{prompt}".encode()).hexdigest()
        found = self._db.execute("SELECT value FROM written WHERE key = ?", (key,)).fetchone()
        value = json.loads(found[0]) if found else self._written(prompt, max_tokens)
        self._db.execute("REPLACE INTO written VALUES (?, ?)", (key, json.dumps(value)))
        self._db.commit()
        return TextCompletion(**value)

    def _written(self, prompt: str, max_tokens: int) -> dict[str, Any]:
        engine = importlib.import_module("openvino_genai")
        if self._pipeline is None:
            self._pipeline = engine.LLMPipeline(str(self._folder), "CPU")
        config = engine.GenerationConfig(
            max_new_tokens=max_tokens, logprobs=1, apply_chat_template=False, stop_token_ids={END}
        )
        made = self._pipeline.generate([f"{prompt}<|im_start|>assistant\n"], config)
        tokens = self._pipeline.get_tokenizer().encode(made.texts[0]).input_ids.shape[1]
        return {
            "text": made.texts[0].removesuffix("<|im_end|>").strip(),
            "mean_logprob": min(0.0, made.scores[0] / max(1, tokens)),
            "finish_reason": "stop" if tokens < max_tokens else "length",
        }


def sample(path: Path, name: str, count: int) -> list[dict[str, Any]]:
    """Return questions of a set over small tables, by the seed."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["set"] == name and _is_small(row)]
    random.Random(SEED).shuffle(rows)  # noqa: S311 - no secret
    return rows[:count]


def _is_small(row: dict[str, Any]) -> bool:
    table = row["table"]
    return len(table["rows"]) <= MAX_ROWS and len(table["columns"]) <= MAX_COLUMNS


def is_answer(texts: Sequence[str], row: dict[str, Any]) -> bool:
    """Tell whether texts are the answer of a row: as texts, or one number as a number."""
    numbers = [number for text in texts if (number := number_of(text)) is not None]
    given = [PlanOutcome(texts=tuple(texts))]
    if len(numbers) == len(texts) == 1:
        given.append(PlanOutcome(texts=tuple(texts), numbers=tuple(numbers)))
    return any(is_right(one, row["answers"], row) for one in given)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "model", "cache"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--set", default="squall")
    parser.add_argument("--part", default="plans_dev")
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args(arguments)
    model = cast("LanguageModel", CachedModel(options.model, options.cache))
    embed = TextVectors(minilm())
    found: dict[str, list[bool]] = {"plan": [], "query": [], "both": []}
    for row in sample(options.data / f"{options.part}.jsonl.gz", options.set, options.count):
        table = table_of(row["table"]["columns"], row["table"]["rows"], title=row["table"]["title"])
        planned, asked = plans(row["question"], table, embed), query_table(table)
        first = planned[0] if planned else None
        found["plan"].append(first is not None and is_answer(first.outcome.texts, row))
        both = answer_table(model, row["question"], asked, planned)
        found["both"].append(is_answer(both.answers if both else (), row))
        if first is None or not first.is_sure:
            query = query_answer(model, row["question"], asked)
            found["query"].append(query is not None and is_answer(query.answers, row))
    for name, right in found.items():
        sys.stdout.write(f"{options.set} {name}: {sum(right)} of {len(right)} right\n")


if __name__ == "__main__":
    main()

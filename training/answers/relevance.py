"""Rows of relevance, of judged collections: `python -m training.answers.relevance FOLDER OUT`.

Two sets: `claims`, the training queries of a collection that has them (queries_train.jsonl and
qrels_train.tsv) against the texts judged relevant, and `titles`, the title of a text against the
text. Each is set against what the project's own search finds beside it (hard negatives:
Karpukhin et al., Dense Passage Retrieval, EMNLP 2020). No query that is used for measuring is
read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.datamodel import Query
from rag.engine.build import build_engine
from rag.engine.engine import Engine
from rag.evaluate.measures.collections import (
    Collection,
    CollectionText,
    find_collections,
    read_collection,
)
from rag.settings import load_settings
from service.evaluation.collections import workspace_of

DEPTH: Final = 12
"""Negatives are drawn from so many texts that the search finds first."""

CLAIM_NEGATIVES: Final = 4
TITLE_NEGATIVES: Final = 2
LEAST_WORDS: Final = 4
"""A title of fewer words tells too little of its text."""

LONGEST: Final = 1500
"""Code points of a context, as in the other files of rows."""

JsonRow = dict[str, Any]
Find = Callable[[str], list[CollectionText]]
"""The texts that a search finds first."""


def rows_of(
    find: Find, collection: Collection, folder: Path, titles: int, rng: random.Random
) -> Iterator[JsonRow]:
    """Yield the collection's rows, of at most so many titles."""
    yield from _claims(find, collection, folder, rng)
    named = [text for text in collection.texts if _is_told_by_title(text)]
    for text in rng.sample(named, min(titles, len(named))):
        near = [other for other in find(text.title) if other.id != text.id]
        chosen = rng.sample(near, min(TITLE_NEGATIVES, len(near)))
        for context in (text, *chosen):
            yield _row("titles", text.title, _without_title(context), relevant=context is text)


def _claims(
    find: Find, collection: Collection, folder: Path, rng: random.Random
) -> Iterator[JsonRow]:
    queries, qrels = folder / "queries_train.jsonl", folder / "qrels_train.tsv"
    if not (queries.is_file() and qrels.is_file()):
        return
    judged: dict[str, set[str]] = {}
    for line in qrels.read_text(encoding="utf-8").splitlines()[1:]:
        query, text, grade = line.split("\t")
        if int(grade) > 0:
            judged.setdefault(query, set()).add(text)
    texts = {text.id: text for text in collection.texts}
    for line in queries.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        relevant = judged.get(raw["id"], set())
        near = [other for other in find(raw["text"]) if other.id not in relevant]
        for answer in (texts[key] for key in sorted(relevant) if key in texts):
            yield _row("claims", raw["text"], answer, relevant=True)
            for other in rng.sample(near, min(CLAIM_NEGATIVES, len(near))):
                yield _row("claims", raw["text"], other, relevant=False)


def found_by(engine: Engine, collection: Collection) -> Find:
    """Return the project's own search of an indexed collection."""

    def find(words: str) -> list[CollectionText]:
        hits = engine.search(Query(text=words), k=DEPTH)
        return [collection.texts[int(n)] for n in dict.fromkeys(hit.chunk.source for hit in hits)]

    return find


def _is_told_by_title(text: CollectionText) -> bool:
    return len(text.title.split()) >= LEAST_WORDS and bool(_without_title(text).text)


def _without_title(text: CollectionText) -> CollectionText:
    """Return the text without its title, which some texts repeat in front."""
    body = text.text.removeprefix(text.title).strip()
    return replace(text, title="", text=body)


def _row(name: str, question: str, text: CollectionText, *, relevant: bool) -> JsonRow:
    return {
        "id": f"{name}-{text.id}-{zlib.crc32(question.encode()):08x}",
        "set": name,
        "question": question,
        "context": text.text[:LONGEST],
        "lead": text.title,
        "answers": [],
        "relevant": relevant,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="collections of judged texts")
    parser.add_argument("out", type=Path, help="the file of rows to write, .jsonl.gz")
    parser.add_argument("--workspace", type=Path, required=True, help="where eval indexed them")
    parser.add_argument("--titles", type=int, default=1400, help="most titles of one collection")
    options = parser.parse_args()
    rng = random.Random(1)  # noqa: S311 - repeatable, not secret
    settings = load_settings({}, workspace=options.workspace)
    with gzip.open(options.out, "wt", encoding="utf-8") as file:
        for folder in find_collections(options.folder):
            collection = read_collection(folder)
            own = replace(settings, workspace=workspace_of(settings, collection))
            with build_engine(own, chunker_version=CHUNKER_VERSION) as engine:
                engine.warm()
                find = found_by(engine, collection)
                for row in rows_of(find, collection, folder, options.titles, rng):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

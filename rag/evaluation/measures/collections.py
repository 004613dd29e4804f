"""Collections of texts with judged queries, in the layout of BEIR. Knows their files alone.

Thakur et al., BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation, NeurIPS 2021: a folder
with corpus.jsonl, queries.jsonl (either may be .gz) and qrels.tsv or qrels/test.tsv.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rag.errors import PagelightError
from rag.evaluation.records.report import LineError

CORPUS: Final = ("corpus.jsonl", "corpus.jsonl.gz")
QUERIES: Final = ("queries.jsonl", "queries.jsonl.gz")
QRELS: Final = ("qrels.tsv", "qrels/test.tsv")
_LEAST_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionText:
    """One text of the corpus, or one query (which has no title)."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """`qrels` maps a query's id to the grades of texts. `digest` names the corpus's content."""

    name: str
    digest: str
    texts: tuple[CollectionText, ...]
    queries: tuple[CollectionText, ...]
    qrels: dict[str, dict[str, int]]
    errors: tuple[LineError, ...] = ()

    @property
    def judged(self) -> list[CollectionText]:
        """The queries for which at least one text is relevant: trec_eval's means are over these."""
        return [q for q in self.queries if any(g > 0 for g in self.qrels.get(q.id, {}).values())]


def find_collections(folder: Path) -> list[Path]:
    """Return the folder itself if it is a collection, else those in it, by name.

    Raises PagelightError if there is none.
    """
    if _first(folder, CORPUS):
        return [folder]
    found = [path for path in sorted(folder.iterdir()) if path.is_dir() and _first(path, CORPUS)]
    if not found:
        raise PagelightError(
            f"{folder} is no collection of judged texts: there is no corpus.jsonl in it.",
            hint="Give a file of questions, or a folder with corpus.jsonl, queries.jsonl and"
            " qrels.tsv.",
        )
    return found


def read_collection(folder: Path) -> Collection:
    """Read a collection. Raises PagelightError where a file is missing or can't be read."""
    errors: list[LineError] = []
    corpus = _data(folder, CORPUS)
    return Collection(
        name=folder.resolve().name,
        digest=hashlib.sha256(corpus).hexdigest(),
        texts=tuple(_texts("corpus", corpus, errors)),
        queries=tuple(_texts("queries", _data(folder, QUERIES), errors)),
        qrels=_qrels(_data(folder, QRELS), errors),
        errors=tuple(errors),
    )


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _data(folder: Path, names: tuple[str, ...]) -> bytes:
    path = _first(folder, names)
    if path is None:
        raise PagelightError(f"The collection {folder} lacks {names[0]}.")
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise PagelightError(f"{path} can't be read: {error}.") from error


def _texts(name: str, data: bytes, errors: list[LineError]) -> Iterator[CollectionText]:
    """Yield the texts of JSON lines; an id that comes again is told, and its text left out."""
    seen: set[str] = set()
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            text = _text(json.loads(line))
            if text.id in seen:
                raise ValueError(f"the id {text.id} came before")  # noqa: TRY301 - told as one below
        except (ValueError, RecursionError) as error:
            errors.append(LineError(line=number, reason=f"{name}: {error}"))
            continue
        seen.add(text.id)
        yield text


def _text(row: Any) -> CollectionText:  # noqa: ANN401 - any JSON
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a line of data, told as a reason
    key = row.get("_id", row.get("id"))
    words = {name: row.get(name) or "" for name in ("title", "text")}
    if key is None or not all(isinstance(value, str) for value in words.values()):
        raise ValueError("it needs an id and a text")
    json.dumps(row, ensure_ascii=False).encode()  # raises where an escape is half a character
    return CollectionText(id=str(key), **words)


def _qrels(data: bytes, errors: list[LineError]) -> dict[str, dict[str, int]]:
    """Read query, text and grade of each line, or TREC's four columns; a header is passed over."""
    qrels: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        columns = line.split()
        if not columns:
            continue
        try:
            query, text, grade = columns[0], columns[-2], int(columns[-1])
        except (ValueError, IndexError):
            if number > 1:
                errors.append(LineError(line=number, reason="qrels: no query, text and grade"))
            continue
        if len(columns) < _LEAST_COLUMNS:
            errors.append(LineError(line=number, reason="qrels: no query, text and grade"))
            continue
        qrels[query][text] = grade
    return dict(qrels)

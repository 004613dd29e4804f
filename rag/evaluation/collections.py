"""Collections of texts with judged queries, in the layout of BEIR. Knows their files alone.

Thakur et al., BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation, NeurIPS 2021: a folder
with corpus.jsonl, queries.jsonl (either may be .gz) and qrels.tsv or qrels/test.tsv.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from rag.decoding import decoded
from rag.errors import PagelightError
from rag.evaluation.questions import LineError

CORPUS: Final = ("corpus.jsonl", "corpus.jsonl.gz")
QUERIES: Final = ("queries.jsonl", "queries.jsonl.gz")
QRELS: Final = ("qrels.tsv", "qrels/test.tsv")


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


class _Row(msgspec.Struct):
    """A line of corpus or queries: BEIR calls the id `_id`, others `id`."""

    beir_id: str | int | None = msgspec.field(name="_id", default=None)
    id: str | int | None = None
    title: str | None = None
    text: str | None = None


def find_collections(folder: Path) -> list[Path]:
    """Return the folder or the collections in it, by name. Raises PagelightError without any."""
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
            row = decoded(line, _Row)
        except (ValueError, RecursionError) as error:
            errors.append(LineError(line=number, reason=f"{name}: {error}"))
            continue
        key = row.id if row.beir_id is None else row.beir_id
        if key is None or str(key) in seen:
            reason = "it has no id" if key is None else f"the id {key} came before"
            errors.append(LineError(line=number, reason=f"{name}: {reason}"))
            continue
        seen.add(str(key))
        yield CollectionText(id=str(key), title=row.title or "", text=row.text or "")


def _qrels(data: bytes, errors: list[LineError]) -> dict[str, dict[str, int]]:
    """Read query, text and grade of each line, or TREC's four columns; a header is passed over."""
    qrels: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            query, *_, text, grade = line.split()
            qrels[query][text] = int(grade)
        except ValueError:
            if number > 1:
                errors.append(LineError(line=number, reason="qrels: no query, text and grade"))
    return dict(qrels)

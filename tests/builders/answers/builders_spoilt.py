"""A workspace with documents, words of people and a copy of these, and bytes of it changed."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from builders_index import EMBEDDER, make_document, open_index
from builders_index import put_document as put
from builders_ui import a_chunk, an_answer

from rag.storage.conversations.exchange import Exchange
from rag.storage.workspace.store import WorkspaceIndex

TALKS = 40
DOCUMENTS = 12


def fill(workspace: Path) -> None:
    """Store documents, and what people write: then, at the next opening, its copy."""
    with open_index(workspace) as index:
        for n in range(DOCUMENTS):
            put_document(index, n)
        for n in range(TALKS):
            answer = an_answer(f"Answer {n} [1]" + " of many words" * 40, a_chunk(f"chunk {n}"))
            exchange = Exchange(id=f"e{n}", question=f"question {n}", answer=answer)
            index.conversations.put(f"talk{n}", exchange)
            index.pins.put(f"talk{n}", exchange)
            index.reports.put(f"talk{n}", exchange.id, [exchange], cited=lambda _: [])
    open_index(workspace).close()


def put_document(index: WorkspaceIndex, n: int) -> None:
    put(index, make_document(f"word{n} snow", f"second{n} rain", source=f"{n:02}.txt"))


def said(index: WorkspaceIndex) -> dict[str, list[tuple[str, str]]]:
    """Return questions and answers by conversation, and those pinned and reported."""
    talks = {
        record.id: [(one.question, one.answer.text if one.answer else "") for one in shown]
        for record in index.conversations.records()
        for shown in [index.conversations.get(record.id)]
    }
    pinned = [(one.exchange.question, _text(one.exchange)) for one in index.pins.all()]
    reported = [(one.question, one.answer) for one in index.reports.all()]
    return {**talks, "pinned": sorted(pinned), "reported": sorted(reported)}


def _text(exchange: Exchange) -> str:
    return exchange.answer.text if exchange.answer else ""


def ask(index: WorkspaceIndex) -> list[str]:
    """Search by both channels, and list; return what was found by words and by meaning."""
    index.documents()
    index.conversations.records("snow")
    vector = EMBEDDER.embed_queries(["word3 snow"])
    near = index.search_dense(vector, k=20)
    told = index.search_lexical("word3 snow", k=20)
    return [hit.chunk.text for hit in (*near[:1], *told[:1])]


def spoil(path: Path, seed: int, count: int = 20) -> None:
    """Change so many bytes anywhere in a file."""
    rng = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(min(count, len(data))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    path.write_bytes(data)


def spoil_page(ledger: Path, table: str, seed: int = 0) -> None:
    """Fill one page of a table's rows (its root, where it has no other) with other bytes."""
    with closing(sqlite3.connect(ledger)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        pages = [number for (number,) in db.execute(_LEAVES, (table,))]
    number = random.Random(seed).choice(pages)
    with ledger.open("r+b") as out:
        out.seek((number - 1) * size)
        out.write(random.Random(seed).randbytes(size))


_LEAVES = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'"

"""How what a workspace keeps is read: each kind by its bytes, as a fuzzer or a test gives them.

Each raises nothing but a PagelightError, whatever the bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from rag.datamodel import Answer
from rag.storage.conversations.exchange import exchange_of, is_readable_exchange
from rag.storage.conversations.reports import is_readable_report
from rag.storage.database import catalog
from rag.storage.database.database import Database, is_sound
from rag.storage.documents import codec
from rag.storage.documents.codec import opened, unpacked
from rag.storage.files.folder import OWNER_NAME, STAMP_NAME, Stamp, owner_of, require
from rag.storage.vectors.row_log import RowLog, WrittenMark

DIM: Final = 4
STAMP: Final = Stamp(schema=1, model_id="m", dim=DIM)
ASKED: Final = np.full((1, DIM), 0.5, dtype=np.float32)


def stamp(folder: Path, data: bytes) -> None:
    (folder / STAMP_NAME).write_bytes(data)
    require(folder, STAMP)


def owner(folder: Path, data: bytes) -> None:
    (folder / OWNER_NAME).write_bytes(data)
    owner_of(folder)


def mark(folder: Path, data: bytes) -> None:
    (folder / "written").write_bytes(data)
    WrittenMark(folder).count()


def rows(folder: Path, data: bytes) -> None:
    shutil.rmtree(folder / "rows", ignore_errors=True)
    made = RowLog(folder / "rows", DIM, count=0)
    made.put({f"k{n}": ASKED[0] for n in range(8)})
    (folder / "rows" / "rows.log").write_bytes(data[1:])
    found = RowLog(folder / "rows", DIM, count=made.record_count)
    found.nearest(ASKED, k=3)
    found.drop(["k1"])


def ledger(folder: Path, data: bytes) -> None:
    path = folder / "ledger.sqlite"
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()
    path.write_bytes(data)
    is_sound(path, "index")
    with closing(Database(path)) as kept, kept.read() as db:
        catalog.records(db)


def exchange(folder: Path, data: bytes) -> None:
    del folder
    is_readable_exchange(data)
    exchange_of("e", "q", "", data)


def report(folder: Path, data: bytes) -> None:
    del folder
    is_readable_report(data)


def elements(folder: Path, data: bytes) -> None:
    del folder
    opened(data, codec.decode_elements, what="a document")


def answer(folder: Path, data: bytes) -> None:
    del folder
    opened(data, partial(unpacked, kind=Answer), what="an answer")


KINDS: Final[Mapping[str, Callable[[Path, bytes], None]]] = {
    read.__name__: read
    for read in (stamp, owner, mark, rows, ledger, exchange, report, elements, answer)
}

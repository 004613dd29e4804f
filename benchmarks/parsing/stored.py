"""What a workspace keeps, fuzzed: `stored.py KIND FINDINGS [libFuzzer's options]`.

KIND is one of `KINDS`: a file of a workspace, or what a row of its ledger holds. Each gives what was
stored or an error for a person. Started by `fuzzing.py` with `--stored`; see there.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import atheris
import numpy as np

with atheris.instrument_imports(include=["rag"]):
    from rag.errors import PagelightError
    from rag.index.conversations.conversations import exchange_of, readable_body
    from rag.index.conversations.reports import readable_report_body
    from rag.index.ledger import catalog
    from rag.index.ledger.ledger import Ledger
    from rag.index.ledger.lock import OWNER_NAME, owner_of
    from rag.index.ledger.soundness import is_sound
    from rag.index.ledger.stamp import FILE_NAME, Stamp, require
    from rag.index.rows import codec
    from rag.index.rows.answer_codec import decode_answer
    from rag.index.rows.seals import opened
    from rag.index.vectors.beside import FollowedRows, WrittenMark
    from rag.index.vectors.rooms import FolderRoom
    from rag.index.vectors.row_sums import DamagedRowsError
    from rag.index.vectors.unit_rows import UnitRows

DIM: Final = 4
STAMP: Final = Stamp(schema=1, model_id="m", dim=DIM)
ASKED: Final = np.full((1, DIM), 0.5, dtype=np.float32)
LARGEST_BYTES: Final = 20_000


def stamp(folder: Path, data: bytes) -> None:
    (folder / FILE_NAME).write_bytes(data)
    require(folder, STAMP)


def owner(folder: Path, data: bytes) -> None:
    (folder / OWNER_NAME).write_bytes(data)
    owner_of(folder)


def mark(folder: Path, data: bytes) -> None:
    (folder / "written").write_bytes(data)
    WrittenMark(folder).count()


def rows(folder: Path, data: bytes) -> None:
    """The first byte says which of the files it is; the others are whole."""
    names = ("ids.bin", "rows.bin", "sums.bin", "writing.json", "sketched.bin")
    FolderRoom(folder / "rows").clear()
    made = UnitRows(DIM, room=FolderRoom(folder / "rows"))
    made.put({f"k{n}": ASKED[0] for n in range(8)})
    made.end()
    (folder / "rows" / names[data[0] % len(names)]).write_bytes(data[1:])
    try:
        found = UnitRows(DIM, room=FolderRoom(folder / "rows"))
        found.nearest(ASKED, k=3)
        found.drop(found.unfinished())
    except DamagedRowsError:
        pass
    FollowedRows(DIM, folder / "rows").nearest(ASKED, k=3)


def ledger(folder: Path, data: bytes) -> None:
    path = folder / "ledger.sqlite"
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()
    path.write_bytes(data)
    is_sound(path)
    with closing(Ledger(path)) as kept, kept.read() as db:
        catalog.records(db)


def exchange(folder: Path, data: bytes) -> None:
    del folder
    exchange_of("e", "q", "", readable_body("q", data))
    exchange_of("e", "q", "", data)


def report(folder: Path, data: bytes) -> None:
    del folder
    if not readable_report_body(data):
        raise AssertionError("no body")


def elements(folder: Path, data: bytes) -> None:
    del folder
    opened(data, codec.decode_elements, what="a document")


def answer(folder: Path, data: bytes) -> None:
    del folder
    opened(data, decode_answer, what="an answer")


KINDS: Final[Mapping[str, Callable[[Path, bytes], None]]] = {
    read.__name__: read
    for read in (stamp, owner, mark, rows, ledger, exchange, report, elements, answer)
}


class Target:
    """Reads what the fuzzer makes, and keeps what raises anything but an error for a person."""

    def __init__(self, kind: str, findings: Path, scratch: Path) -> None:
        self._kind = kind
        self._findings = findings
        self._scratch = scratch

    def __call__(self, data: bytes) -> None:
        try:
            KINDS[self._kind](self._scratch, data or b"\0")
        except PagelightError:
            pass
        except Exception as error:  # noqa: BLE001 - what is looked for
            self._keep(data, repr((type(error).__name__, _line(error))), traceback.format_exc())

    def _keep(self, data: bytes, place: str, told: str) -> None:
        name = hashlib.sha256(place.encode()).hexdigest()[:12]
        path = self._findings / f"{self._kind}-{name}"
        if not path.exists() or path.stat().st_size > len(data):
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(told, "utf-8", errors="replace")


def _line(error: Exception) -> tuple[str, int | None]:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f[0]]
    return frames[-1].filename, frames[-1].lineno


def main() -> None:
    kind, findings = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        target = Target(kind, findings.resolve(), Path(scratch))
        atheris.Setup([sys.argv[0], *sys.argv[3:]], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

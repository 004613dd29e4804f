"""Runs one reader over every PDF of a folder: `python with_X.py FOLDER OUT`.

One JSON line a file: its name, its text, seconds of processor time, or the error. Uses the
standard library alone: it runs in the environment of the library that is measured.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def read_all(read: Callable[[Path], Sequence[str]]) -> None:
    logging.disable()
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    with out.open("w", encoding="utf-8") as file:
        for path in sorted(folder.rglob("*.pdf")):
            start = time.process_time()
            row = {"source": path.relative_to(folder).as_posix()}
            try:
                row["text"] = "\n".join(read(path))
            except Exception as error:  # noqa: BLE001 - another's library, whatever it raises
                row["error"] = f"{type(error).__name__}: {error}"
            row["seconds"] = time.process_time() - start
            file.write(json.dumps(row) + "\n")

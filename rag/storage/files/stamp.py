"""The stamp: what an index was built with, and the refusal to use it with anything else.

Knows one small JSON file; knows nothing of what the index holds.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from rag.decoding import decoded
from rag.errors import DamagedError, IndexMismatchError, WorkspaceError
from rag.opening import open_regular

FILE_NAME: Final = "stamp.json"

_SUM: Final = "checksum"
_MAX_BYTES: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """`model_id` names the weights by their hash; vectors of two models don't compare."""

    schema: int
    model_id: str
    dim: int


_SPOKEN: Final = {
    "schema": "storage format",
    "model_id": "embedding model",
    "dim": "vector length",
}


def require(workspace: Path, stamp: Stamp) -> None:
    """Compare the workspace's stamp with `stamp`; a new workspace gets it.

    Raises IndexMismatchError that says both values and what to run.
    """
    path = workspace / FILE_NAME
    if not path.exists():
        _write(path, stamp)
        return
    found = _read(path)
    for field in fields(Stamp):
        theirs, ours = found.get(field.name), getattr(stamp, field.name)
        if theirs != ours:
            raise IndexMismatchError(
                f"The workspace {workspace} was built with {_SPOKEN[field.name]} {theirs}, but"
                f" {ours} is in use now.",
                hint=f"Delete the folder {workspace} or choose another with --workspace, then"
                " run: pagelight ingest FOLDER",
            )


def is_stamped(folder: Path) -> bool:
    """Tell whether a folder holds a stamp: any other file of this name is none."""
    try:
        with open_regular(folder / FILE_NAME) as file:
            found = json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.keys() >= {field.name for field in fields(Stamp)}


def _write(path: Path, stamp: Stamp) -> None:
    fresh = path.with_suffix(".new")
    fields = asdict(stamp)
    with fresh.open("w", encoding="utf-8") as out:
        json.dump({**fields, _SUM: _sum(fields)}, out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def forget_damaged(workspace: Path) -> None:
    """Delete a stamp that can't be read: the next that opens the workspace writes it anew."""
    path = workspace / FILE_NAME
    try:
        if path.exists():
            _read(path)
    except DamagedError:
        path.unlink()


def _read(path: Path) -> dict[str, Any]:
    """Raises DamagedError where it is not what was written, WorkspaceError for a closed file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WorkspaceError(
            f"The stamp {path} can't be read: {error.strerror or error}.",
            hint="Check its permissions, or choose another folder with --workspace.",
        ) from error
    try:
        found = decoded(data, dict[str, Any])
    except ValueError:
        found = {}
    kept = found.pop(_SUM, None)  # earlier versions wrote none
    if not found or (kept is not None and kept != _sum(found)):
        raise DamagedError(f"The stamp {path} is damaged.", hint="Run: pagelight doctor --repair")
    return found


def _sum(fields: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(fields, sort_keys=True).encode())

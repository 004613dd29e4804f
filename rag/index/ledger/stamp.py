"""The stamp: what an index was built with, and the refusal to use it with anything else.

Knows one small JSON file; knows nothing of what the index holds.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from rag.errors import IndexMismatchError, WorkspaceError

FILE_NAME: Final = "stamp.json"


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


def _write(path: Path, stamp: Stamp) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(asdict(stamp), out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"The stamp {path} can't be read ({error}).",
            hint="Delete the workspace folder or choose another with --workspace.",
        ) from error
    return found if isinstance(found, dict) else {}

"""As `crash_child`, of files whose lines are pictures, which are kept beside the workspace."""

from pathlib import Path

from builders_pictured import open_pictured, read_pictures
from crash.crash_child import serve


def ingest(folder: Path, workspace: Path) -> None:
    with open_pictured(workspace, address_beside(workspace)) as index:
        read_pictures(index, folder)


def address_beside(workspace: Path) -> str:
    return f"file://{workspace.parent}/{workspace.name}-pictures"


if __name__ == "__main__":
    serve(ingest)

"""Chroma's own server (`chroma run`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from server_run import ServerRun


class ChromaRun(ServerRun):
    """Started again, it holds what its folder holds; its log lies beside the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "from chromadb.cli.cli import app; app()",
            alive="/api/v2/heartbeat",
            log=folder.with_suffix(".log"),
        )
        self._folder = folder

    @property
    def options(self) -> Sequence[str]:
        listen = ("--host", "127.0.0.1", "--port", str(self.port))
        return ("run", "--path", str(self._folder), *listen)

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        super().start()

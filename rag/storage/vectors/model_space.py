"""A space of vectors beside the workspace's own: another model's, in a folder named after it.

The database says what there is to embed: what it does not know is never found, and what lacks here
is made again from what is stored. Knows no model.
"""

from __future__ import annotations

import hashlib
import threading
from abc import abstractmethod
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from rag.closing import Closing
from rag.errors import VectorServerError, WorkspaceError
from rag.storage.database.database import Database
from rag.storage.vectors.vectors import VectorStore

SLACK: Final = 100
"""So many more are asked for: vectors of what is gone may not be deleted yet."""


class ModelSpace(Closing):
    """The vectors that one model makes of what a workspace holds. Any thread may call."""

    FOLDER: str
    """In a workspace; holds a folder for each model."""

    KIND = "text"
    """Of the vectors."""

    def __init__(
        self,
        workspace: Path,
        database: Database,
        *,
        model_id: str,
        dim: int,
        chroma_url: str = "",
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        """`ours` tells whether this process writes the vectors of the workspace."""
        self.model_id = model_id
        self._root = workspace / self.FOLDER
        self._name = hashlib.sha256(f"{model_id} {dim}".encode()).hexdigest()[:16]
        self._database = database
        self._chroma_url = chroma_url
        self._vectors = VectorStore(
            self._root / self._name,
            model_id=model_id,
            dim=dim,
            kind=self.KIND,
            server=chroma_url,
            ours=ours,
        )
        self._lock = threading.Lock()

    def close(self) -> None:
        self._vectors.close()

    def prune(self) -> int:
        """Delete the vectors that nothing stands for any more; return how many."""
        stray = sorted(self._stored() - set(self._wanted()))
        if stray:
            self._vectors.delete(stray)
            if self._vectors.is_wasteful():
                self._vectors.compact()
        return len(stray)

    def keep_only_this(self) -> None:
        """Forget the spaces of other models."""
        for folder in self._root.iterdir() if self._root.is_dir() else ():
            if folder.name != self._name:
                VectorStore(folder, model_id="", dim=1, server=self._chroma_url).destroy()

    @abstractmethod
    def _wanted(self) -> Collection[str]:
        """Return the ids of the vectors that there should be."""

    def _stored(self) -> set[str]:
        """Return the ids that are there; a space that can't be read is begun anew."""
        try:
            return self._vectors.ids()
        except VectorServerError:
            raise
        except WorkspaceError:
            self._vectors.destroy()
            return set()

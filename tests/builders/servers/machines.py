"""Machines that share a PostgreSQL, each with a workspace of its own, in this process."""

from __future__ import annotations

import numpy as np
from fakes import FakeEmbedder, FakeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()
ROUNDS = 1000


class SharingMachine:
    """One of them: what it reads, what it finds."""

    def __init__(
        self, workspace, url, *, model_id=EMBEDDER.model_id, version=CHUNKER_VERSION, **how
    ):
        self.reader = FakeReader()
        self.index = WorkspaceIndex(
            workspace,
            model_id=model_id,
            dim=EMBEDDER.dim,
            chunker_version=version,
            database_url=url,
            **how,
        )
        self.index.take_over()

    def read(self, folder, **how):
        ingest = Ingest(
            self.index,
            EMBEDDER,
            self.reader,
            Settings(),
        )
        return ingest.run(folder, on_progress=lambda _: None, **how)

    def share(self):
        """Send or take in all that there is."""
        rounds = iter(range(ROUNDS))
        while self.index.share():
            assert next(rounds) < ROUNDS - 1, "it has no end"

    def found(self, text):
        hits = self.index.search_lexical(text, k=1000)
        dense = self.index.search_dense(EMBEDDER.embed_queries([text]), k=1000)
        assert {hit.chunk.id for hit in hits} <= {hit.chunk.id for hit in dense}
        return sorted(hit.chunk.source for hit in hits)

    @property
    def held(self):
        """All that is stored, without what tells when and where it was read."""
        records = self.index.documents()
        documents = [self.index.document(record.id) for record in records if record.id]
        chunks = [chunk for doc in documents for chunk in self.index.chunks_of(doc.id)]
        rows = self.index.vectors([chunk.id for chunk in chunks])
        assert self.index.check() == []
        return (
            records,
            documents,
            chunks,
            {key: np.round(row, 5).tolist() for key, row in rows.items()},
            self.index.files(),
            self.index.left_out.sources(),
        )

    def close(self):
        self.index.close()

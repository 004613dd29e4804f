"""A folder read into a workspace, and what the report and the index hold then."""

from pathlib import Path

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from rag.models.embedders import minilm
from rag.storage.vectors.vectors import VectorStore
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = minilm()


def ingested(
    workspace: Path, folder: Path, reader, settings, *, pool=None, on_progress=None, **how
):
    """Read the folder by the built-in model; `pool`: that of a Ray cluster, which then runs it.

    Return the files, the chunks by their ids, and how near each of them is to "snow depth".
    """
    embedder, lanes = EMBEDDER, 1
    if pool is not None:
        from ingest.ray_cluster import RayEmbedder  # noqa: PLC0415 - an extra

        embedder, lanes = RayEmbedder(EMBEDDER, pool), pool.size
    with opened(workspace) as index:
        report = Ingest(
            index,
            embedder,
            reader,
            settings,
            lanes=lanes,
            **how,
        ).run(folder, on_progress=on_progress or (lambda _: None))
        assert index.check() == []
        files = [(file.source, file.state, file.reason, file.chunks) for file in report.files]
        chunks = {
            chunk.id: (chunk.source, chunk.text, chunk.context, chunk.provenances)
            for record in index.documents()
            for chunk in index.chunks_of(record.id)
        }
    return files, chunks, _nearest(workspace)


def opened(workspace: Path) -> WorkspaceIndex:
    return WorkspaceIndex(
        workspace, model_id=EMBEDDER.model_id, dim=EMBEDDER.dim, chunker_version=CHUNKER_VERSION
    )


def _nearest(workspace: Path) -> dict[str, float]:
    vectors = VectorStore(workspace / "vectors", model_id=EMBEDDER.model_id, dim=EMBEDDER.dim)
    nearest = dict(vectors.search(EMBEDDER.embed_queries(["snow depth"]), k=10_000))
    vectors.close()
    return nearest

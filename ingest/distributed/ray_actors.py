"""Files are read, and text is divided and embedded, by the machines of a Ray cluster.

Each job is done by an actor (`ingest.distributed.ray_reader`), one for each processor, whatever the
job; where there are GPUs, text is embedded by one actor more for each of them. The machines must
see the folder and the workspace under the same paths (a network drive): documents and vectors come
back here, pictures and unpacked files are written where the workspace is. What is stored, this
process alone stores. Knows kinds of actors; knows nothing of formats or the index.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

from ingest.chunking.cutting import CutDocument
from ingest.distributed.ray_cluster import started
from ingest.distributed.ray_lending import READY_SECONDS, LentActors, LostError
from ingest.distributed.ray_reader import MakeEmbedder, RayReader
from ingest.sandbox.jobs import ChunkJob, CutJob, EmbedJob, Job, Setup, UnderWay, Value
from ingest.sandbox.parser_process import OnShare, ParserProcess, shares, untold
from rag.datamodel import Chunk, Document, SourceFile
from rag.errors import PagelightError
from rag.protocols import Embedder, Matrix
from rag.settings import for_reading

A_CALL: Final = 256
"""Texts that a processor is given in one call: of 1,024 that are gathered, several share."""

A_CALL_OF_GPU: Final = 1024

WITHOUT_GPU_SECONDS: Final = 10.0
"""Where every GPU is lost for so long, processors embed."""

LANES_OF_GPU: Final = 2
"""Calls for each GPU at a time: the next one is on its way while one is computed."""


class RayPool:
    """Readers on a cluster, each lent to one job at a time. Safe for several threads.

    `make_embedder` makes the embedder of a processor, `on_gpu` that of a GPU. Raises
    SettingsError where Ray is not installed, PagelightError where it can't be used.
    """

    def __init__(
        self,
        setup: Setup,
        make_embedder: MakeEmbedder,
        on_gpu: MakeEmbedder,
        *,
        cpus: int | None = None,
    ) -> None:
        self._ray = started(cpus)
        self._closed = False
        kinds = _Kinds(self._ray, _for_others(setup))
        self._readers = LentActors(self._ray, kinds.readers(make_embedder))
        gpus = kinds.of_gpus(on_gpu)
        self._gpus = LentActors(self._ray, gpus, patience_s=WITHOUT_GPU_SECONDS)

    @property
    def size(self) -> int:
        """How many files are read at a time."""
        return self._readers.size

    @property
    def lanes(self) -> int:
        """How many calls embed at a time."""
        return LANES_OF_GPU * self._gpus.size or self._readers.size

    @property
    def call(self) -> int:
        """How many texts are embedded in a call."""
        return A_CALL_OF_GPU if self._gpus.size else A_CALL

    def do(self, job: Job, *, on_reply: Callable[[UnderWay], None]) -> Value:
        """As `ingest.sandbox.worker.Worker.do`. A lost machine costs time, not the job."""
        value: Value = self._readers.done(job, on_reply)
        return value

    def cut(self, file: SourceFile, *, on_share: OnShare = untold) -> CutDocument:
        """Read a file and divide what it holds. Raises as `ParserProcess.parse`."""
        cut: CutDocument = self._readers.done(CutJob(file=file), shares(file, on_share))
        return cut

    def chunk(
        self, document: Document, /, *, count_tokens: Callable[[str], int], max_tokens: int
    ) -> list[Chunk]:
        """As `ingest.chunking.chunker.chunk_document`; the tokens are counted there."""
        del count_tokens, max_tokens
        chunks: list[Chunk] = self._readers.done(ChunkJob(document=document), _untold)
        return chunks

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Matrix:
        """Return unit rows in the order of `texts`. Where all GPUs are lost, processors do it."""
        job = EmbedJob(texts=tuple(texts), are_questions=are_questions)
        rows: Matrix = self._embedded(job)
        return rows.copy()  # what lies in Ray's store can't be written to

    def _embedded(self, job: EmbedJob) -> Any:  # noqa: ANN401 - the job's value
        if self._gpus.size:
            with suppress(LostError):
                return self._gpus.done(job, _untold)
        return self._readers.done(job, _untold)

    def close(self) -> None:
        """End all actors; jobs under way raise StoppedError. A Ray that we started ends."""
        if self._closed:  # Ray, asked again, would start again
            return
        self._closed = True
        self._readers.close()
        self._gpus.close()
        self._ray.shutdown()


class RayProcess(ParserProcess):
    """Reads by a cluster; what it reads comes back divided."""

    def __init__(self, pool: RayPool, setup: Setup, *, on_share: OnShare = untold) -> None:
        super().__init__(
            settings=setup.settings,
            assets_root=setup.assets_root,
            elsewhere=lambda _: pool,
            on_share=on_share,
        )
        self._pool = pool

    def read(self, file: SourceFile, /) -> CutDocument:
        return self._pool.cut(file, on_share=self._on_share)


class RayEmbedder:
    """The embedder `here`, whose model the cluster runs. Tokens are counted here.

    Raises PagelightError where the cluster can't.
    """

    def __init__(self, here: Embedder, pool: RayPool) -> None:
        self._here = here
        self._pool = pool

    @property
    def model_id(self) -> str:
        return self._here.model_id

    @property
    def dim(self) -> int:
        return self._here.dim

    @property
    def max_tokens(self) -> int:
        return self._here.max_tokens

    def count_tokens(self, text: str) -> int:
        return self._here.count_tokens(text)

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._pool.embed(texts, are_questions=True)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return self._pool.embed(texts, are_questions=False)


def _untold(reply: UnderWay) -> None:
    """Nothing is told of text under way."""


def _for_others(setup: Setup) -> Setup:
    return replace(setup, settings=for_reading(setup.settings))


class _Kinds:
    """Makes actors, and waits until they are there."""

    def __init__(self, ray: Any, setup: Setup) -> None:  # noqa: ANN401 - the module
        self._ray = ray
        self._setup = setup
        self._there = ray.cluster_resources()

    def readers(self, make_embedder: MakeEmbedder) -> list[Any]:
        """Return an actor for each processor that the cluster has to spare, at least one."""
        wanted = max(1, int(self._there.get("CPU", 1)))
        there = self._made(wanted, make_embedder, num_cpus=1)
        if there:
            return there
        self._ray.shutdown()
        raise PagelightError(
            f"The Ray cluster had no processor free within {READY_SECONDS:.0f} seconds.",
            hint="Try again later, or read with --engine local.",
        )

    def of_gpus(self, make_embedder: MakeEmbedder) -> list[Any]:
        """Return an actor for each GPU that is free; it takes no processor from the readers."""
        return self._made(int(self._there.get("GPU", 0)), make_embedder, num_cpus=0, num_gpus=1)

    def _made(self, wanted: int, make_embedder: MakeEmbedder, **needs: int) -> list[Any]:
        kind = self._ray.remote(max_restarts=-1, max_concurrency=2, **needs)(RayReader)
        ours = version("pagelight")
        asked = {}
        for _ in range(wanted):
            named = kind.options(name=f"reader-{secrets.token_hex(8)}")
            actor = named.remote(self._setup, ours, make_embedder)
            asked[actor.is_there.remote()] = actor
        if not asked:
            return []
        there, waiting = self._ray.wait(list(asked), num_returns=wanted, timeout=READY_SECONDS)
        for reference in waiting:
            self._ray.kill(asked[reference])
        return [asked[reference] for reference in there]

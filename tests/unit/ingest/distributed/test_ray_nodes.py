"""Two Ray nodes, simulated on this machine: one of them, or a worker, is killed amid an ingest."""

import contextlib
import os
import secrets
import threading
from importlib.util import find_spec
from random import Random

import psutil
import pytest
from builders_ingested import ingested

from ingest.distributed.pool import A_CALL, A_CALL_OF_GPU, LANES_OF_GPU, RayPool
from ingest.pipeline.writer import Batches
from ingest.sandbox.jobs import Setup
from ingest.sandbox.parser_process import ParserProcess
from rag.models.embeddings.embedders import minilm
from rag.settings import Settings

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        "CI" not in os.environ or find_spec("ray") is None,
        reason="Ray takes half a minute to start: CI=1 runs this, where ray is installed",
    ),
]

SETTINGS = Settings(file_seconds=60)
FILES, DAYS = 16, 5
WORDS = (
    "snow depth rime wind gauge ridge summit frost station winch cable hut path slope cloud ice "
    "thaw rain mast sensor logbook keeper valley storm drift sun night morning reading error"
).split()
NEAR = 0.005
SMALL = {"num_cpus": 1, "object_store_memory": 100_000_000}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of which the embedding takes several calls."""
    folder = tmp_path_factory.mktemp("folder")
    for number in range(FILES):
        drawn = Random(number)
        days = (f"# Day {day}\n\n{' '.join(drawn.choices(WORDS, k=30))}." for day in range(DAYS))
        (folder / f"{number:02}.md").write_text("\n\n".join(days), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, folder):
    """Return what an ingest on this machine stores."""
    workspace = tmp_path_factory.mktemp("undisturbed")
    with ParserProcess(settings=SETTINGS, assets_root=workspace / "assets") as reader:
        return ingested(workspace, folder, reader, SETTINGS)


@pytest.fixture(scope="module")
def cluster():
    """Return a cluster whose first node has one processor, and is never lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # for all of the process: Ray reads it once
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        from ray.cluster_utils import Cluster  # noqa: PLC0415 - an extra that takes 2 s

        cluster = Cluster(
            initialize_head=True, head_node_args={**SMALL, "include_dashboard": False}
        )
        patch.setenv("RAY_ADDRESS", cluster.address)
        yield cluster
        cluster.shutdown()


@pytest.fixture
def other(request, cluster):
    """Return a second node like the first, and how many GPUs it says it has."""
    gpus = getattr(request, "param", 0)
    node = cluster.add_node(**SMALL, num_gpus=gpus)
    cluster.wait_for_nodes()
    yield node, gpus
    if node in cluster.list_all_nodes():
        cluster.remove_node(node)


def disturbed(workspace, folder, disturb, *, gpu=False):
    """Ingest on the cluster, in small batches; `disturb` once the first documents are stored."""
    setup = Setup(settings=SETTINGS, assets_root=workspace / "assets", ocr_threads=1, nice=0)
    pool = RayPool(setup, minilm)
    assert (pool.lanes, pool.call) == ((LANES_OF_GPU, A_CALL_OF_GPU) if gpu else (2, A_CALL))
    began = threading.Event()

    def on_progress(progress):
        if progress.files_done and not began.is_set():
            began.set()
            assert progress.files_done < FILES
            disturb()

    with ParserProcess(settings=SETTINGS, assets_root=setup.assets_root, elsewhere=pool) as reader:
        assert pool.size == 2
        found = ingested(
            workspace,
            folder,
            reader,
            SETTINGS,
            pool=pool,
            batches=Batches(chunks=2 * DAYS, call=DAYS, patient=True),
            on_progress=on_progress,
        )
    assert began.is_set()
    return found


def same(found, undisturbed):
    """Whether nothing is lost and nothing there twice."""
    assert found[:2] == undisturbed[:2]
    assert len(found[0]) == FILES
    assert found[2] == pytest.approx(undisturbed[2], abs=NEAR)


def workers(cluster):
    """Return the processes that do the cluster's tasks, or wait for one."""
    session = cluster.head_node.get_session_dir_path()
    found = [one for one in psutil.process_iter() if _name(one) in {"ray::run", "ray::IDLE"}]
    return [one for one in found if any(session in word for word in one.parent().cmdline())]


def _name(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.name()
    return ""


def test_workers_that_are_killed_amid_an_ingest_lose_nothing(
    tmp_path, folder, undisturbed, cluster, other
):
    del other

    def kill():
        killed = workers(cluster)
        assert killed
        for worker in killed:
            worker.kill()

    same(disturbed(tmp_path, folder, kill), undisturbed)


@pytest.mark.parametrize("other", [0, 1], ids=["of processors", "the only GPU"], indirect=True)
def test_a_node_that_is_killed_amid_an_ingest_loses_nothing(
    tmp_path, folder, undisturbed, cluster, other
):
    node, gpus = other

    def kill():
        cluster.remove_node(node, allow_graceful=False)

    same(disturbed(tmp_path, folder, kill, gpu=gpus > 0), undisturbed)

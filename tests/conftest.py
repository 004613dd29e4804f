"""Fixtures that several rooms of tests share."""

import atexit
import gc
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from chroma_run import ChromaRun
from hypothesis import settings
from one_room import RoomScheduling
from postgres_run import PostgresRun
from s3_run import Bucket, S3Run

# A busy machine makes single examples slow; a real endless loop meets pytest's own time limit.
settings.register_profile("pagelight", deadline=None, max_examples=50)
settings.load_profile("pagelight")

# As the program does: no test asks a model hub.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# Nor does one fetch, or answer by, the model that comes with the set-up: those that do say so.
os.environ.setdefault("RAG_EMBEDDED_MODELS", "off")

# Workers of pytest-xdist ignore Ctrl+C, and so would the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

IMPORTED = pytest.StashKey[int]()
"""How many modules there were when objects were last left out of the search for garbage."""

SERVICES = {"chroma_url", "postgres", "own_postgres", "s3"}
KINDS_OF_SERVICE = ("postgres", "s3", "server")
"""Of a fixture with several kinds, those that start a service."""

SLOW = (
    "tests/property/test_mutated_files.py",
    "tests/property/test_patterns.py",
    "tests/unit/ingest/transcription/",
    "tests/unit/ingest/sandbox/",
    "tests/unit/ingest/ocr/",
    "tests/unit/ingest/test_ray",
    "tests/unit/ingest/parsers/media/",
    "tests/unit/ingest/pipeline/",
    "tests/unit/ingest/remote/test_s3.py",
    "tests/unit/rag/evaluation/test_compare.py",
    "tests/unit/rag/models/base/test_bert.py",
    "tests/unit/rag/models/base/test_device.py::test_a_gpu_that_is_asked_for",
    "tests/unit/rag/models/base/test_device.py::test_the_reader_and_all",
    "tests/unit/rag/models/test_e5.py::test_the_same_is_near_in_all_languages",
    "tests/unit/rag/models/endpoint/",
    "tests/unit/rag/models/registry/test_hub.py",
    "tests/unit/rag/models/speech/test_small_whisper.py::test_what_is_no_speech",
    "tests/unit/rag/models/test_fetching.py",
    "tests/unit/rag/models/test_openvino_llm.py",
    "tests/unit/rag/storage/backups/",
    "tests/unit/rag/storage/replication/",
    "tests/unit/rag/storage/vectors/test_chroma",
    "tests/unit/rag/storage/vectors/test_compact_vectors.py",
    "tests/unit/rag/storage/workspace/",
    "tests/unit/rag/models/llm/",
    "tests/unit/rag/pipeline/",
    "tests/unit/repository/",
    "tests/unit/pagelight/server/auth/test_provider.py",
    "tests/unit/pagelight/services/accounts/test_ids.py",
    "tests/unit/pagelight/services/models/test_model_fetch.py::test_the_real_child",
    "tests/unit/pagelight/services/session/",
    "tests/unit/pagelight/ui/chat/test_shared_by_chats.py",
    "tests/unit/training/",
    "tests/unit/pagelight/server/app/",
)
"""Rooms, and tests of others, that read whole folders, run models or start programs."""

SHARED = Path(__file__).parents[2] / "shared" / "data"


# What is imported and collected is no garbage: Python need not look through it again and again.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    """Look for garbage from here on, in what the tests themselves make."""
    gc.freeze()
    session.config.stash[IMPORTED] = len(sys.modules)
    atexit.register(gc.unfreeze)  # libraries count at the end what of theirs is left
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what needs a service by the fixture that starts it, and the rooms that are slow."""
    for item in items:
        kinds = item.callspec.params.values() if hasattr(item, "callspec") else ()
        asks = any(isinstance(kind, str) and kind in KINDS_OF_SERVICE for kind in kinds)
        if asks or SERVICES & set(item.fixturenames):
            item.add_marker(pytest.mark.services)
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)


MANY_MODULES = 100
"""A library that a test was the first to import: its objects are looked through at each closing."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """After a file whose tests imported a library: what it is made of is no garbage either."""
    result = yield
    known = item.config.stash.get(IMPORTED, 0)
    if (nextitem is None or nextitem.path != item.path) and len(sys.modules) > known + MANY_MODULES:
        item.config.stash[IMPORTED] = len(sys.modules)
        gc.collect()
        gc.freeze()
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Return one worker more than processors: a third of the time tests wait for programs."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep tests that share a running program in one worker: it starts and reads once."""
    return RoomScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory):
    """Return the address of a Chroma server that many tests share, each with its own workspace."""
    server = ChromaRun(tmp_path_factory.mktemp("chroma") / "data")
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def postgres():
    """Return a PostgreSQL that many tests share, each with its own database."""
    with PostgresRun.started() as server:
        yield server


@pytest.fixture(scope="module")
def own_postgres():
    """Return a PostgreSQL that a test may stop and starts again."""
    with PostgresRun.started() as server:
        yield server


@pytest.fixture
def database_url(postgres):
    """Return the address of an empty database."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """Return an S3 server that many tests share, each with its own bucket."""
    server = S3Run(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch):
    """Return an empty bucket, with what a person sets to reach it."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    made = Bucket(s3, f"b{uuid4().hex}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real documents that stands beside a developer's checkout."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have the real documents at {SHARED}")
        pytest.skip("the real documents (../shared/data) are not on this machine")
    return SHARED

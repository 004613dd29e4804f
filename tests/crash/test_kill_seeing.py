"""A process killed while it looks at pictures: what was seen stays, the rest is seen later."""

import random

import numpy as np
import pytest
from builders_pictures import png
from crash.crash_child import open_index
from crash.forks import forking
from crash.seeing_child import see, sight_of
from fakes import FakeImageEmbedder

from rag.datamodel import Query

ROUNDS = 4
SEED = 2026


@pytest.fixture(scope="module")
def forks():
    with forking("seeing_child.py") as forks:
        yield forks


def draw_some(folder, rng):
    for _ in range(40):
        pixels = np.full((8, 8, 3), [rng.randrange(256) for _ in range(3)], dtype=np.uint8)
        (folder / f"{rng.randrange(80):02}.png").write_bytes(png(pixels))
    rng.choice(sorted(folder.iterdir())).unlink()


def found(index):
    sight = sight_of(index, FakeImageEmbedder())
    sight.warm()
    return sight, {hit.chunk.source for hit in sight.find(Query(text="red"), k=1000)}


def test_killed_while_seeing_every_picture_is_seen_in_the_end(tmp_path, forks):
    rng = random.Random(SEED)
    folder, workspace = tmp_path / "folder", tmp_path / "workspace"
    folder.mkdir()
    draw_some(folder, rng)
    whole_s = forks.timed(folder, tmp_path / "timed")

    met = rounds = 0
    while rounds < ROUNDS or met < ROUNDS // 2:  # on a busy machine some kills come too late
        rounds += 1
        met += forks.kill_after(rng.uniform(0.3, 1.0) * whole_s, folder, workspace)
        with open_index(workspace) as index:
            _, sources = found(index)
            stored = {source for record in index.documents() for source in record.sources}
            assert sources <= stored
            assert index.check() == []
        draw_some(folder, rng)

    see(folder, workspace)
    with open_index(workspace) as index:
        sight, sources = found(index)
        assert sight.check() == []
        assert sources == {path.name for path in folder.iterdir()}

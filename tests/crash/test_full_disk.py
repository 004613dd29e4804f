"""A disk that is full sooner or later: one sentence, nothing lost, and the next run goes on."""

import pytest
from crash.crash_child import open_index
from crash.forks import answering

ROOM = 1 << 40


@pytest.fixture(scope="module")
def forks():
    with answering("full_child.py") as run:
        yield run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("folder")
    for n in range(6):
        lines = [f"note {n} line {m} " + "snow rain hail " * 20 for m in range(4)]
        (made / f"{n:02}.txt").write_text("\n".join(lines))
    return made


def contents(workspace):
    with open_index(workspace) as index:
        assert index.check() == []
        return {
            record.sources: [
                (chunk.id, chunk.image and index.assets.path_of(chunk.image).stat().st_size)
                for chunk in index.chunks_of(record.id)
            ]
            for record in index.documents()
        }


@pytest.fixture(scope="module")
def uninterrupted(forks, folder, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("whole") / "w"
    assert forks(folder, workspace, ROOM) == {"done": "yes"}
    return contents(workspace)


@pytest.mark.parametrize("limit_kb", [0, 20, 150])
def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(
    forks, folder, uninterrupted, tmp_path, limit_kb
):
    workspace = tmp_path / "w"

    first = forks(folder, workspace, limit_kb * 1000)
    assert "bug" not in first, first["bug"]
    if "said" in first:
        assert "\n" not in first["said"]
        assert "disk" in first["said"].lower()
    assert forks(folder, workspace, ROOM) == {"done": "yes"}

    assert contents(workspace) == uninterrupted

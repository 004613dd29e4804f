"""As many files are read side by side as cores, memory and a setting allow, and at least one."""

import pytest

from ingest.sandbox.side_by_side import SideBySide, side_by_side
from rag.settings import Settings


@pytest.mark.parametrize(
    ("cores", "memory_gb", "parsers", "readers"),
    [
        (1, 1.0, 1, 1),
        (2, 8.0, 1, 2),
        (2, 24.0, 1, 2),
        (8, 64.0, 4, 8),
        (16, 16.0, 4, 12),  # 12 GB: four files of 3 GB, twelve readers
        (64, 512.0, 32, 64),
    ],
)
def test_cores_and_memory_tell_how_many_processes_read(cores, memory_gb, parsers, readers):
    told = side_by_side(Settings(), cores=cores, memory_gb=memory_gb)

    assert told == SideBySide(parsers=parsers, readers=readers)


def test_a_setting_bounds_them():
    told = side_by_side(Settings(workers=3), cores=16, memory_gb=512)

    assert told == SideBySide(parsers=3, readers=3)


def test_files_that_may_take_less_memory_are_read_by_more_processes():
    told = side_by_side(Settings(file_memory_mb=1000), cores=16, memory_gb=8)

    assert told.parsers == 6

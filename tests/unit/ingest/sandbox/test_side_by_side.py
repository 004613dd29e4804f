"""As many files are read side by side as cores, memory and a setting allow, and at least one."""

import pytest

from ingest.sandbox.parser_process import side_by_side
from rag.settings import Settings


@pytest.mark.parametrize(
    ("cores", "memory_gb", "settings", "parsers", "readers"),
    [
        (1, 1.0, {}, 1, 1),
        (2, 8.0, {}, 1, 2),
        (8, 64.0, {}, 4, 8),
        (16, 16.0, {}, 4, 12),  # 12 GB: four files of 3 GB, twelve readers
        (16, 8.0, {"file_memory_mb": 1000}, 6, 6),
        (16, 512.0, {"workers": 3}, 3, 3),
    ],
)
def test_cores_memory_and_settings_tell_how_many_processes_read(
    cores, memory_gb, settings, parsers, readers
):
    told = side_by_side(Settings(**settings), cores=cores, memory_gb=memory_gb)

    assert told == (parsers, readers)

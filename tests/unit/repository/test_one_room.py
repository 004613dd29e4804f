"""What workers are handed: tests that share a running program go to one of them."""

from pathlib import Path

import pytest
from one_room import TOGETHER, scope_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/e2e/test_canary.py::test_a[x::y/z]", "tests/e2e"),
        ("tests/e2e/test_chat_journeys.py::test_b", "tests/e2e"),
        ("tests/e2e/commands/test_command_line.py::test_c", "tests/e2e/commands"),
        ("tests/crash/test_kill.py::test_d", "tests/crash/test_kill.py"),
        ("tests/unit/repository/test_names.py::test_e", "tests/unit/repository/test_names.py"),
    ],
)
def test_a_folder_of_one_program_is_handed_out_whole_and_any_other_by_files(nodeid, scope):
    assert scope_of(nodeid) == scope


def test_the_folders_are_those_whose_tests_share_a_program():
    assert sorted(TOGETHER) == sorted(
        {str(path.parent.relative_to(ROOT)) for path in (ROOT / "tests/e2e").rglob("test_*.py")}
    )

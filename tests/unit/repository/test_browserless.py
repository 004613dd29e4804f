"""A machine without a browser: what was not tested is said once, at the end; CI must have one."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
JOURNEYS = "tests/e2e/test_report_page.py"


def run_journeys(*options, **variables):
    """Run some browser journeys where no program is on the path; return exit code and lines."""
    kept = {key: value for key, value in os.environ.items() if key not in {"CI", "PATH"}}
    command = [sys.executable, "-m", "pytest", JOURNEYS, "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
        env={**kept, "PATH": "", "PYTHONDONTWRITEBYTECODE": "1", **variables},
    )
    return done.returncode, done.stdout.splitlines()


def test_browser_journeys_are_left_out_with_one_plain_line_at_the_end():
    code, lines = run_journeys("-n", "1")  # in workers, as `make test` does

    assert code == 0, lines
    assert [line for line in lines if line.startswith("NOT TESTED")] == [lines[-2]]
    assert lines[-2].startswith("NOT TESTED: 2 journeys")
    assert "2 skipped" in lines[-1]


def test_ci_without_a_browser_fails():
    code, lines = run_journeys(CI="1")

    assert code == 1
    assert any("CI must have chromium" in line for line in lines)
    assert not any(line.startswith("NOT TESTED") for line in lines)

"""The `pagelight` program as the tests start it, and two small documents to ask about."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = Path(sys.executable).with_name("pagelight")
WARM = Path(__file__).with_name("warm_program.py")
NOTE = "Snow at Kestrel Pass lay 317 cm deep on 3 March 1999. The road was closed for nine days."
HUTS = "Hut,Beds,Altitude\nUpper,24,2310 m\nLower,60,1650 m\n"

Run = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the command line of these arguments; keywords are variables of its environment."""


def pagelight(*arguments, **variables):
    """Run the program as it is installed: `Run`."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        env={**os.environ, **variables},
    )


@contextmanager
def warm(folder: Path) -> Iterator[Run]:
    """Lend a `Run` that is spared the seconds of importing; `folder` is for what is written."""
    with subprocess.Popen(
        [sys.executable, WARM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout.readline() == "ready\n"

        def run(*arguments, **variables):
            line = [list(map(str, arguments)), variables, str(folder)]
            process.stdin.write(json.dumps(line) + "\n")
            process.stdin.flush()
            code = int(process.stdout.readline())
            out, err = ((folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
            return subprocess.CompletedProcess(arguments, code, out, err)

        yield run
        process.stdin.close()

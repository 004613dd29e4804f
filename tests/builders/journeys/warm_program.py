"""The program in forks of a process that has imported already what takes long to import.

Reads lines `[arguments, variables, folder]`; each is a command line that a fork runs from `main` to
its end, as the program does. What it writes comes into the files `out` and `err` of the folder.
"""

import json
import os
import sys
import threading
from pathlib import Path

import chromadb  # noqa: F401 - imported before the forks, so that they start at once
import torch  # noqa: F401 - as above

import pagelight.services.session.session  # noqa: F401 - as above
from app import main
from ingest.chunking.cutting import language_of


def run(arguments: list[str], variables: dict[str, str], folder: str) -> None:
    """Run a command line in this process, which ends with it."""
    for descriptor, name in ((1, "out"), (2, "err")):
        with (Path(folder) / name).open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    os.environ.update(variables)
    sys.argv = ["pagelight", *arguments]
    sys.exit(main())


def serve() -> None:
    """Run each line in a fork, and tell its exit status."""
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads does not fork safely")
    language_of([str(__doc__)])  # its model is read before the forks, as libraries are
    print("ready", flush=True)  # noqa: T201 - this is how it speaks to the tests
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            run(*json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    serve()

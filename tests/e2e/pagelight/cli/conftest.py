"""The program that the tests of commands share."""

import pytest
from program import warm


@pytest.fixture(scope="session")
def pagelight(tmp_path_factory):
    """Run a command line in a process of its own: `program.Run`."""
    with warm(tmp_path_factory.mktemp("program")) as run:
        yield run

"""Which tests one worker of pytest-xdist gets: a file, or all files that share running programs."""

from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/e2e", "tests/e2e/commands", "tests/unit/pagelight/server/app")
"""Folders whose tests ask one program, which reads its documents and imports for seconds first."""


def scope_of(nodeid: str) -> str:
    """Return what is handed out as one piece: the test's folder of `TOGETHER`, or its file."""
    file = nodeid.split("::", 1)[0]
    folder = file.rpartition("/")[0]
    return folder if folder in TOGETHER else file


class RoomScheduling(LoadFileScheduling):
    """Hands out files, and some folders whole, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

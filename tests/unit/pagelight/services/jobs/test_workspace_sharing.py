"""What keeps a machine's copy up, and what waits to read documents in: each over a fake index."""

import threading

from builders_ui import wait

from pagelight.services.jobs.workspace_sharing import Copying, Succession
from rag.errors import DatabaseError

AWAY = "The database db:5432/x can't be used: gone."


class Index:
    """Shares what is `new`, owns what it `may`; both fail while the database is `away`."""

    def __init__(self):
        self.new = 0
        self.may = False
        self.away = False
        self.looked = threading.Semaphore(0)

    def share(self):
        self._look()
        has_new, self.new = self.new > 0, max(0, self.new - 1)
        return has_new

    def take_over(self):
        self._look()
        return self.may

    def _look(self):
        self.looked.release()
        if self.away:
            raise DatabaseError(AWAY)


def looks(index, times=2):
    for _ in range(times):
        assert index.looked.acquire(timeout=20)


def test_a_database_that_is_away_is_told_once_and_then_it_goes_on(caplog):
    index, told = Index(), []
    index.away = True
    copying = Copying(index, lambda: told.append(index.new))
    copying.begin()
    looks(index, 3)
    index.new, index.away = 1, False
    wait(lambda: told)
    copying.close()

    assert caplog.text.count(AWAY) == 1


def test_who_loses_what_it_owned_stands_back_and_may_own_it_again(caplog):
    index, told = Index(), []
    succession = Succession(index, lambda: told.append("own"), lambda: told.append("lost"))
    succession.begin()
    index.may = True
    wait(lambda: told == ["own"])
    index.away = True  # nobody says that another has it
    looks(index, index.looked._value + 2)  # noqa: SLF001 - what it counts, the test has not waited for
    assert told == ["own"]
    index.away, index.may = False, False
    wait(lambda: told == ["own", "lost"])
    index.may = True
    wait(lambda: told == ["own", "lost", "own"])
    succession.close()

    assert caplog.text.count(AWAY) == 1

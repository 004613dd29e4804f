import threading
from types import SimpleNamespace

import pytest
from builders_ui import wait
from fake_ingest import FakeReport

from pagelight.services.jobs.shared_jobs import SharedJobs
from pagelight.services.jobs.watch import Copying, Succession
from rag.errors import DatabaseError, PagelightError
from rag.storage.database.servers import SharedReading
from rag.storage.database.user_database import UserFile

SOON_S = 20


class Room:
    """Two servers of a workspace, the owner first; each run of the owner goes on when it may."""

    def __init__(self, folder):
        self.begun = []
        self.may_end = threading.Semaphore(0)
        self.reading = SharedReading(UserFile(folder / "ledger.sqlite"))
        self.folder = folder
        self.owner, self.other = self.jobs(is_owned=True), self.jobs()

    def jobs(self, **how):
        """Return those of a server that owns the workspace, or follows another machine."""
        index = {"workspace": self.folder, "is_owned": False, "follows": False} | how
        return SharedJobs(
            lambda: SimpleNamespace(run=self.run),
            SimpleNamespace(reading=self.reading, **index),
            folder=self.folder,
        )

    def run(self, folder, *, on_progress, stop, remove_all):
        del folder, on_progress, stop, remove_all
        self.begun.append(1)
        assert self.may_end.acquire(timeout=SOON_S)
        return FakeReport()


@pytest.fixture
def room(tmp_path):
    room = Room(tmp_path)
    room.owner.follow()
    yield room
    room.may_end.release(9)
    room.owner.close()


def test_who_cancels_takes_back_what_was_asked_for_before(room):
    room.owner.start()
    wait(lambda: room.begun == [1])
    room.other.start()
    room.other.cancel()
    wait(lambda: not room.reading.asked())
    room.may_end.release(2)

    wait(lambda: not room.other.state.running)
    assert room.begun == [1]


def test_what_another_machine_asks_about_a_document_is_done_after_the_reading(room):
    done = []
    room.owner.grants = {"remove": done.append}
    follower = room.jobs(follows=True)
    room.owner.start()
    wait(lambda: room.begun == [1])
    assert follower.ask_elsewhere("remove", "huts/a\nb.txt")
    assert not room.owner.ask_elsewhere("remove", "c.txt")
    wait(room.reading.asked)
    assert done == []
    room.may_end.release()

    wait(lambda: done == ["huts/a\nb.txt"])
    wait(lambda: not room.reading.asked())


def test_a_server_that_follows_another_machine_reads_nothing_itself(room, tmp_path):
    follower = room.jobs(follows=True)

    with pytest.raises(PagelightError, match="Another machine"):
        follower.run(tmp_path)
    with pytest.raises(PagelightError, match="Another machine"), follower.held_off():
        pass
    assert room.begun == []


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
    succession = Succession(
        index, lambda: told.append("own"), lambda: told.append("lost"), every_s=0.05
    )
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

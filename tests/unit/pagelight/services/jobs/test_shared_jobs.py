import threading
from types import SimpleNamespace

import pytest
from builders_ui import wait
from fake_ingest import FakeReport

from pagelight.services.jobs.shared_jobs import SharedJobs
from rag.errors import PagelightError
from rag.storage.database.servers import SharedReading
from rag.storage.database.user_database import UserFile

SOON_S = 20


class Room:
    """Two servers of a workspace, the owner first; each run of the owner goes on when it may."""

    def __init__(self, folder):
        self.begun = []
        self.may_end = threading.Semaphore(0)
        self.reading = SharedReading(UserFile(folder / "ledger.sqlite"))
        self.owner, self.other = (
            SharedJobs(
                lambda: SimpleNamespace(run=self.run),
                SimpleNamespace(
                    workspace=folder, is_owned=is_owned, follows=False, reading=self.reading
                ),
                folder=folder,
            )
            for is_owned in (True, False)
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


def test_what_another_machine_asks_about_a_document_is_done_after_the_reading(room, tmp_path):
    done = []
    room.owner.grants = {"remove": done.append}
    follower = SharedJobs(
        lambda: SimpleNamespace(run=room.run),
        SimpleNamespace(workspace=tmp_path, is_owned=False, follows=True, reading=room.reading),
        folder=tmp_path,
    )
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
    follower = SharedJobs(
        lambda: SimpleNamespace(run=room.run),
        SimpleNamespace(workspace=tmp_path, is_owned=False, follows=True, reading=room.reading),
        folder=tmp_path,
    )

    with pytest.raises(PagelightError, match="Another machine"):
        follower.run(tmp_path)
    with pytest.raises(PagelightError, match="Another machine"), follower.held_off():
        pass
    assert room.begun == []

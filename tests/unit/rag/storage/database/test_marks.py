"""Servers that run, and what those left that have ended."""

from rag.storage.database.servers import FOLDER, ServerMarks


def test_what_a_killed_server_left_is_deleted_by_the_next_and_nothing_of_those_that_run(tmp_path):
    left = tmp_path / FOLDER / "dead.room"
    left.mkdir(parents=True)
    (left / "half").write_text("of a file")
    (tmp_path / FOLDER / "dead").touch()
    one, other = ServerMarks(tmp_path), ServerMarks(tmp_path)
    one.begin()
    one.room.mkdir()
    other.begin()

    assert not left.exists()
    assert one.room.is_dir()
    assert other.runs(one.own)
    one.close()
    other.close()

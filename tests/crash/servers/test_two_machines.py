"""Two servers with a workspace each and one PostgreSQL, as on two machines."""

import pytest
from server_process import ServerProcess, made_folder, until

FILES = 12
LONG_S = 60


@pytest.fixture
def folder(tmp_path):
    return made_folder(tmp_path / "documents")


@pytest.fixture
def machines(own_postgres, folder, tmp_path):
    """Return the one that reads the documents in, and another."""
    url = own_postgres.new_database()
    both = [ServerProcess(folder, tmp_path / name, url) for name in ("one", "two")]
    assert both[0].open(beside=False)
    assert not both[1].open(beside=False)
    yield both
    for each in both:
        each.end()


def write(folder, first, count):
    names = [f"{n:02}.txt" for n in range(first, first + count)]
    for name in names:
        (folder / name).write_text(f"Hut number {name}.")
    return names


def test_what_one_machine_does_the_other_shows_and_takes_over_once_it_is_killed(
    own_postgres, folder, machines
):
    one, other = machines

    # A conversation that begins at one grows in the other, which can stop it and goes on with it.
    talk = one.ask(text="Snow?")
    until(lambda: "Snow" in str(other.written().get(talk)))
    other.stop(talk=talk)
    until(lambda: not one.show(talk=talk)[0])
    other.go()
    other.ask(text="And hail?", talk=talk)
    until(lambda: "Snow fell." in one.show(talk=talk)[1])
    assert other.signed_in(token=one.signs_in(name="ann")) == "ann"

    # What one reads, also as the other asks it to, the other finds.
    until(lambda: other.found(text="hut") == ["first.txt"])
    (folder / "hut.txt").write_text("The hut at the pass.")
    assert other.read()
    until(lambda: other.found(text="hut") == ["first.txt", "hut.txt"])
    (folder / "hut.txt").unlink()
    assert other.read()
    until(lambda: other.found(text="hut") == ["first.txt"])

    # The database is restarted amid a reading: nothing is lost.
    names = write(folder, 0, FILES)
    one.read()
    until(lambda: len(one.documents()) > 1)
    own_postgres.stop()
    until(lambda: len(one.documents()) > FILES // 2)  # it goes on meanwhile
    own_postgres.start()
    expected = [*names, "first.txt"]
    until(lambda: one.documents() == expected)
    until(lambda: other.documents() == expected, soon_s=LONG_S)
    assert one.found(text="hut") == other.found(text="hut") == expected
    assert (one.stands()["owned"], other.stands()["owned"]) == (True, False)
    talk = one.ask(text="Fog?")
    until(lambda: talk in other.written())

    # Killed while it reads: the other goes on, nothing is lost and nothing there twice.
    read = len(one.documents())
    names += write(folder, FILES, FILES)
    other.read()
    until(lambda: len(one.documents()) > read)
    one.end()
    until(lambda: other.stands()["owned"])
    until(lambda: other.documents() == [*names, "first.txt"])
    assert other.found(text="hut") == [*names, "first.txt"]
    until(lambda: other.written() == {})
    assert other.wrong() == []

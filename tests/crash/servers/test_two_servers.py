"""Two servers over one workspace: what one does the other shows, and goes on with if it dies."""

import json

import pytest
from server_process import ServerProcess, made_folder, until

FILES = 12


@pytest.fixture
def folder(tmp_path):
    return made_folder(tmp_path / "documents")


@pytest.fixture
def servers(folder, tmp_path):
    """Return the one that owns the workspace, and the one beside it."""
    both = [ServerProcess(folder, tmp_path / "ws") for _ in range(2)]
    assert both[0].open(beside=False)
    assert not both[1].open(beside=True)
    yield both
    for server in both:
        server.end()


def test_what_one_server_does_the_other_shows_and_takes_over_once_it_is_killed(folder, servers):
    one, other = servers

    # An answer that one writes grows in the other, which asks nothing meanwhile, and can stop it.
    talk = one.ask(text="Snow?")
    until(lambda: "Snow" in json.dumps(other.written().get(talk)))
    growing, html = other.show(talk=talk)
    assert growing
    assert "Snow" in html
    other.ask(text="And rain?", talk=talk)
    assert "rain" not in json.dumps(one.show(talk=talk))
    assert other.show(talk=talk)[0]
    other.looked(wait=False)
    one.stop(talk=talk)
    assert "Stopped." in other.answer()
    one.ask(text="And wind?", talk=talk)
    until(lambda: talk in other.written())
    other.stop(talk=talk)
    until(lambda: not one.show(talk=talk)[0])

    # A conversation goes on in the other, and whoever is signed in is so in both.
    other.go()
    other.ask(text="And hail?", talk=talk)
    until(lambda: "Snow fell." in one.show(talk=talk)[1])
    assert other.signed_in(token=one.signs_in(name="ann")) == "ann"

    # The owner reads what the other asks it to; both find it, and neither what the other removed.
    until(lambda: not one.stands()["reading"])
    (folder / "hut.txt").write_text("The hut at the pass.")
    assert other.read()
    until(lambda: "hut.txt" in other.found(text="hut"))
    other.remove(source="hut.txt")
    assert one.found(text="hut") == other.found(text="hut") == ["first.txt"]

    # Killed while it reads: the other goes on, nothing is lost and nothing there twice.
    for n in range(FILES):
        (folder / f"{n:02}.txt").write_text(f"Hut number {n}.")
    one.ask(text="Fog?")
    other.read()
    until(lambda: len(other.documents()) > 1)
    one.end()
    expected = sorted([*(f"{n:02}.txt" for n in range(FILES)), "first.txt", "hut.txt"])
    until(lambda: other.stands()["owned"])
    until(lambda: other.documents() == expected)
    assert other.found(text="hut") == expected
    assert other.written() == {}
    assert other.wrong() == []
    other.close()

"""Two machines with a workspace each and one PostgreSQL: what one reads, the other finds."""

import time
from uuid import uuid4

import numpy as np
import psycopg
import pytest
from builders_index import make_chunks
from builders_pictured import pictures_of, read_pictures
from builders_ui import wait
from machines import EMBEDDER, SharingMachine

from rag.datamodel import Document, Element
from rag.errors import WorkspaceError
from rag.storage.images.picture_bucket import PictureBucket
from rag.storage.images.shared_assets import PicturePlace


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in {"snow": "Snow fell.", "rain": "Rain fell.", "odd": "BROKEN"}.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


@pytest.fixture
def machine(tmp_path, database_url):
    """Return what starts a machine, by its name; the first owns what all share."""
    started = {}

    def start(name, **how):
        started[name] = SharingMachine(tmp_path / name, database_url, **how)
        return started[name]

    yield start
    for one in started.values():
        one.close()


def test_what_the_owner_reads_another_machine_finds(machine, folder):
    one, two = machine("one"), machine("two")
    assert (one.index.is_owned, two.index.is_owned) == (True, False)
    assert (one.index.follows, two.index.follows) == (False, True)
    one.read(folder)
    one.share()
    two.share()

    assert two.found("fell") == ["rain.txt", "snow.txt"]
    assert two.held == one.held
    assert not two.index.share()


def test_what_changes_moves_and_goes_does_so_on_both(machine, folder):
    one, two = machine("one"), machine("two")
    one.read(folder)
    for each in (one, two):
        each.share()

    (folder / "snow.txt").write_text("Hail fell.")
    (folder / "rain.txt").rename(folder / "moved.txt")
    (folder / "twin.txt").write_text("Rain fell.")
    (folder / "odd.txt").write_text("Whole now.")
    (folder / "new.txt").write_text("BROKEN")
    one.read(folder)
    for each in (one, two):
        each.share()
    assert two.held == one.held
    assert two.found("fell") == ["moved.txt", "snow.txt"]

    for name in ("moved", "odd", "new", "twin"):
        (folder / f"{name}.txt").unlink()
    one.index.left_out.add(["snow.txt"])
    one.read(folder, remove_all=True)
    for each in (one, two):
        each.share()
    assert two.held == one.held
    assert two.index.left_out.sources() == {"snow.txt"}
    assert two.index.files() == {}


def test_who_comes_late_and_who_was_away_catch_up(machine, folder):
    one, two = machine("one"), machine("two")
    one.read(folder)
    one.share()
    two.share()
    two.close()
    (folder / "snow.txt").unlink()
    (folder / "hut.txt").write_text("The hut.")
    one.read(folder)
    one.share()

    late, again = machine("late"), machine("two")
    for each in (late, again):
        each.share()

    assert late.held == again.held == one.held


def test_once_the_owner_has_ended_another_goes_on_without_reading_all_again(machine, folder):
    one, two = machine("one"), machine("two")
    one.read(folder)
    one.share()
    (folder / "hut.txt").write_text("The hut.")
    one.read(folder)  # and it ends before it could tell
    one.close()

    assert two.index.take_over()
    two.read(folder)
    two.share()

    assert two.reader.parsed == ["hut.txt"]
    assert two.found("fell hut") == ["hut.txt", "rain.txt", "snow.txt"]


def test_what_nobody_was_told_of_is_undone_where_another_went_on(machine, folder):
    one, two = machine("one"), machine("two")
    one.read(folder)
    one.share()
    (folder / "gone.txt").write_text("Fog fell.")
    (folder / "snow.txt").write_text("Much snow fell.")
    one.read(folder)
    one.close()
    (folder / "gone.txt").unlink()
    two.index.take_over()
    two.read(folder)
    two.share()

    one = machine("one")
    one.share()

    assert not one.index.is_owned
    assert one.held == two.held
    assert one.found("fog") == []


def put_document(index, doc_id, *, picture, table):
    """Store a document with a picture and a table."""
    texts = [Element(role="table", text=table), Element(role="figure", image=picture)]
    document = Document(
        id=doc_id,
        sources=("hut.txt",),
        media_type="text/plain",
        page_count=1,
        elements=tuple(texts),
    )
    chunks = make_chunks(document, [table])
    rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
    index.put(document, chunks, {chunks[0].id: rows[0]})


def test_pictures_long_tables_and_members_go_along_and_leave_with_their_documents(
    machine, database_url
):
    one, two = machine("one"), machine("two")
    doc_id, member = one.index.members.put([b"of an archive"])[0], b"of an archive"
    shown = one.index.assets.put(np.full((9, 9, 3), 200, dtype=np.uint8))
    text = "hut | beds\nh0 | 2"
    one.index.assets.put_rows(doc_id, text, ["hut", "beds"], [(f"h{n}", "2") for n in range(50)])
    put_document(one.index, doc_id, picture=shown, table=text)
    for each in (one, two):
        each.share()

    assert np.array_equal(two.index.assets.pixels(shown), one.index.assets.pixels(shown))
    assert two.index.kept_rows(doc_id, text, 0, 1) == (50, [("h0", "2")])
    assert two.index.members.path(doc_id).read_bytes() == member
    assert two.held == one.held

    one.index.remove_sources(["hut.txt"])
    for each in (one, two):
        each.share()

    assert two.held == one.held
    assert list(two.index.assets.stored()) == []
    with psycopg.connect(database_url) as db:
        assert db.execute("SELECT count(*) FROM pagelight.copied_files").fetchone() == (0,)


def test_a_workspace_of_before_brings_its_documents_and_another_is_refused(
    machine, folder, tmp_path, database_url
):
    for name in ("one", "two"):
        lone = SharingMachine(tmp_path / name, "")
        lone.read(folder)
        lone.close()
    one, three = machine("one"), machine("three")
    one.share()
    three.share()

    assert three.held == one.held
    with pytest.raises(WorkspaceError, match="those of another"):
        SharingMachine(tmp_path / "two", database_url)


def test_a_database_that_is_away_at_the_start_leaves_the_workspace_free(tmp_path):
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="Connection refused"):
            SharingMachine(tmp_path / "ws", "postgresql://ours:hush@127.0.0.1:1/none")
    SharingMachine(tmp_path / "ws", "").close()


@pytest.fixture
def cut_off(postgres, database_url):
    """Return what ends the connection of who owns: as where a machine is cut off for a while."""
    holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
    name = database_url.rpartition("/")[2]
    named = f"datname = '{name}' AND pid IN ({holders})"
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {named}"  # noqa: S608 - names of this test
    return lambda: postgres.tell(ended)


def test_an_owner_that_was_cut_off_follows_who_took_over_and_sends_nothing(
    machine, folder, cut_off
):
    one, two = machine("one"), machine("two")
    one.read(folder)
    for each in (one, two):
        each.share()
    (folder / "late.txt").write_text("Fog fell.")
    one.read(folder)
    (folder / "late.txt").unlink()
    cut_off()
    wait(two.index.take_over)
    two.read(folder)

    for each in (two, one, two):
        each.share()

    assert (one.index.is_owned, two.index.is_owned) == (False, True)
    assert one.held == two.held
    assert two.found("fog") == []


# Pictures at an address


def pictured(machine, name, address):
    one = machine(name, pictures=PicturePlace(url=address))
    one.workspace = one.index.workspace
    return one


def two_pictured(machine, tmp_path, address, **texts):
    """Return two machines that share what the first read: a folder of notes, and the folder."""
    folder = tmp_path / "pictured"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    one, two = pictured(machine, "one", address), pictured(machine, "two", address)
    read_pictures(one.index, folder)
    for each in (one, two):
        each.share()
    return one, two, folder


def test_pictures_at_an_address_do_not_go_through_the_database(machine, tmp_path, database_url):
    address = f"memory://{uuid4().hex}/pictures"
    one, two, _ = two_pictured(machine, tmp_path, address, a="10\n20", b="20\n30")

    with psycopg.connect(database_url) as db:
        assert db.execute("SELECT name FROM pagelight.copied_files").fetchall() == []
    assert two.held == one.held
    assert not (two.workspace / "assets").exists()
    shown = pictures_of(two.index)
    assert {int(two.index.assets.pixels(image)[0, 0, 0]) for image in shown.values()} == {
        10,
        20,
        30,
    }


def test_pictures_leave_the_address_once_no_copy_can_bring_them_back(machine, tmp_path):
    address = f"memory://{uuid4().hex}/pictures"
    one, two, folder = two_pictured(machine, tmp_path, address, a="10", b="20")
    gone = pictures_of(one.index)["grey 10"]
    two.index.assets.pixels(gone)
    (folder / "a.txt").unlink()
    read_pictures(one.index, folder)

    bucket = PictureBucket(address)
    assert gone.path in bucket.listed()  # two still shows it
    one.share()
    two.share()
    two.index.sweep_shared()
    bucket.forget()
    assert gone.path in bucket.listed()
    assert not (two.workspace / "assets" / gone.path).exists()
    one.index.tidy.sweep(gone=[gone.id], since_s=time.time() + 60)
    bucket.forget()
    assert list(bucket.listed()) == [pictures_of(one.index)["grey 20"].path]
    assert two.held == one.held

"""7-Zip archives: read as other archives are, within the same limits. RAR archives are told."""

import struct
import zlib

import pytest
from builders_archives import Shelf, packed


def renamed(data: bytes, old: str, new: str) -> bytes:
    """Put a name of the same length into an archive of plain names, and mend its checksums."""
    assert data.count(old.encode("utf-16-le")) == 1
    data = data.replace(old.encode("utf-16-le"), new.encode("utf-16-le"))
    offset, size = struct.unpack_from("<QQ", data, 12)
    head = struct.pack("<QQL", offset, size, zlib.crc32(data[32 + offset :][:size]))
    return data[:8] + struct.pack("<L", zlib.crc32(head)) + head + data[32:]


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def test_the_files_in_it_are_sources_of_their_own(shelf):
    members = {"a/well.txt": b"The well is 63 metres deep.", "b.md": b"# Mill"}
    shelf.write("year.7z", packed(members))

    assert shelf.states() == {
        "year.7z": "ready",
        "year.7z/a/well.txt": "ready",
        "year.7z/b.md": "ready",
    }
    assert shelf.found("how deep is the well")[0] == "year.7z/a/well.txt"
    assert set(shelf.states().values()) == {"unchanged"}
    assert list(shelf.workspace.rglob("*.part")) == []


@pytest.mark.parametrize("name", ["../../out.txt", "/etc/outx.txt", "C:\\x\\outx.txt"])
def test_no_member_is_written_where_its_name_says(shelf, tmp_path, name):
    raw = packed({"aa_bb_out.txt": b"The vault code is 4417."}, plain_names=True)
    shelf.write("slip.7z", renamed(raw, "aa_bb_out.txt", name.ljust(13, "t")))

    outcome = shelf.ingest()

    assert {state for state, _ in outcome.values()} == {"ready"}
    assert shelf.found("vault code")[0].startswith("slip.7z/")
    assert list(tmp_path.rglob("*out*.txt*")) == []


def test_an_archive_that_expands_too_far_says_which_limit(tmp_path):
    shelf = Shelf(tmp_path, archive_mb=1, archive_members=3)
    shelf.write("bomb.7z", packed({"a.txt": b"\0" * 30_000_000}))
    shelf.write("many.7z", packed({f"{n}.txt": b"number %d" % n for n in range(5)}))

    outcome = shelf.ingest()

    assert "RAG_ARCHIVE_MB" in outcome["bomb.7z"][1]
    assert "RAG_ARCHIVE_MEMBERS" in outcome["many.7z"][1]
    assert [path for path in shelf.workspace.rglob("members/**/*") if path.is_file()] == []


@pytest.mark.parametrize("names_too", [False, True])
def test_a_locked_archive_is_told(shelf, names_too):
    data = packed({"a.txt": b"secret"}, password="key", header_encryption=names_too)  # noqa: S106 - of this test
    shelf.write("a.7z", data)

    assert "password protected" in shelf.ingest()["a.7z"][1]


@pytest.mark.parametrize("cut_at", [7, 40, 300])
def test_an_archive_that_was_cut_off_is_told(shelf, cut_at):
    shelf.write("a.7z", packed({"a.txt": bytes(range(256)) * 8})[:cut_at])

    assert "damaged or cut off" in shelf.ingest()["a.7z"][1]


@pytest.mark.parametrize("mark", [b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"])
def test_a_rar_archive_is_refused_with_what_to_do(shelf, mark):
    shelf.write("a.rar", mark + b"\0" * 50)

    (reason,) = [reason for _, reason in shelf.ingest().values()]
    assert reason == "RAR archives are not read. Unpack it into the folder."

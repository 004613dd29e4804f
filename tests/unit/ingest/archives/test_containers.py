"""Archives and mails: what lies in them is found, cited and forgotten as files are."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

import pytest
from builders_archives import Shelf, mail, packed, tarred, zipped


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


@pytest.mark.parametrize(("suffix", "pack"), [("zip", zipped), ("7z", packed)], ids=["zip", "7z"])
def test_the_files_in_an_archive_are_sources_of_their_own(shelf, suffix, pack):
    name = f"year.{suffix}"
    shelf.write(name, pack({"a/well.txt": b"The well is 63 metres deep.", "b.md": b"# Mill"}))

    assert shelf.states() == {name: "ready", f"{name}/a/well.txt": "ready", f"{name}/b.md": "ready"}
    assert shelf.found("how deep is the well")[0] == f"{name}/a/well.txt"
    assert set(shelf.states().values()) == {"unchanged"}
    assert list(shelf.workspace.rglob("*.part")) == []


def test_an_archive_that_was_unpacked_and_never_read_is_read_by_the_next_run(shelf):
    shelf.write("year.zip", zipped({"well.txt": "The well is deep.", "mill.txt": "An old mill."}))
    shelf.ingest()
    with shelf.open() as index:
        index.remove_sources(["year.zip/mill.txt"])

    assert shelf.states()["year.zip/mill.txt"] == "ready"


def test_what_left_an_archive_or_went_with_it_is_forgotten(shelf):
    path = shelf.write("year.zip", zipped({"well.txt": "A deep well.", "mill.txt": "An old mill."}))
    shelf.write("a.txt", "Snow.")
    shelf.ingest()
    path.write_bytes(zipped({"well.txt": "A deep well."}))

    assert shelf.states()["year.zip/mill.txt"] == "removed"
    assert shelf.parsed == ["year.zip"]

    path.unlink()
    assert shelf.states() == {
        "a.txt": "unchanged",
        "year.zip": "removed",
        "year.zip/well.txt": "removed",
    }
    assert [p for p in (shelf.workspace / "members").rglob("*") if p.is_file()] == []


def test_archives_and_mails_in_each_other_are_opened(shelf):
    inner = bytes(mail("Plans", "See the archive.", {"plans.zip": zipped({"p.txt": "Blue roof."})}))
    shelf.write("box.tar.gz", tarred({"mails/plans.eml": inner}))

    assert set(shelf.states()) == {
        "box.tar.gz",
        "box.tar.gz/mails/plans.eml",
        "box.tar.gz/mails/plans.eml/plans.zip",
        "box.tar.gz/mails/plans.eml/plans.zip/p.txt",
    }
    assert shelf.found("blue roof")[0].endswith("plans.eml/plans.zip/p.txt")


def test_the_mails_of_a_mailbox_are_told_apart(shelf):
    box = b"".join(
        b"From ada@example.org Mon Jan  5 10:00:00 2026\n" + bytes(m) + b"\n>From here on.\n\n"
        for m in (mail("One/1", "The first mail."), mail("Two", "The second mail."))
    )
    shelf.write("Inbox", box)

    assert sorted(shelf.states()) == ["Inbox", "Inbox/0001 One 1.eml", "Inbox/0002 Two.eml"]
    assert shelf.found("second mail")[0] == "Inbox/0002 Two.eml"


def test_no_member_is_written_where_its_name_says(shelf, tmp_path):
    hostile = {"../../../out.txt": "Out.", f"{tmp_path}/abs.txt": "Abs.", "a.txt": "In."}
    shelf.write("slip.zip", zipped(hostile))
    shelf.write("slip.tar", tarred({name: data.encode() for name, data in hostile.items()}))

    shelf.ingest()

    assert {p.name for p in tmp_path.rglob("*.txt")} == set()


def test_links_and_devices_in_a_tar_are_not_followed(shelf):
    secret = shelf.folder.parent / "secret.txt"
    secret.write_text("The vault code is 4417.")
    link, hard, device = (tarfile.TarInfo(name) for name in ("link.txt", "hard.txt", "device.txt"))
    link.type, link.linkname = tarfile.SYMTYPE, str(secret)
    hard.type, hard.linkname = tarfile.LNKTYPE, str(secret)
    device.type = tarfile.CHRTYPE
    shelf.write("a.tar", tarred({"link": link, "hard": hard, "device": device}, mode="w"))
    linked = zipfile.ZipInfo("link.txt")
    linked.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(linked, str(secret))
    shelf.write("b.zip", buffer.getvalue())

    outcome = shelf.ingest()

    skipped = {source for source, (state, _) in outcome.items() if state == "skipped"}
    assert skipped == {"a.tar/link.txt", "a.tar/hard.txt", "a.tar/device.txt", "b.zip/link.txt"}
    assert "no ordinary file" in outcome["a.tar/link.txt"][1]
    assert shelf.found("vault code") == []


def test_a_member_that_expands_too_far_fails_alone(shelf):
    shelf.write("a.zip", zipped({"bomb.txt": b"\0" * 60_000_000, "well.txt": "A deep well."}))

    outcome = shelf.ingest()

    assert outcome["a.zip/bomb.txt"][0] == "failed"
    assert "expands too far" in outcome["a.zip/bomb.txt"][1]
    assert outcome["a.zip/well.txt"][0] == "ready"


def test_an_archive_over_a_limit_says_which_and_how_to_raise_it(tmp_path):
    shelf = Shelf(tmp_path, archive_mb=1, archive_members=3)
    many = {f"{n}.txt": b"number %d" % n for n in range(5)}
    shelf.write("large.tar.gz", tarred({"a.txt": b"word " * 300_000}))
    shelf.write("many.zip", zipped(many))
    shelf.write("large.7z", packed({"a.txt": b"\0" * 30_000_000}))
    shelf.write("many.7z", packed(many))

    outcome = shelf.ingest()

    limits = {"large": "RAG_ARCHIVE_MB", "many": "RAG_ARCHIVE_MEMBERS"}
    assert all(limits[name.partition(".")[0]] in reason for name, (_, reason) in outcome.items())
    assert [state for state, _ in outcome.values()] == ["failed"] * 4
    assert [path for path in shelf.workspace.rglob("members/**/*") if path.is_file()] == []


def test_nested_bombs_share_one_budget(tmp_path):
    shelf = Shelf(tmp_path, archive_members=40)
    data = zipped({"a.txt": "The well."})
    for level in range(4):
        data = zipped({f"{level}-{n}.zip": data for n in range(8)})
    shelf.write("bomb.zip", data)

    outcome = shelf.ingest()

    assert len(outcome) <= 41
    assert any("RAG_ARCHIVE_MEMBERS" in reason for _, reason in outcome.values())


def test_a_locked_member_is_told(shelf):
    data = bytearray(zipped({"a.txt": "secret", "b.txt": "The mill is old."}))
    for at in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[at] |= 1  # general purpose flag, bit 0: encrypted
    shelf.write("a.zip", bytes(data))

    outcome = shelf.ingest()

    assert "password protected" in outcome["a.zip/a.txt"][1]
    assert outcome["a.zip/b.txt"][0] == "ready"


SEVEN_ZIP = packed({"a.txt": bytes(range(256)) * 8})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.zip", zipped({"a.txt": "word " * 999})[:80]),
        ("cut.tar.gz", tarred({"a.txt": bytes(range(256)) * 40})[:90]),
        ("cut.gz", gzip.compress(b"word " * 9999)[:40]),
        *(("cut.7z", SEVEN_ZIP[:at]) for at in (7, 40, 300)),
    ],
    ids=["zip", "tar.gz", "gz", "7z 7", "7z 40", "7z 300"],
)
def test_an_archive_that_was_cut_off_is_told(shelf, name, data):
    shelf.write(name, data)

    outcome = shelf.ingest()

    assert "damaged or cut off" in " ".join(reason for _, reason in outcome.values())


def test_a_mail_of_ten_thousand_parts_is_refused_soon(shelf):
    parts = "--x\nContent-Disposition: attachment; filename=a.txt\n\nword\n" * 10_000
    shelf.write("a.eml", f"Content-Type: multipart/mixed; boundary=x\n\n{parts}--x--")

    assert "parts" in shelf.ingest()["a.eml"][1]


# 7-Zip and RAR


def renamed(data: bytes, old: str, new: str) -> bytes:
    """Put a name of the same length into an archive of plain names, and mend its checksums."""
    assert data.count(old.encode("utf-16-le")) == 1
    data = data.replace(old.encode("utf-16-le"), new.encode("utf-16-le"))
    offset, size = struct.unpack_from("<QQ", data, 12)
    head = struct.pack("<QQL", offset, size, zlib.crc32(data[32 + offset :][:size]))
    return data[:8] + struct.pack("<L", zlib.crc32(head)) + head + data[32:]


@pytest.mark.parametrize("name", ["../../out.txt", "/etc/outx.txt", "C:\\x\\outx.txt"])
def test_no_member_of_a_7z_is_written_where_its_name_says(shelf, tmp_path, name):
    raw = packed({"aa_bb_out.txt": b"The vault code is 4417."}, plain_names=True)
    shelf.write("slip.7z", renamed(raw, "aa_bb_out.txt", name.ljust(13, "t")))

    outcome = shelf.ingest()

    assert {state for state, _ in outcome.values()} == {"ready"}
    assert shelf.found("vault code")[0].startswith("slip.7z/")
    assert list(tmp_path.rglob("*out*.txt*")) == []


@pytest.mark.parametrize("names_too", [False, True])
def test_a_locked_7z_is_told(shelf, names_too):
    data = packed({"a.txt": b"secret"}, password="key", header_encryption=names_too)  # noqa: S106 - of this test
    shelf.write("a.7z", data)

    assert "password protected" in shelf.ingest()["a.7z"][1]


@pytest.mark.parametrize("mark", [b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"])
def test_a_rar_archive_is_refused_with_what_to_do(shelf, mark):
    shelf.write("a.rar", mark + b"\0" * 50)

    (reason,) = [reason for _, reason in shelf.ingest().values()]
    assert reason == "The file is a RAR archive, which is not read. Unpack it into the folder."

"""What is read with a file: out of its own collection alone, and again once it is another one."""

import os
import shutil
from dataclasses import replace

import pytest
from builders_ingest import Bench, ParsingReader
from builders_office import found_file, picture_bytes
from builders_recordings import record

from ingest.discovery.discover import identify
from ingest.discovery.media_type import media_type_of

NOTES = {
    "note.md": "Minutes.\n\n![scan]({})\n",
    "note.html": '<p>Minutes.</p><img src="{}">',
    "note.rst": "Minutes.\n\n.. image:: {}\n",
    "note.tex": "\\begin{{document}}Minutes. \\includegraphics{{{}}}\\end{{document}}",
}
LINES = "1\n00:00:00,000 --> 00:00:01,000\n{}\n"


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.reading = ParsingReader(bench)
    bench.settings = replace(bench.settings, ocr=False, users="people.json")
    return bench


def put(bench, source, data):
    path = bench.folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def put_notes(bench, folder, address):
    """Put a note of each kind that shows what is at an address; return their sources."""
    for name, text in NOTES.items():
        put(bench, folder + name, text.format(address))
    return [folder + name for name in NOTES]


def pictures(bench, source):
    """Return how many pictures the document of a source shows."""
    with bench.open() as index:
        document = index.document(index.file(source).doc_id)
        return sum(element.image is not None for element in document.elements)


def words(bench, source):
    with bench.open() as index:
        document = index.document(index.file(source).doc_id)
        return " ".join(element.text for element in document.elements)


# Whose bytes are shown


@pytest.mark.parametrize(
    ("folder", "address", "scan", "is_own"),
    [
        ("a/", "scan.png", "a/scan.png", True),
        ("a/", "deep/scan.png", "a/deep/scan.png", True),
        ("a/deep/", "../scan.png", "a/scan.png", True),
        ("", "scan.png", "scan.png", True),
        ("a/", "../b/scan.png", "b/scan.png", False),
        ("a/", "../scan.png", "scan.png", False),
        ("", "b/scan.png", "b/scan.png", False),
    ],
)
def test_a_note_shows_pictures_of_its_collection(bench, folder, address, scan, is_own):
    put(bench, scan, picture_bytes())
    notes = put_notes(bench, folder, address)

    bench.run()

    assert {pictures(bench, note) for note in notes} == {int(is_own)}
    assert all("Minutes" in words(bench, note) for note in notes)
    bench.settings = replace(bench.settings, users="")
    bench.run()
    assert {pictures(bench, note) for note in notes} == {1}


@pytest.mark.parametrize("users", ["people.json", ""])
@pytest.mark.parametrize(
    "scan",
    [
        ".removed/b/scan.png",
        "a/.hidden/scan.png",
        "a/.scan.png",
        "a/__pycache__/scan.png",
        "../outside/scan.png",
    ],
)
def test_a_note_shows_nothing_that_is_not_read_itself(bench, users, scan):
    bench.settings = replace(bench.settings, users=users)
    path = put(bench, scan, picture_bytes())
    relative = os.path.relpath(path, bench.folder / "a")
    notes = [*put_notes(bench, "a/", relative), *put_notes(bench, "a/absolute-", path)]

    bench.run()

    assert {pictures(bench, note) for note in notes} == {0}


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_note_shows_nothing_that_a_link_leads_to(bench, is_folder):
    scan = put(bench, "b/scan.png", picture_bytes())
    notes = put_notes(bench, "a/", "shown/scan.png")
    if is_folder:
        (bench.folder / "a" / "shown").symlink_to(scan.parent)
    else:
        (bench.folder / "a" / "shown").mkdir()
        (bench.folder / "a" / "shown" / "scan.png").symlink_to(scan)

    bench.run()

    assert {pictures(bench, note) for note in notes} == {0}


def test_a_note_shows_nothing_of_a_workspace(bench):
    bench.workspace = bench.folder / "a" / "index"
    bench.open().close()
    put(bench, "a/index/assets/scan.png", picture_bytes())
    put(bench, "a/note.md", NOTES["note.md"].format("index/assets/scan.png"))

    bench.run()

    assert pictures(bench, "a/note.md") == 0


def test_a_note_in_an_archive_shows_nothing_that_was_unpacked_beside_it(bench):
    put(bench, "unpacked/cd/scan", picture_bytes())
    path = put(bench, "unpacked/ab/note", NOTES["note.md"].format("../cd/scan"))
    kind = media_type_of(put(bench, "note.md", "Minutes."))
    told = identify(found_file(path), settings=bench.settings, tell=lambda *_, **__: kind)
    root = str(bench.folder / "unpacked")

    document = bench.reading.parse(replace(told, source="a/z.zip/note.md", root=root))

    assert [element.image for element in document.elements if element.image] == []


def test_a_note_of_a_watched_folder_shows_pictures_of_it_alone(bench, tmp_path):
    beside = tmp_path / "beside"
    (beside / "deep").mkdir(parents=True)
    (beside / "scan.png").write_bytes(picture_bytes())
    put(bench, "a/scan.png", picture_bytes(seed=2))
    (beside / "deep" / "note.md").write_text(NOTES["note.md"].format("../scan.png"))
    (beside / "note.md").write_text(NOTES["note.md"].format("../folder/a/scan.png"))
    with bench.open() as index:
        index.source_folders.put("plans", beside)

    bench.run()

    assert pictures(bench, "plans/deep/note.md") == 1
    assert pictures(bench, "plans/note.md") == 0


@pytest.mark.parametrize("later", [True, False])
def test_a_copy_of_a_note_in_another_collection_shows_no_picture_of_the_first(bench, later):
    put(bench, "b/scan.png", picture_bytes())
    put(bench, "b/note.md", NOTES["note.md"].format("scan.png"))
    if later:
        bench.run()
        assert pictures(bench, "b/note.md") == 1
    put(bench, "a/note.md", NOTES["note.md"].format("scan.png"))

    bench.run()

    assert pictures(bench, "a/note.md") == 0
    (bench.folder / "a" / "note.md").unlink()
    bench.run()
    assert pictures(bench, "b/note.md") == 1


def test_a_copy_in_another_collection_with_its_own_copy_of_the_picture_shows_it(bench):
    for folder in "ab":
        put(bench, f"{folder}/scan.png", picture_bytes())
        put(bench, f"{folder}/note.md", NOTES["note.md"].format("scan.png"))
    put(bench, "b/elsewhere/note.md", NOTES["note.md"].format("scan.png"))

    bench.run()

    assert pictures(bench, "a/note.md") == 1


def test_a_copy_of_a_recording_in_another_collection_tells_no_words_of_the_first(bench):
    record(put(bench, "b/talk.mp4", b""), tone_s=1)
    put(bench, "b/talk.srt", LINES.format("The safe's number is 4711."))
    bench.run()
    assert "4711" in words(bench, "b/talk.mp4")
    (bench.folder / "a").mkdir()
    shutil.copyfile(bench.folder / "b" / "talk.mp4", bench.folder / "a" / "talk.mp4")

    bench.run()

    assert "4711" not in words(bench, "a/talk.mp4")


def test_subtitles_that_a_link_leads_to_are_not_read(bench):
    record(put(bench, "a/talk.mp4", b""), tone_s=1)
    lines = put(bench, "b/lines.srt", LINES.format("The safe's number is 4711."))
    (bench.folder / "a" / "talk.srt").symlink_to(lines)

    bench.run()

    assert "4711" not in words(bench, "a/talk.mp4")


def test_collections_that_people_see_apart_are_read_apart_from_then_on(bench):
    bench.settings = replace(bench.settings, users="")
    put(bench, "b/scan.png", picture_bytes())
    put(bench, "a/note.md", NOTES["note.md"].format("../b/scan.png"))
    bench.run()
    assert pictures(bench, "a/note.md") == 1
    bench.settings = replace(bench.settings, users="people.json")

    bench.run()

    assert pictures(bench, "a/note.md") == 0


# What is read again


def touched(path):
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize(
    ("change", "is_read"),
    [
        (lambda path: path.write_bytes(picture_bytes(seed=2)), True),
        (lambda path: path.unlink(), True),
        (touched, False),
    ],
)
def test_a_note_is_read_again_once_its_picture_is_another_one(bench, change, is_read):
    scan = put(bench, "a/scan.png", picture_bytes())
    put(bench, "a/note.md", NOTES["note.md"].format("scan.png"))
    put(bench, "a/other.md", "Nothing.")
    bench.run()
    change(scan)
    bench.reading.parsed = []

    bench.run()

    assert ("a/note.md" in bench.reading.parsed) == is_read
    assert "a/other.md" not in bench.reading.parsed
    bench.reading.parsed = []
    bench.run()
    assert bench.reading.parsed == []


def test_a_note_that_moves_with_its_picture_is_not_read_again(bench):
    put(bench, "a/scan.png", picture_bytes())
    put(bench, "a/note.md", NOTES["note.md"].format("scan.png"))
    bench.run()
    (bench.folder / "a").rename(bench.folder / "c")
    bench.reading.parsed = []

    bench.run()

    assert bench.reading.parsed == []
    assert pictures(bench, "c/note.md") == 1


@pytest.mark.parametrize(
    ("change", "is_read"),
    [(lambda path: path.write_text(LINES.format("Rain.")), True), (touched, False)],
)
def test_a_recording_is_read_again_once_its_subtitles_are_others(bench, change, is_read):
    record(put(bench, "a/talk.mp4", b""), tone_s=1)
    lines = put(bench, "a/talk.srt", LINES.format("Snow."))
    bench.run()
    change(lines)
    bench.reading.parsed = []

    bench.run()

    assert ("a/talk.mp4" in bench.reading.parsed) == is_read


def test_what_subtitles_say_is_said_by_the_recording_while_both_are_there(bench):
    bench.write("talk.srt", LINES.format("The miller grinds."))
    bench.run()
    alone = bench.found("miller")
    record(bench.folder / "talk.wav", tone_s=1, audio="pcm_s16le")
    bench.run()
    together = bench.found("miller")
    bench.write("talk.srt", LINES.format("The smith grinds."))
    bench.run()
    changed = bench.found("miller"), bench.found("smith")
    (bench.folder / "talk.srt").unlink()
    bench.run()

    assert (alone, together, changed) == (["talk.srt"], ["talk.wav"], ([], ["talk.wav"]))
    assert bench.found("smith") == []

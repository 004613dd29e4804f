"""Readers in processes of their own: limits, crashes, how many there are."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from builders_archives import greedy_xz
from builders_index import open_index
from builders_office import found_file
from builders_pictures import lettered, picture_file, source_file
from builders_recordings import again, record
from fake_ocr import LineCache
from fakes import FakeEmbedder

from ingest.discovery.discover import identify
from ingest.discovery.media_type import OLE_BYTES
from ingest.pipeline.pipeline import Ingest
from ingest.sandbox.parser_process import ParserProcess, side_by_side
from ingest.sandbox.worker import JOBS_PER_CHILD, StoppedError
from pagelight.services.session.assemble import assemble
from rag.datamodel import Document, SourceFile
from rag.errors import LimitError, PassingError, SourceError
from rag.settings import Settings

SIGN = lettered([("Weather station", 40, 40), ("2061 metres", 40, 120)], size=(420, 200))


def process(tmp_path: Path, *, readers: int = 1, **settings) -> ParserProcess:
    return ParserProcess(
        settings=Settings(**settings), assets_root=tmp_path / "assets", readers=readers
    )


def children() -> list[psutil.Process]:
    """Return the readers' processes; a browser or a chat of other tests is none."""
    return [child for child in psutil.Process().children() if _is_reader(child)]


def _is_reader(child: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return any("sandbox.child" in word for word in child.cmdline())
    return False


def kill_children(by: signal.Signals = signal.SIGKILL) -> None:
    for child in children():
        child.send_signal(by)


def ignore(page: int | None) -> None:
    """Progress is of no interest."""


def test_only_pictures_follow_a_link_to_another_drive(tmp_path):
    (drive := tmp_path / "drive" / "pictures").mkdir(parents=True)
    (folder := tmp_path / "folder").mkdir()
    (folder / "long.csv").write_text("day,snow\n" + "".join(f"{n},{n}\n" for n in range(60_000)))
    sheet = source_file(folder / "long.csv", media_type="text/csv")
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / "assets").symlink_to(drive)

    with process(workspace) as reader:
        (picture,) = reader.parse(picture_file(folder, SIGN)).elements
        reader.parse(sheet)

    assert (drive / picture.image.path).is_file()
    assert [path.stem for path in (workspace / "tables").iterdir()] == [sheet.sha256]
    assert [path.name for path in drive.parent.iterdir()] == ["pictures"]


def test_of_many_files_those_are_told_together_that_can_be_else_each_alone(tmp_path):
    (tmp_path / "a.xz").write_bytes(greedy_xz(b"the whole of it"))
    (tmp_path / "b.txt").write_text("the hut is at 2061 m")
    harmful, known, gone = ((tmp_path / name, name) for name in ("a.xz", "b.txt", "gone.txt"))

    with process(tmp_path, file_memory_mb=500) as reader:
        assert reader.tell_many([known, gone]) == {known[0]: "text/plain"}
        assert reader.tell_many([harmful, known]) == {}
        with pytest.raises(LimitError, match="500 MB of memory"):
            reader.tell(harmful[0], name=harmful[1])
        assert reader.tell(known[0], name=known[1]) == "text/plain"


def test_an_ingest_of_the_program_tells_kinds_of_files_in_a_child(tmp_path):
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "a.doc").open("wb") as stream:
        stream.write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        stream.truncate(OLE_BYTES)
    parts = assemble(Settings(workspace=tmp_path / "w", ocr=False, file_memory_mb=80))

    with contextlib.closing(parts):
        report = parts.make_ingest().run(tmp_path / "in", on_progress=lambda _: None)

    assert [(file.state, "80 MB of memory" in file.reason) for file in report.files] == [
        ("failed", True)
    ]


def three_pictures(reader: ParserProcess, tmp_path: Path) -> tuple[Document, SourceFile]:
    files = [
        picture_file(tmp_path, np.roll(SIGN, 3 * n, axis=0), name=f"{n}.png") for n in range(3)
    ]
    documents = [reader.parse(file) for file in files]
    elements = tuple(element for document in documents for element in document.elements)
    return replace(documents[0], elements=elements), files[0]


def test_a_file_is_read_and_lettered_in_children_that_do_not_outlive_the_reader(tmp_path):
    with process(tmp_path) as reader:
        file = picture_file(tmp_path, SIGN)
        pages: list[int | None] = []
        cache = LineCache()
        document = reader.letter(
            reader.parse(file), file, on_page=pages.append, cache=cache, unreadable={}
        )
        started = children()

    assert document.elements[0].text == "Weather station\n2061 metres"
    assert pages == [1]
    assert len(cache) == 1
    assert started
    assert not any(child.is_running() for child in started)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Return a folder with a recording that is looked through for a while."""
    folder = tmp_path_factory.mktemp("film")
    once = record(folder / "once.mkv", shown=[(SIGN, 2)], options={"g": "2"})
    again(once, folder / "a.mkv", times=300)
    once.unlink()
    return folder


def test_a_decoder_that_crashes_costs_its_file_and_no_other(tmp_path, film):
    """It is killed as soon as it tells how far it has looked."""
    (tmp_path / "b.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nThe hut is open.\n")
    talk, lines = (
        identify(found_file(path), settings=Settings())
        for path in (film / "a.mkv", tmp_path / "b.srt")
    )
    shares = []

    def crash(source, share):
        shares.append((source, share))
        kill_children(signal.SIGSEGV)

    readers = ParserProcess(settings=Settings(), assets_root=tmp_path / "assets", on_share=crash)
    with readers as reader:
        with pytest.raises(SourceError, match=r"makes its reader crash \(SIGSEGV\)"):
            reader.parse(talk)
        assert reader.parse(lines).elements[0].text == "The hut is open."
    assert [share for _, share in shares].count(0.0) == 2  # it is tried once more


def test_a_child_is_replaced_after_many_files_but_not_for_looks_at_them(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("Snow fell.", encoding="utf-8")
    note = source_file(path, media_type="text/plain")
    with process(tmp_path) as reader:
        reader.parse(note)
        (first,) = children()
        for _ in range(JOBS_PER_CHILD - 2):
            reader.parse(note)
        assert reader.tell(path, name="note.txt") == "text/plain"
        assert children() == [first]
        reader.parse(note)
        assert first not in children()


def test_who_opens_files_is_told_no_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("RAG_DATABASE_URL", "postgresql://a:secret@b/c")
    monkeypatch.setenv("HTTPS_PROXY", "http://a:secret@b")
    monkeypatch.setenv("LC_TIME", "C")
    path = tmp_path / "note.txt"
    path.write_text("Snow fell.", encoding="utf-8")
    with process(tmp_path) as reader:
        reader.tell(path, name="note.txt")
        told = [child.environ() for child in children()]

    assert told
    assert not any("secret" in value for variables in told for value in variables.values())
    assert all({"PATH", "LC_TIME"} <= set(variables) for variables in told)


def test_a_reader_that_ends_once_is_followed_by_another_one(tmp_path):
    with process(tmp_path) as reader:
        file = picture_file(tmp_path, SIGN)
        reader.parse(file)
        kill_children()

        assert reader.parse(file).elements
        (child,) = children()
        assert child.is_running()


class Killing:
    """Kills the readers as often as they look at a recording, if it is told to."""

    kills = True

    def __call__(self, source: str, share: float) -> None:
        del source, share
        if self.kills:
            kill_children()


def test_a_file_whose_readers_were_killed_is_read_by_the_next_ingest(tmp_path, film):
    killing, embedder = Killing(), FakeEmbedder()
    readers = ParserProcess(
        settings=Settings(), assets_root=tmp_path / "w" / "assets", on_share=killing
    )
    with (
        readers as reader,
        open_index(tmp_path / "w") as index,
    ):
        settings = Settings(ocr=False)
        tools = (index, embedder, reader, settings)
        first = Ingest(*tools).run(film, on_progress=lambda _: None)
        killing.kills = False
        second = Ingest(*tools).run(film, on_progress=lambda _: None)

    assert "was killed (SIGKILL)" in first.files[0].reason
    assert [report.files[0].state for report in (first, second)] == ["failed", "ready"]


def test_a_picture_whose_readers_were_killed_twice_is_not_left_out_for_good(tmp_path):
    with process(tmp_path) as reader:
        document, file = three_pictures(reader, tmp_path)
        unreadable: dict[str, str] = {}
        with killing(), pytest.raises(PassingError, match="was killed"):
            reader.letter(document, file, on_page=ignore, cache=LineCache(), unreadable=unreadable)

    assert unreadable == {}


@contextlib.contextmanager
def killing():
    """Kill every reader in the block soon after it has begun."""
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.05):
            kill_children()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def test_a_file_over_the_time_limit_names_the_variable_to_raise(tmp_path):
    with (
        process(tmp_path, file_seconds=0.01) as reader,
        pytest.raises(LimitError, match="RAG_FILE_SECONDS"),
    ):
        reader.parse(picture_file(tmp_path, SIGN))


def test_a_file_over_the_memory_limit_names_the_variable_to_raise(tmp_path):
    vast = np.zeros((9_000, 9_000, 3), dtype=np.uint8)
    with (
        process(tmp_path, file_memory_mb=300) as reader,
        pytest.raises(LimitError, match="RAG_FILE_MEMORY_MB"),
    ):
        reader.parse(picture_file(tmp_path, vast))


def test_a_crash_costs_no_picture_that_can_be_read_and_none_is_told_twice(tmp_path):
    with process(tmp_path) as reader:
        document, file = three_pictures(reader, tmp_path)
        told: list[int | None] = []

        def crash_once(page: int | None) -> None:
            told.append(page)
            if len(told) == 1:
                kill_children()

        result = reader.letter(document, file, on_page=crash_once, cache=LineCache(), unreadable={})

    assert all(element.text for element in result.elements)
    assert result.warnings == ()
    assert len(told) == 3


def test_a_file_is_given_up_by_what_failed_in_all_of_its_parts(tmp_path):
    with process(tmp_path) as reader:
        document, file = three_pictures(reader, tmp_path)
    failed = dict.fromkeys(("one", "two", "three"), "It is torn.")
    with (
        process(tmp_path, file_seconds=0.01) as hasty,
        pytest.raises(LimitError, match="RAG_FILE_SECONDS"),
    ):
        hasty.letter(document, file, on_page=ignore, cache=LineCache(), unreadable=failed)
    assert len(failed) == 3


def test_closing_stops_the_job_under_way_without_blaming_the_file(tmp_path, film):
    reader = ParserProcess(
        settings=Settings(), assets_root=tmp_path / "assets", on_share=lambda *_: reader.close()
    )

    with pytest.raises(StoppedError):
        reader.parse(identify(found_file(film / "a.mkv"), settings=Settings()))

    assert children() == []


def test_a_child_rests_until_progress_is_taken_and_what_that_raises_ends_the_work(tmp_path):
    worked_s = []

    def cancel(_: int | None) -> None:
        for pause_s in (0.2, 0.5):  # the first, so that threads of the reading come to rest
            time.sleep(pause_s)
            worked_s.append(sum(sum(child.cpu_times()[:2]) for child in children()))
        raise KeyboardInterrupt

    with process(tmp_path) as reader:
        document, file = three_pictures(reader, tmp_path)
        with pytest.raises(KeyboardInterrupt):
            reader.letter(document, file, on_page=cancel, cache=LineCache(), unreadable={})

    assert worked_s[1] - worked_s[0] <= 0.05


def test_a_file_in_the_working_folder_cannot_stand_in_for_a_module(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    (tmp_path / "PIL.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)

    with process(tmp_path) as reader:
        assert reader.parse(picture_file(tmp_path, SIGN)).elements


PARENT = """
import sys, time
from pathlib import Path
sys.path.insert(0, {builders!r})
from builders_pictures import picture_file
from ingest.sandbox.parser_process import ParserProcess
from rag.settings import Settings
import numpy as np, psutil
folder = Path({folder!r})
reader = ParserProcess(settings=Settings(), assets_root=folder / "assets")
reader.parse(picture_file(folder, np.full((40, 40, 3), 255, dtype=np.uint8)))
print(psutil.Process().children()[0].pid, flush=True)
time.sleep(60)
"""


def test_a_child_dies_when_its_parent_is_killed(tmp_path):
    builders = str(Path(__file__).parents[3] / "builders" / "files")
    code = PARENT.format(builders=builders, folder=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[4]
    ) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)

        assert psutil.wait_procs([child], timeout=10)[1] == []


@pytest.mark.parametrize(
    ("cores", "memory_gb", "settings", "parsers", "readers"),
    [
        (1, 1.0, {}, 1, 1),
        (8, 64.0, {}, 4, 8),
        (16, 16.0, {}, 4, 12),
        (16, 512.0, {"workers": 3}, 3, 3),
    ],
)
def test_cores_memory_and_settings_tell_how_many_processes_read(
    cores, memory_gb, settings, parsers, readers
):
    told = side_by_side(Settings(**settings), cores=cores, memory_gb=memory_gb)

    assert told == (parsers, readers)

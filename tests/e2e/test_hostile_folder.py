"""A folder of bad files in one ingest: each as expected, none harmful, little memory.

`EXPECT.tsv` beside the files says of each what must come of it. The files are read by the real
children; only the model that makes vectors is a fake.
"""

import csv
import re
import shutil
import threading
from pathlib import Path

import psutil
import pytest
from fakes import FakeEmbedder

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from ingest.sandbox.parser_process import ParserProcess
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex

pytestmark = pytest.mark.slow

GUARD = Path(__file__).parents[1] / "guard"
MAX_MB = 2000
LETTERED = ("exif-rotated.jpg", "injection-in-picture.png")
WORDS = {
    "broken-xref.pdf": "4417",
    "deep-nesting.html": "6021",
    "script-and-remote.html": "17 crowns",
    "utf16-le.txt": "214 Meter",
    "path-traversal.md": "31 photos",
    "white-text-injection.html": "5 marks",
}
NEVER = re.compile(r"root:x:|\[fonts\]|alert\(1\)</script>\s*$")
REASONS = {"password": "password", "too many pixels": "megapixels", "expands too far": "expands"}
FORBIDDEN = re.compile(r"open\t(/etc/(passwd|hostname|shadow|hosts)|.*win\.ini)")


def ingest(folder, workspace, *, ocr):
    """Return the report and the documents by their sources."""
    settings = Settings(ocr=ocr)
    embedder = FakeEmbedder()
    with (
        WorkspaceIndex(
            workspace,
            model_id=embedder.model_id,
            dim=embedder.dim,
            chunker_version=CHUNKER_VERSION,
        ) as index,
        ParserProcess(settings=settings, assets_root=workspace / "assets") as reader,
    ):
        work = Ingest(index, embedder, reader, settings)
        report = work.run(folder, on_progress=lambda _: None)
        documents = {
            source: index.document(record.doc_id)
            for source, record in index.files().items()
            if record.state == "ready" and record.doc_id
        }
    return report, documents


class Memory(threading.Thread):
    """Looks at what the children that start from now on hold, and remembers the most."""

    def __init__(self):
        super().__init__(daemon=True)
        self.others = {child.pid for child in psutil.Process().children()}
        self.max_mb = 0.0
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(0.1):
            ours = (c for c in psutil.Process().children() if c.pid not in self.others)
            self.max_mb = max(self.max_mb, sum(map(held_mb, ours)))


def held_mb(process):
    """Return what a process and its descendants hold; 0 of what is gone."""
    try:
        family = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6
    except psutil.Error:
        return 0.0


@pytest.fixture(scope="module")
def hostile(shared_data, tmp_path_factory):
    """Return the folder, what became of each file, the documents, the children's log, memory."""
    root = tmp_path_factory.mktemp("hostile")
    folder = (shared_data / "hostile").resolve()
    log = root / "guard.log"
    patch = pytest.MonkeyPatch()
    guard = root / "guard"
    guard.mkdir()
    told = (GUARD / "sitecustomize.py").read_text("utf-8")
    # Children are given few variables: the guard's own file tells it where to write.
    (guard / "sitecustomize.py").write_text(told.replace("LOG_FILE_OF_THE_TEST", str(log)), "utf-8")
    patch.syspath_prepend(str(guard))
    memory = Memory()
    memory.start()
    try:
        report, documents = ingest(folder, root / "workspace", ocr=False)
    finally:
        memory.done.set()
        memory.join()
        patch.undo()
    return folder, report, documents, log.read_text("utf-8", "replace"), memory


def rows(folder):
    with (folder / "EXPECT.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def text_of(document):
    return "\n".join(element.text for element in document.elements)


def wrong(row, outcome, document):
    """Say what is not as expected; "" where all is."""
    expected = row["expected"]
    may_fail = "reject" in expected
    may_pass = "accept" in expected or ("cut with a note" in expected and document.warnings)
    if outcome.state == "failed":
        wanted = [words for told, words in REASONS.items() if told in expected]
        told = outcome.reason.lower()
        if not may_fail or len(told) < 10 or "fault of pagelight" in told:
            return f"failed: {outcome.reason}"
        return "" if all(words in told for words in wanted) else f"reason: {outcome.reason}"
    if not may_pass:
        return f"{outcome.state}, not refused"
    words = WORDS.get(row["file"], "")
    if words not in text_of(document):
        return f"{words} is not found"
    return "holds what lies outside" if NEVER.search(text_of(document)) else ""


def test_every_file_is_as_expected(hostile):
    folder, report, documents, _, _ = hostile
    outcomes = {file.source: file for file in report.files}

    faults = {
        row["file"]: fault
        for row in rows(folder)
        if (fault := wrong(row, outcomes[row["file"]], documents.get(row["file"])))
    }

    assert len(rows(folder)) >= 80
    assert faults == {}


def test_no_file_outside_is_opened_no_host_asked_and_no_program_started(hostile):
    folder, _, _, log, _ = hostile
    lines = set(log.split("\n"))
    opened = {line.partition("\t")[2] for line in lines if line.startswith("open\t")}

    assert any(path.startswith(str(folder)) for path in opened)  # the guard was there
    assert [line for line in lines if line and not line.startswith("open\t")] == []
    assert [line for line in lines if FORBIDDEN.match(line)] == []
    outside = {p for p in opened if p.startswith(str(folder.parent)) and str(folder) not in p}
    assert outside == set()


def test_memory_stays_small(hostile):
    memory = hostile[-1]

    assert 0 < memory.max_mb < MAX_MB


def test_nothing_is_written_beside_the_workspace(hostile):
    folder, *_ = hostile

    assert not any(path.name.startswith("evil") for path in folder.parent.rglob("*"))


def test_lettering_is_read_upright_and_as_words(shared_data, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in LETTERED:
        shutil.copyfile(shared_data / "hostile" / name, folder / name)

    _, documents = ingest(folder, tmp_path / "workspace", ocr=True)

    assert "9153" in text_of(documents["exif-rotated.jpg"])
    assert "57" in text_of(documents["injection-in-picture.png"])

"""What a child tells comes back the same; what it may not tell is refused, whatever it sends."""

import pickle
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ingest.archives.containers import UnpackingBudget
from ingest.discovery.discover import ClosedFileError
from ingest.sandbox.jobs import (
    Bug,
    CropJob,
    Done,
    Failed,
    HowFar,
    ListenJob,
    OcrRead,
    OutOfMemory,
    PageDone,
    ParseJob,
    QueryImageJob,
    TellJob,
    UnpackJob,
    Warned,
    packed,
    read_reply,
)
from rag.datamodel import FULL_PAGE, Document, Element, Provenance, QueryImage, SourceFile
from rag.errors import LimitError, SourceError, WorkspaceError
from rag.protocols import OcrLine
from rag.storage.files.members import Member

FILE = SourceFile(
    path="/in/a.txt",
    source="a.txt",
    root="/in",
    sha256="a" * 64,
    media_type="text/plain",
    size_bytes=1,
    mtime_ns=1,
)
PARSE = ParseJob(file=FILE)
CROP = CropJob(path=Path("a.png"), bbox=FULL_PAGE)
TELL = TellJob(files=((Path("a"), "a"), (Path("b"), "b")))
LISTEN = ListenJob(file=FILE, start_s=0.0, seconds=1.0)
UNPACK = UnpackJob(file=FILE, folder=Path("in"), budget=UnpackingBudget(members=1, size_bytes=1))
LINE = OcrLine(text="2061 m", bbox=FULL_PAGE, confidence=0.5)


def a_document(text: str) -> Document:
    line = Element(role="paragraph", text=text, provenances=(Provenance(page=1, bbox=FULL_PAGE),))
    return Document(id="a" * 64, sources=("a.txt",), media_type="text/plain", elements=(line,))


@pytest.mark.parametrize(
    ("reply", "job"),
    [
        (Done(value=a_document("Snow fell.")), PARSE),
        (Done(value=a_document("half \ud83d a letter")), PARSE),
        (Done(value=(Member(name="a/b", reason="too large", failed=True),)), UNPACK),
        (Done(value=QueryImage(path="p", phash="0" * 16)), QueryImageJob(path=Path("p"))),
        (OcrRead(key="k", lines=[LINE]), PARSE),
        (PageDone(page=None), PARSE),
        (HowFar(share=0.5), PARSE),
        (Warned(logger="ingest", text="odd"), PARSE),
        (Bug(summary="KeyError: 1", traceback="…"), PARSE),
        (OutOfMemory(), PARSE),
    ],
)
def test_a_reply_comes_back_as_it_was_told(reply, job):
    assert read_reply(packed(reply), job) == reply


@pytest.mark.parametrize(
    ("array", "job"),
    [
        (np.arange(24, dtype=np.uint8).reshape(2, 4, 3), CROP),
        (np.arange(48, dtype=np.uint8).reshape(4, 4, 3)[::2, 1:], CROP),
        (np.linspace(-1, 1, 9, dtype=np.float32), LISTEN),
    ],
)
def test_pixels_and_sound_come_back_and_may_be_changed(array, job):
    value = read_reply(packed(Done(value=array)), job).value

    assert value.dtype == array.dtype
    assert np.array_equal(value, array)
    assert value.flags.writeable


@pytest.mark.parametrize(
    "error",
    [
        SourceError("It is torn.", hint="Mend it."),
        LimitError("It has {n} pages.", hint="", n=5000),
        ClosedFileError("The file can't be opened."),
        WorkspaceError("The disk is full."),
    ],
)
def test_an_error_comes_back_with_its_class_and_words(error):
    told = read_reply(packed(Failed(error=error)), PARSE).error

    assert type(told) is type(error)
    assert (told.message, told.hint, told.templates, told.values) == (
        *(error.message, error.hint, error.templates),
        error.values,
    )


def test_kinds_of_files_come_back_each_or_why_not():
    error = SourceError("It is torn.")
    kinds = read_reply(packed(Done(value=("text/plain", error))), TELL).value

    assert kinds[0] == "text/plain"
    assert isinstance(kinds[1], SourceError)


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_a_pickle_is_never_opened(tmp_path):
    data = pickle.dumps(Evil(tmp_path / "ran"))

    for sent in (data, b"m" + data, b"j" + data):
        with pytest.raises(ValueError):  # noqa: PT011 - in msgspec's words, or those of json
            read_reply(sent, PARSE)
    assert not (tmp_path / "ran").exists()


def as_sent(*named) -> bytes:
    return b"m" + msgspec.msgpack.encode(named)


@pytest.mark.parametrize(
    ("data", "job"),
    [
        (b"", PARSE),
        (as_sent("Done", {"id": "a" * 64}), PARSE),
        (as_sent("Done", "text/plain"), PARSE),
        (packed(Done(value=a_document("Snow"))), CROP),
        (as_sent("Done", ((9, 9, 3), b"123")), CROP),
        (as_sent("Done", ((-1, -1, 3), b"123")), CROP),
        (as_sent("Done", ((3,), b"123")), CROP),
        (as_sent("Failed", ("SystemExit", "", "", {})), PARSE),
        (as_sent("Failed", ("SourceError", "{0.__class__}", "", {"a": 1})), PARSE),
        (as_sent("GoOn", {}), PARSE),
        (as_sent("HowFar", {"share": "much"}), PARSE),
    ],
)
def test_what_is_no_reply_to_the_job_is_refused(data, job):
    with pytest.raises(ValueError):  # noqa: PT011 - in msgspec's words, or ours
        read_reply(data, job)

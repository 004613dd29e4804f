"""Collections: the folders at the top of what is read, and further folders watched beside them.

A document belongs to the collection that its source begins with. Made, renamed, removed and filled
here, on the disk and in the index at once; who may see one goes on seeing it by its new name.
"""

from __future__ import annotations

import os
import shutil
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Final

from ingest.discovery.discover import is_left_out
from ingest.remote.address import room_of, shown
from pagelight.services.accounts.users import PeopleFile
from pagelight.services.jobs.jobs import Jobs
from rag.datamodel import ROOT_COLLECTION
from rag.errors import PagelightError
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.storage.files.folder import LEDGER_NAME, is_workspace
from rag.storage.workspace.store import WorkspaceIndex

NAME_BYTES: Final = 200


def usable_name(name: str) -> str:
    """Return the name of a file or folder as it is stored. Raises PagelightError."""
    bare = unicodedata.normalize("NFC", name).strip()
    bad = any(letter in "/\\" or unicodedata.category(letter) in {"Cc", "Cs"} for letter in bare)
    if not bare.strip(".") or bad or len(bare.encode("utf-8", "replace")) > NAME_BYTES:
        raise PagelightError("This is no name for a file.", hint="Rename it.")
    if bare.startswith((".", "~$")):
        raise PagelightError("Hidden files are not read: {name}.", hint="Rename it.", name=bare)
    if bare.lower() == LEDGER_NAME:  # beside a stamp it would hide the folder that it lies in
        raise PagelightError("{name} would not be read.", hint="Take another name.", name=bare)
    return bare


def collection_of(source: str, files: set[str]) -> str:
    """Return the collection of a source; what lies in one of the `files` at the top is beside."""
    top, slash, _ = source.partition("/")
    return top if slash and top not in files else ROOT_COLLECTION


def require_here(folder: Path) -> Path:
    """Return a folder that is to be changed. Raises PagelightError where a server has it."""
    if room_of(folder) is not None:
        raise PagelightError(
            "The documents lie at {address}.",
            hint="Change them there: what comes and goes there is read.",
            address=shown(folder),
        )
    return folder


def below(folder: str, sources: Iterable[str]) -> list[str]:
    return [source for source in sources if source.startswith(f"{folder}/")]


REMOVED: Final = ".removed"
"""Where the files of a removed collection lie, in the folder of documents: it is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionView:
    """One collection. `folder` is where one lies that is watched beside the others.

    `documents` can be asked about, `failed` files could not be read; `problem` says why what is in
    it can't be looked at just now.
    """

    name: str
    folder: Path | None = None
    documents: int = 0
    failed: int = 0
    problem: str = ""


def watchable(settings: Settings) -> Callable[[Path], bool]:
    """Return what tells whether a folder may be watched: any, where all own the account anyway."""
    if not settings.users and not settings.password:
        return lambda _: True
    allowed = [Path(one.strip()).expanduser() for one in settings.folders.split(",") if one.strip()]
    return lambda folder: any(folder.is_relative_to(one.resolve()) for one in allowed)


@dataclass(frozen=True, slots=True)
class Collections:
    """Those of one workspace. Every change raises PagelightError where it can't be made.

    `people` is the users file, if there is one; `may_watch` says whether a folder of this machine
    may be read beside the own one.
    """

    index: WorkspaceIndex
    jobs: Jobs
    _: KW_ONLY
    people: PeopleFile | None = None
    may_watch: Callable[[Path], bool] = lambda _: True
    now: Callable[[], float] = time.time

    def names(self) -> list[str]:
        """Return the names of all that there are; that of the files beside the folders first."""
        own, folders = self.index.roots.own or self.jobs.state.folder, set[str]()
        if own is not None and room_of(own) is not None:
            sources, files = self._sources()
            folders = {collection_of(source, files) for source in sources} - {ROOT_COLLECTION}
        elif own is not None:
            with suppress(OSError):
                folders = {path.name for path in own.iterdir() if path.is_dir()}
            folders = {name for name in folders if not is_left_out(name)}
        return [ROOT_COLLECTION, *sorted(folders | self.index.source_folders.all().keys())]

    def all(self) -> list[CollectionView]:
        own, records = self._own(), self.index.documents()
        extra = self.index.source_folders.all()
        is_far = room_of(own) is not None  # there each look says what is wrong
        _, files = self._sources()
        counts = Counter(
            (record.state, collection_of(source, files))
            for record in records
            for source in record.sources
        )
        return [
            CollectionView(
                name=name,
                folder=extra.get(name),
                documents=counts["ready", name],
                failed=counts["failed", name],
                problem=""
                if is_far and name not in extra
                else _problem(extra.get(name) or own / name),
            )
            for name in self.names()
        ]

    def _sources(self) -> tuple[set[str], set[str]]:
        every = {source for record in self.index.documents() for source in record.sources}
        return every, {source for source in every if "/" not in source}

    def sources(self, name: str) -> list[str]:
        """Return the files of a collection, those in archives aside, by name."""
        every, files = self._sources()

        def lies_in_one(source: str) -> bool:  # an archive or a mail
            return any(source[:at] in every for at, letter in enumerate(source) if letter == "/")

        return sorted(s for s in every if collection_of(s, files) == name and not lies_in_one(s))

    def make(self, name: str) -> str:
        """Make an empty one; return its name as it is kept."""
        name = self._free(name)
        with _disk_errors(name):
            (require_here(self._own()) / name).mkdir()
        return name

    def watch(self, name: str, folder: Path) -> str:
        """Read a folder of this machine beside the own one, from now on; return its name."""
        name = self._free(name)
        place = self._watchable(folder.expanduser())
        self.index.source_folders.put(name, place)
        self.jobs.start()
        return name

    def rename(self, name: str, other: str) -> str:
        """Give a collection another name; return it as it is kept."""
        extra = self._checked(name) in self.index.source_folders.all()
        other = self._free(other)
        with self._changing() as former:
            if extra:
                self.index.source_folders.rename(name, other)
            else:
                with _disk_errors(name):
                    own = require_here(self._own())
                    (own / name).rename(own / other)
            moved = {s: other + s.removeprefix(name) for s in below(name, former)}
            self.index.move_files(moved, folder=(f"{name}/", f"{other}/"))
            if self.people is not None:
                self.people.rename_collection(name, other)
        return other

    def remove(self, name: str) -> None:
        """Take a collection out of the index; its files are kept, those of ours in `REMOVED`."""
        extra = self._checked(name) in self.index.source_folders.all()
        with self._changing() as former:
            if extra:
                self.index.source_folders.remove(name)
            else:
                self._put_away(name)
            gone = below(name, former)
            self.index.remove_sources(gone)
            self.index.left_out.remove([*gone, *below(name, self.index.left_out.sources())])
            if self.people is not None:
                self.people.rename_collection(name, None)

    def move(self, sources: Sequence[str], into: str) -> int:
        """Move files into a collection; return how many were. One that can't be ends it."""
        if into != ROOT_COLLECTION:
            self._checked(into)
        with self._changing() as former:
            for source in sources:
                self._move(source, into, former)
        return len(sources)

    def _move(self, source: str, into: str, former: Mapping[str, FileRecord]) -> None:
        file_name = source.rpartition("/")[2]
        target = file_name if into == ROOT_COLLECTION else f"{into}/{file_name}"
        here, there = self.index.roots.place(source), self.index.roots.place(target)
        for place in filter(None, (here, there)):
            require_here(place[0])
        if source not in former or here is None or there is None or not here[1].is_file():
            raise PagelightError(
                "{source} is no file of its own.",
                hint="What lies in an archive moves with it.",
                source=source,
            )
        if target == source:
            return
        if os.path.lexists(there[1]):
            raise PagelightError(
                "There is a file {file} in it already.", hint="Rename one of them.", file=file_name
            )
        with _disk_errors(source):
            shutil.move(here[1], there[1])
        inside = {s: target + s.removeprefix(source) for s in below(source, former)}
        self.index.move_files({source: target, **inside})

    @contextmanager
    def _changing(self) -> Iterator[Mapping[str, FileRecord]]:
        """Lend the files as they are, while nothing is read; afterwards the folders are read."""
        with self.jobs.held_off():
            yield self.index.files()
        self.jobs.start()

    def _own(self) -> Path:
        own = self.index.roots.own or self.jobs.state.folder
        if own is None:
            raise PagelightError("No folder of documents is chosen yet.")
        return own

    def _checked(self, name: str) -> str:
        if name == ROOT_COLLECTION or name not in self.names():
            raise PagelightError(
                "There is no folder {name}.", hint="Load the page again.", name=name
            )
        return name

    def _free(self, name: str) -> str:
        name = usable_name(name)
        taken = self.index.source_folders.all()
        if name in taken or os.path.lexists(self._own() / name):
            raise PagelightError("There is a {name} already.", hint="Take another name.", name=name)
        if is_left_out(name):
            raise PagelightError("{name} would not be read.", hint="Take another name.", name=name)
        return name

    def _watchable(self, folder: Path) -> Path:
        if not folder.is_absolute() or not folder.is_dir():
            raise PagelightError(
                "There is no folder {folder} on the machine that Pagelight runs on.",
                hint="Say its whole path.",
                folder=folder,
            )
        place = folder.resolve()
        if not self.may_watch(place):
            raise PagelightError(
                "{folder} may not be watched from here.",
                hint="Who runs Pagelight names the folders that may be, in RAG_FOLDERS.",
                folder=folder,
            )
        others = [self._own(), self.index.workspace, *self.index.source_folders.all().values()]
        for other in (one.resolve() for one in others):
            if place.is_relative_to(other) or other.is_relative_to(place):
                raise PagelightError(
                    "{folder} and {other} lie in each other.",
                    hint="Choose another folder.",
                    folder=folder,
                    other=other,
                )
        if self.people is not None:
            self.people.check_apart(place)
        if is_workspace(place):
            raise PagelightError(
                "{folder} is a workspace of Pagelight.", hint="Choose another.", folder=folder
            )
        return place

    def _put_away(self, name: str) -> None:
        day = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(self.now()))
        with _disk_errors(name):
            own = require_here(self._own())
            place = own / REMOVED
            place.mkdir(exist_ok=True)
            (own / name).rename(place / f"{name} {day}")


def _problem(place: Path) -> str:
    try:
        with os.scandir(place):
            return ""
    except OSError as error:
        return f"{place} can't be read: {error.strerror or error}."


@contextmanager
def _disk_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PagelightError(
            "{name} could not be changed: {why}.",
            hint="Check the disk and the folder's permissions.",
            name=name,
            why=error.strerror or error,
        ) from error

"""Collections: the folders at the top of what is read, and further folders watched beside them.

A document belongs to the collection that its source begins with. Made, renamed, removed and filled
here, on the disk and in the index at once; who may see one goes on seeing it by its new name.
Knows folders, the index and the users file; knows no HTML and no HTTP.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.discovery.discover import is_left_out
from ingest.remote.address import room_of
from pagelight.services.accounts.keeping import PeopleFile
from pagelight.services.jobs.folder_names import (
    below,
    collection_of,
    folders_at,
    lies_in_one,
    problem_of,
    require_here,
    usable_name,
)
from pagelight.services.jobs.jobs import Jobs
from rag.datamodel import ROOT_COLLECTION
from rag.errors import PagelightError
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.storage.files.folder import is_workspace
from rag.storage.workspace.store import WorkspaceIndex

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
    """Return what tells whether those who administer may have a folder watched.

    Where all who get here own the machine's account anyway, any folder may be.
    """
    if not settings.users and not settings.password:
        return lambda _: True
    allowed = [Path(one.strip()).expanduser() for one in settings.folders.split(",") if one.strip()]
    return lambda folder: any(folder.is_relative_to(one.resolve()) for one in allowed)


class Collections:
    """Those of one workspace. Every change raises PagelightError where it can't be made.

    `people` is the users file, if there is one; `may_watch` says whether a folder of this machine
    may be read beside the own one.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        jobs: Jobs,
        *,
        people: PeopleFile | None = None,
        may_watch: Callable[[Path], bool] = lambda _: True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._jobs = jobs
        self._people = people
        self._may_watch = may_watch
        self._now = now

    def names(self) -> list[str]:
        """Return the names of all that there are; that of the files beside the folders first."""
        own = self._index.roots.own or self._jobs.state.folder
        folders = self._folders(own) if own is not None else set()
        return [ROOT_COLLECTION, *sorted(folders | self._index.source_folders.all().keys())]

    def all(self) -> list[CollectionView]:
        records, extra = self._index.documents(), self._index.source_folders.all()
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
                problem=self._problem(name),
            )
            for name in self.names()
        ]

    def _problem(self, name: str) -> str:
        """Say why a collection can't be looked at; of one at an address, each look says it."""
        extra = self._index.source_folders.all()
        if name not in extra and room_of(self._own()):
            return ""
        return problem_of(extra.get(name) or self._own() / name)

    def _folders(self, own: Path) -> set[str]:
        """Return the folders at the top; of an address, those that something was read from."""
        if room_of(own) is None:
            return {path.name for path in folders_at(own)}
        sources, files = self._sources()
        return {collection_of(source, files) for source in sources} - {ROOT_COLLECTION}

    def _sources(self) -> tuple[set[str], set[str]]:
        every = {source for record in self._index.documents() for source in record.sources}
        return every, {source for source in every if "/" not in source}

    def sources(self, name: str) -> list[str]:
        """Return the files of a collection, those in archives aside, by name."""
        every, files = self._sources()
        return sorted(
            source
            for source in every
            if collection_of(source, files) == name and not lies_in_one(source, every)
        )

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
        self._index.source_folders.put(name, place)
        self._jobs.start()
        return name

    def rename(self, name: str, other: str) -> str:
        """Give a collection another name; return it as it is kept."""
        extra = self._checked(name) in self._index.source_folders.all()
        other = self._free(other)
        with self._changing() as former:
            if extra:
                self._index.source_folders.rename(name, other)
            else:
                with _disk_errors(name):
                    own = require_here(self._own())
                    (own / name).rename(own / other)
            moved = {s: other + s.removeprefix(name) for s in below(name, former)}
            self._index.move_files(moved, folder=(f"{name}/", f"{other}/"))
            if self._people is not None:
                self._people.rename_collection(name, other)
        return other

    def remove(self, name: str) -> None:
        """Take a collection out of the index. No file is erased.

        A folder that was watched beside the others stays as it is; else its files lie in `REMOVED`.
        """
        extra = self._checked(name) in self._index.source_folders.all()
        with self._changing() as former:
            if extra:
                self._index.source_folders.remove(name)
            else:
                self._put_away(name)
            gone = below(name, former)
            self._index.remove_sources(gone)
            self._index.left_out.remove([*gone, *below(name, self._index.left_out.sources())])
            if self._people is not None:
                self._people.rename_collection(name, None)

    def move(self, sources: Sequence[str], into: str) -> int:
        """Move files into a collection; return how many were. One that can't be ends it."""
        if into not in self.names():
            raise PagelightError(
                "There is no collection {name}.", hint="Load the page again.", name=into
            )
        with self._changing() as former:
            for source in sources:
                self._move(source, into, former)
        return len(sources)

    def _move(self, source: str, into: str, former: Mapping[str, FileRecord]) -> None:
        file_name = source.rpartition("/")[2]
        target = file_name if into == ROOT_COLLECTION else f"{into}/{file_name}"
        here, there = self._index.roots.place(source), self._index.roots.place(target)
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
        self._index.move_files({source: target, **inside})

    @contextmanager
    def _changing(self) -> Iterator[Mapping[str, FileRecord]]:
        """Lend the files as they are, while nothing is read; afterwards the folders are read."""
        with self._jobs.held_off():
            yield self._index.files()
        self._jobs.start()

    def _own(self) -> Path:
        own = self._index.roots.own or self._jobs.state.folder
        if own is None:
            raise PagelightError("No folder of documents is chosen yet.")
        return own

    def _checked(self, name: str) -> str:
        if name == ROOT_COLLECTION or name not in self.names():
            raise PagelightError(
                "There is no collection {name}.", hint="Load the page again.", name=name
            )
        return name

    def _free(self, name: str) -> str:
        name = usable_name(name)
        taken = self._index.source_folders.all()
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
        if not self._may_watch(place):
            raise PagelightError(
                "{folder} may not be watched from here.",
                hint="Who runs Pagelight names the folders that may be, in RAG_FOLDERS.",
                folder=folder,
            )
        others = [self._own(), self._index.workspace, *self._index.source_folders.all().values()]
        for other in (one.resolve() for one in others):
            if place.is_relative_to(other) or other.is_relative_to(place):
                raise PagelightError(
                    "{folder} and {other} lie in each other.",
                    hint="Choose another folder.",
                    folder=folder,
                    other=other,
                )
        if self._people is not None:
            self._people.check_apart(place)
        if is_workspace(place):
            raise PagelightError(
                "{folder} is a workspace of Pagelight.", hint="Choose another.", folder=folder
            )
        return place

    def _put_away(self, name: str) -> None:
        day = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(self._now()))
        with _disk_errors(name):
            own = require_here(self._own())
            place = own / REMOVED
            place.mkdir(exist_ok=True)
            (own / name).rename(place / f"{name} {day}")


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

"""The files of a corpus folder, and what each of them is. Knows no format's inside.

Hidden files, lock and temporary files and workspaces are left out without a word. A link is
followed only inside the folder, and only where its target is not found anyway.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from operator import attrgetter, itemgetter
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final, Protocol

from ingest.discovery.formats import FAMILIES
from ingest.discovery.media_type import media_type_of
from rag.datamodel import FileVersion, SourceFile, version_fields
from rag.errors import LimitError, PagelightError, PassingError
from rag.opening import open_regular
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings
from rag.storage.files.folder import LEDGER_NAME, STAMP_NAME, is_workspace

_OF_WORKSPACES: Final = frozenset({LEDGER_NAME, STAMP_NAME})
_LEFT_OUT_PREFIXES: Final = (".", "~$")
_LEFT_OUT_SUFFIXES: Final = ("~", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download")
_LEFT_OUT_NAMES: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx", "__pycache__"})

_NOT_THERE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""Errors by which a system says that there is no such file; any other is trouble with the disk."""

FOLDERS_AT_A_TIME: Final = 16
"""A thread lists so many of many folders: to hand over takes longer than to list a small one."""

NO_EXTRA: Final[Mapping[str, Path]] = MappingProxyType({})

RECORDED: Final = tuple(suffix for each in FAMILIES["recordings"] for suffix in each.suffixes)

_Place = tuple[str, str]
"""A path, and the source that stands for it."""


class DiskEntry(Protocol):
    """What a folder holds: `os.DirEntry`."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    def is_symlink(self) -> bool: ...
    def is_dir(self, *, follow_symlinks: bool = True) -> bool: ...


class Disk:
    """Lists folders, and has files at their paths while they are read; this is of this machine."""

    def scandir(self, path: str, /) -> AbstractContextManager[Iterator[DiskEntry]]:
        return os.scandir(path)

    def stat(self, path: str, /) -> os.stat_result:
        return os.stat(path)  # noqa: PTH116 - as it came

    def open_for_reading(self, path: str, /) -> AbstractContextManager[None]:
        """Have a file at its path. Raises UnsteadyError where it can't be, as it is, for now."""
        del path
        return nullcontext()

    def forget(self, paths: Iterable[Path], /) -> None:
        """Let go of what is cached of files that were removed."""


LOCAL_DISK: Final = Disk()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile(FileVersion):
    """A file of a folder: `source` is its path inside `root`, below the name of one beside it."""

    path: str
    source: str
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """What is not looked into, and why; `unseen`: nothing tells what is there no more."""

    source: str
    reason: str
    unseen: bool = False


class ClosedFileError(PassingError):
    """Raised for a file that the system does not let us open: it is tried at each ingest."""

    @classmethod
    def of(cls, error: OSError) -> ClosedFileError:
        reason = f"The file can't be opened ({error.strerror or error})."
        return cls(reason, hint="The next ingest tries again.")


class Tell(Protocol):
    """Tells a file's media type, as `media_type_of` does; raises SourceError, OSError."""

    def __call__(self, path: Path, *, name: str) -> str: ...


def scan(
    root: Path,
    *,
    extra: Mapping[str, Path] = NO_EXTRA,
    disk: Disk = LOCAL_DISK,
    progress: Progress = NO_PROGRESS,
    at_once: int = 1,
) -> tuple[list[FoundFile], list[SkippedFile]]:
    """Return the files under `root` and what was skipped, both sorted by source.

    The `extra` folders are looked into, too, each under its name; one that can't be reached is
    skipped as unseen. Folders are listed on `at_once` threads. `progress` is told of each
    that is found; how many there are is not known. Raises PagelightError where `root` is no folder,
    or can't be listed to its end.
    """
    with ThreadPoolExecutor(at_once, thread_name_prefix="scan") as pool:
        own = _checked_root(root, disk)
        folder = _Folder(root=own, disk=disk, progress=progress, pool=pool, taken=frozenset(extra))
        progress.begin("Looking through the folder", 0)
        folder.look()
        folders = [folder]
        for name, place in extra.items():
            other = _Folder(root=place, disk=disk, progress=progress, pool=pool, name=name)
            other.look_into_extra()
            folders.append(other)
    by_source = attrgetter("source")
    found = sorted((f for each in folders for f in each.found.values()), key=by_source)
    return found, sorted((s for each in folders for s in each.skipped), key=by_source)


def identify(found: FoundFile, *, settings: Settings, tell: Tell = media_type_of) -> SourceFile:
    """Hash a file and tell its media type. Raises SourceError (LimitError) with the reason.

    To tell a type, files are opened: for those of strangers let a child process `tell`.
    """
    check_size(found, settings)
    path = Path(found.path)
    try:
        with open_regular(path, below=Path(found.root)) as stream:
            media_type = tell(path, name=found.source)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ClosedFileError.of(error) from error
    return SourceFile(**asdict(found), sha256=sha256, media_type=media_type)


def check_size(found: FoundFile, settings: Settings) -> None:
    """Raise LimitError where a file is too large; of recordings a part at a time is read."""
    longer = is_recording(found.source)
    max_mb = settings.recording_mb if longer else settings.file_mb
    if found.size_bytes > max_mb * 1_000_000:
        raise LimitError(
            f"The file has {found.size_bytes // 1_000_000} MB; the limit is {max_mb} MB.",
            hint="Raise RAG_RECORDING_MB." if longer else "Raise RAG_FILE_MB.",
        )


def is_recording(name: str) -> bool:
    """Say whether a file is named as a recording."""
    return PurePath(name).suffix.lower() in RECORDED


def around(source: str) -> Iterator[str]:
    """Yield the folders that a source lies in, the inner ones first, the root (`""`) last."""
    while source:
        source = source.rpartition("/")[0]
        yield source


def lies_in(source: str, unseen: Collection[str]) -> bool:
    """Say whether a source is one of the files and folders `unseen`, or lies below one of them."""
    return bool(unseen) and any(each in unseen for each in (source, *around(source)) if each)


def _checked_root(root: Path, disk: Disk) -> Path:
    try:
        status = disk.stat(os.fspath(root))
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise _unlisted(root, error) from error
        raise PagelightError(f"There is no folder {root}.", hint="Check the path.") from error
    if not stat.S_ISDIR(status.st_mode):
        raise PagelightError(f"{root} is a file.", hint="Name the folder that holds it.")
    return root.resolve()


def _unlisted(root: Path, error: OSError) -> PagelightError:
    return PagelightError(
        f"The folder {root} can't be listed ({error.strerror}).",
        hint="Check its drive and permissions; what was read of it stays in the index.",
    )


@dataclass(slots=True, kw_only=True)
class _Folder:
    """One walk: real files first, then the links that lead to anything not yet found."""

    root: Path
    disk: Disk
    progress: Progress
    pool: ThreadPoolExecutor
    name: str = ""  # that of a folder beside another
    taken: Collection[str] = ()  # such names, in the other one
    found: dict[str, FoundFile] = field(default_factory=dict)  # by real path
    skipped: list[SkippedFile] = field(default_factory=list)
    reported: int = 0
    walked: set[str] = field(default_factory=set)
    links: list[_Place] = field(default_factory=list)

    def look(self) -> None:
        """Take all of it. Raises PagelightError where the root can't be listed."""
        self._walk(self.root, f"{self.name}/" if self.name else "")
        while self.links:  # in the order of sources, then those that were found that way
            links, self.links = sorted(self.links, key=itemgetter(1)), []
            for path, source in links:
                self._follow(path, source)

    def look_into_extra(self) -> None:
        """Take all of it; where the root can't be reached, it is unseen."""
        try:
            self.root = _checked_root(self.root, self.disk)
        except PagelightError:
            reason = f"The folder {self.root} can't be reached; what was read of it stays."
            self._unseen(self.name, reason)
        else:
            self.look()

    def _walk(self, folder: Path, prefix: str) -> None:
        """Take the real files of `folder` and below; remember links for later."""
        level: list[_Place] = [(os.fspath(folder), prefix)]
        while level:
            fresh = [place for place in level if place[0] not in self.walked]
            self.walked.update(path for path, _ in fresh)
            level = []
            size = min(FOLDERS_AT_A_TIME, 1 + len(fresh) // FOLDERS_AT_A_TIME)
            some = [fresh[at : at + size] for at in range(0, len(fresh), size)]
            mapped = self.pool.map if len(some) > 1 else map
            for below in mapped(self._below, some):
                level += below
                self.progress.advance(len(self.found) - self.reported)
                self.reported = len(self.found)

    def _below(self, folders: Sequence[_Place]) -> list[_Place]:
        """Return the folders in some; their files are taken."""
        return [
            (entry.path, source)
            for path, prefix in folders
            for entry, source in self._entries(path, prefix)
        ]

    def _follow(self, path: str, source: str) -> None:
        """Take what a link leads to."""
        try:
            target = os.path.realpath(path)
            if not Path(target).is_relative_to(self.root):
                self._skip(source, "The link leads outside the folder and is not followed.")
            elif stat.S_ISDIR(self.disk.stat(target).st_mode):
                self._walk(Path(target), f"{source}/")
            elif target not in self.found:
                self._take(target, source)
        except OSError as error:
            if error.errno in _NOT_THERE:
                self._skip(source, "The link leads nowhere.")
            else:
                self._unseen(source, f"The link can't be followed ({error.strerror}).")

    def _entries(self, folder: str, prefix: str) -> Iterator[tuple[DiskEntry, str]]:
        """Yield the folders in `folder`; its files are taken."""
        for entry in self._listed(folder, prefix):
            source = prefix + entry.name
            if source in self.taken:
                self._skip(source, "Another folder is watched under this name. Rename one of them.")
                continue
            try:
                is_link, is_folder = entry.is_symlink(), entry.is_dir(follow_symlinks=False)
            except OSError as error:
                self._unseen(source, f"The file can't be read ({error.strerror}).")
                continue
            if is_link:
                self.links.append((entry.path, source))
            elif is_folder:
                yield entry, f"{source}/"
            else:
                self._take(entry.path, source)

    def _listed(self, folder: str, prefix: str) -> list[DiskEntry]:
        """List what is not left out, in order. Raises PagelightError where the root breaks off."""
        try:
            with self.disk.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not prefix:
                raise _unlisted(self.root, error) from error
            self._unseen(prefix.rstrip("/"), f"The folder can't be listed ({error.strerror}).")
            return []
        names = {entry.name for entry in listed}
        if prefix and names >= _OF_WORKSPACES:
            is_here = (Path(folder) / LEDGER_NAME).exists()  # of a server's the names say it
            if not is_here or is_workspace(Path(folder)):
                reason = "This is a workspace of Pagelight; it is not read."
                self._unseen(prefix.rstrip("/"), reason)
                return []
        return [entry for entry in listed if not is_left_out(entry.name)]

    def _take(self, path: str, source: str) -> None:
        try:
            status = self.disk.stat(path)
        except OSError as error:
            unseen = error.errno not in _NOT_THERE
            self._skip(source, f"The file can't be read ({error.strerror}).", unseen=unseen)
            return
        if not stat.S_ISREG(status.st_mode):
            self._skip(source, "This is no ordinary file (a pipe, socket or device).")
        elif source.encode(errors="ignore").decode() != source:
            self._skip(source, "The file's name is not valid text (UTF-8). Rename it.")
        else:
            self.found[path] = FoundFile(
                path=path, source=source, root=os.fspath(self.root), **version_fields(status)
            )

    def _unseen(self, source: str, reason: str) -> None:
        self._skip(source, reason, unseen=True)

    def _skip(self, source: str, reason: str, *, unseen: bool = False) -> None:
        shown = source.encode("utf-8", errors="replace").decode()
        self.skipped.append(SkippedFile(source=shown, reason=reason, unseen=unseen))


def is_left_out(name: str) -> bool:
    """Tell whether files and folders of this name are left out without a word."""
    lower = name.lower()
    return (
        name.startswith(_LEFT_OUT_PREFIXES)
        or lower.endswith(_LEFT_OUT_SUFFIXES)
        or lower in _LEFT_OUT_NAMES
    )

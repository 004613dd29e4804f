"""The files of a corpus folder, and what each of them is. Knows no format's inside.

Hidden files, lock and temporary files and workspaces are left out without a word. A link is
followed only inside the folder, and only where its target is not found anyway.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ingest.media_type import media_type_of
from rag.datamodel import SourceFile
from rag.errors import LimitError, PagelightError, SourceError
from rag.settings import Settings

WORKSPACE_MARK: Final = "ledger.sqlite"
"""A folder that holds this is a workspace of ours."""

_LEFT_OUT_PREFIXES: Final = (".", "~$")
_LEFT_OUT_SUFFIXES: Final = ("~", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download")
_LEFT_OUT_NAMES: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx", "__pycache__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """One file as the folder shows it: `source` is its path inside `root`, with `/`."""

    path: str
    source: str
    root: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """A file or folder that is not looked into, and why."""

    source: str
    reason: str


class ClosedFileError(SourceError):
    """Raised for a file that the system does not let us open: it is tried at each ingest."""

    @classmethod
    def of(cls, error: OSError) -> ClosedFileError:
        return cls(
            f"The file can't be opened ({error.strerror or error}).",
            hint="The next ingest tries again.",
        )


class Tell(Protocol):
    """Tells a file's media type, as `media_type_of` does; raises SourceError, OSError."""

    def __call__(self, path: Path, *, name: str) -> str: ...


def scan(root: Path) -> tuple[list[FoundFile], list[SkippedFile]]:
    """Return the files under `root` and what was skipped, both sorted by source.

    Raises PagelightError where `root` is no folder that can be listed.
    """
    folder = _Folder(_checked_root(root))
    folder.walk(folder.root, "")
    folder.follow_links()
    found = sorted(folder.found.values(), key=lambda file: file.source)
    return found, sorted(folder.skipped, key=lambda file: file.source)


def identify(found: FoundFile, *, settings: Settings, tell: Tell = media_type_of) -> SourceFile:
    """Hash a file and tell its media type. Raises SourceError (LimitError) with the reason.

    To tell a type, files are opened: for those of strangers let a child process `tell`.
    """
    if found.size_bytes > settings.file_mb * 1_000_000:
        raise LimitError(
            f"The file has {found.size_bytes // 1_000_000} MB; the limit is {settings.file_mb} MB.",
            hint="Raise RAG_FILE_MB.",
        )
    path = Path(found.path)
    try:
        media_type = tell(path, name=found.source)
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ClosedFileError.of(error) from error
    return SourceFile(
        path=found.path,
        source=found.source,
        root=found.root,
        sha256=sha256,
        media_type=media_type,
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
    )


def _checked_root(root: Path) -> Path:
    if not root.exists():
        raise PagelightError(f"There is no folder {root}.", hint="Check the path.")
    if not root.is_dir():
        raise PagelightError(f"{root} is a file.", hint="Name the folder that holds it.")
    try:
        with os.scandir(root) as entries:
            next(entries, None)
    except OSError as error:
        raise PagelightError(f"The folder {root} can't be listed ({error.strerror}).") from error
    return root.resolve()


class _Folder:
    """One walk: real files first, then the links that lead to anything not yet found."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: dict[str, FoundFile] = {}  # by real path
        self.skipped: list[SkippedFile] = []
        self._walked: set[str] = set()
        self._links: list[tuple[str, str]] = []  # path, source

    def walk(self, folder: Path, prefix: str) -> None:
        """Take the real files of `folder` and below; remember links for later."""
        waiting = [(os.fspath(folder), prefix)]
        while waiting:
            path, source = waiting.pop()
            if path in self._walked:
                continue
            self._walked.add(path)
            waiting += [(entry.path, name) for entry, name in self._entries(path, source)]

    def follow_links(self) -> None:
        while self._links:
            path, source = self._links.pop(0)
            target = Path(path).resolve()
            if not target.exists():
                self._skip(source, "The link leads nowhere.")
            elif not target.is_relative_to(self.root):
                self._skip(source, "The link leads outside the folder and is not followed.")
            elif target.is_dir():
                self.walk(target, f"{source}/")
            elif os.fspath(target) not in self.found:
                self._take(os.fspath(target), source)

    def _entries(self, folder: str, prefix: str) -> Iterator[tuple[os.DirEntry[str], str]]:
        """Yield the folders in `folder`; its files are taken."""
        for entry in self._listed(folder, prefix):
            source = prefix + entry.name
            if entry.is_symlink():
                self._links.append((entry.path, source))
            elif entry.is_dir(follow_symlinks=False):
                yield entry, f"{source}/"
            else:
                self._take(entry.path, source)

    def _listed(self, folder: str, prefix: str) -> list[os.DirEntry[str]]:
        """List `folder` in order, without what is left out; nothing where it is a workspace."""
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._skip(prefix.rstrip("/"), f"The folder can't be listed ({error.strerror}).")
            return []
        if prefix and any(entry.name == WORKSPACE_MARK for entry in listed):
            return []
        return [entry for entry in listed if not _is_left_out(entry.name)]

    def _take(self, path: str, source: str) -> None:
        try:
            status = os.stat(path)  # noqa: PTH116 - the path is a string already
        except OSError as error:
            self._skip(source, f"The file can't be read ({error.strerror}).")
            return
        if not stat.S_ISREG(status.st_mode):
            self._skip(source, "This is no ordinary file (a pipe, socket or device).")
        elif not _is_storable(source):
            self._skip(source, "The file's name is not valid text (UTF-8). Rename it.")
        else:
            self.found[path] = FoundFile(
                path=path,
                source=source,
                root=os.fspath(self.root),
                size_bytes=status.st_size,
                mtime_ns=status.st_mtime_ns,
            )

    def _skip(self, source: str, reason: str) -> None:
        shown = source.encode("utf-8", errors="replace").decode()
        self.skipped.append(SkippedFile(source=shown, reason=reason))


def _is_left_out(name: str) -> bool:
    lower = name.lower()
    return (
        name.startswith(_LEFT_OUT_PREFIXES)
        or lower.endswith(_LEFT_OUT_SUFFIXES)
        or lower in _LEFT_OUT_NAMES
    )


def _is_storable(source: str) -> bool:
    try:
        source.encode()
    except UnicodeEncodeError:
        return False
    return True

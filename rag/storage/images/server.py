"""A server of files, reached by fsspec: what lies in a folder, what is known of a file, its bytes.

What is written is there whole, or not at all. Keys are the environment's: what reaches the server
finds them itself, and nothing of ours sees them. Knows fsspec; knows no workspace.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from rag.errors import PagelightError, SettingsError
from rag.storage.files.folder import concerns_disk

if TYPE_CHECKING:
    from fsspec.callbacks import Callback
    from fsspec.spec import AbstractFileSystem

PACKAGES: Final = {"s3": "pagelight[s3]"}
"""What brings fsspec the kind that is tested; of others it says itself what it needs."""

KINDS: Final = (*PACKAGES, "gs", "abfs", "sftp", "smb", "file", "memory")
"""Whose listings tell sizes and times: by them is seen what changed. Those of web servers do not:
of a folder of 32 files one listed 27, without a size (benchmarks/LOG.md)."""

_AT_ONCE: Final = frozenset({"s3", "gs", "abfs", "memory"})
"""Where bytes that are written appear together. Elsewhere a file is written beside its place."""

PART: Final = ".part"
"""Ends the name of a file that is being written."""

_OF_OURS: Final = frozenset({"file", "memory"})
"""Kinds that are no server's: not named to people."""

KEYS: Final = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_QUERY: Final = re.compile(r"\?[^\s\"']*")
"""Of the address that a library tells in its error: what it asked for there."""

_TIMES: Final = ("LastModified", "last_modified", "mtime", "modified", "updated", "created")
_TAGS: Final = ("ETag", "etag", "md5Hash", "checksum")
"""What fsspec's file systems call a file's time of change, and what names its bytes."""

_NETWORK: Final = frozenset(
    {errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ETIMEDOUT}
)
"""What libraries raise under names of their own, with the system's numbers."""


class RemoteError(PagelightError):
    """Raised where an address can't be used at all: it is not there, or refuses, or is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEntry:
    """A file or folder of a server.

    `mtime_ns`: its second is that in which the file changed, 1970 where no server tells; its part
    below a second stands for the bytes' tag, as two versions of one second and size differ in it.
    """

    name: str
    is_folder: bool
    size_bytes: int
    mtime_ns: int


def checked_address(text: str) -> str:
    """Return an address in its one form. Raises SettingsError, which repeats no key."""
    parts = urlsplit(text)
    if parts.password is not None or parts.query:
        raise SettingsError(
            f"The address {parts.scheme}://…{parts.path} holds a password or a key.",
            hint="It would be stored. Leave it out: the environment holds the keys.",
        )
    place = parts.path if parts.scheme == "file" else parts.netloc
    if not parts.scheme or not place.strip("/"):
        raise SettingsError(f"The address {text} names no place.", hint="As s3://bucket/reports.")
    return text.rstrip("/")


class FileServer:
    """What is behind an address. RemoteError concerns all of it, OSError one file or folder."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._reached: tuple[AbstractFileSystem, str] | None = None

    def root(self) -> list[RemoteEntry]:
        """Return what lies in the address itself. Raises RemoteError where it can't be listed."""
        try:
            return self.folder("")
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise RemoteError(
                    f"There is nothing at {self.address}.",
                    hint="Check the name; what was read of it before stays in the index.",
                ) from error
            raise RemoteError(
                f"{self.address} may not be read: {error.strerror}.",
                hint=f"Check the keys ({KEYS}).",
            ) from error

    def folder(self, inside: str) -> list[RemoteEntry]:
        """Return what lies in a folder of the address, by its path there ("" is the address)."""
        files, path = self._at(inside)
        with self._as_disk_errors():
            files.invalidate_cache()  # what came since is to be seen
            entries = files.ls(path, detail=True)
        if [each["name"].strip("/") for each in entries] == [path.strip("/")] and not inside:
            raise RemoteError(f"{self.address} is a file.", hint="Name the folder that holds it.")
        named = [(each, each["name"].removeprefix(path.rstrip("/") + "/")) for each in entries]
        # Consoles of buckets keep an empty object `folder/` for each folder that is made in them.
        return [
            _remote_entry(each, name)
            for each, name in named
            if name.strip("/") or each["type"] != "file"
        ]

    def file(self, inside: str) -> RemoteEntry:
        """Return what is known of a file now."""
        files, path = self._at(inside)
        with self._as_disk_errors():
            files.invalidate_cache()
            info = files.info(path)
        return _remote_entry(info, path.rpartition("/")[2])

    def fetch(self, inside: str, target: Path, *, max_bytes: int) -> None:
        """Write the bytes of a file to `target`. Raises OSError for one that has more of them."""
        files, path = self._at(inside)
        with self._as_disk_errors():
            files.get_file(path, os.fspath(target), callback=_bounded(max_bytes))

    def below(self) -> dict[str, RemoteEntry]:
        """Return all files below the address by their paths in it; none where it is not there."""
        files, root = self._at("")
        try:
            with self._as_disk_errors():
                files.invalidate_cache()
                files_below = files.find(root, detail=True)
                files.invalidate_cache()  # which holds all of it once more
        except FileNotFoundError:
            return {}
        beginning = files._strip_protocol(root).rstrip("/") + "/"  # noqa: SLF001 - fsspec's own form of paths
        return {
            path.removeprefix(beginning): _remote_entry(each, path.rpartition("/")[2])
            for path, each in files_below.items()
            if path.startswith(beginning)
        }

    def read(self, inside: str, *, max_bytes: int) -> bytes:
        """Return the first bytes of a file."""
        files, path = self._at(inside)
        with self._as_disk_errors():
            files.invalidate_cache()
            data: bytes = files.cat_file(path, start=0, end=max_bytes)
        return data

    def write(self, inside: str, data: bytes) -> None:
        """Let a file hold these bytes: all of them, or those that it held before."""
        files, path = self._at(inside)
        with self._as_disk_errors():
            if self._kind in _AT_ONCE:
                files.pipe_file(path, data)
            else:
                _write_part(files, path, data)

    def delete(self, inside: Collection[str]) -> None:
        """Delete files; those that are not there are deleted already."""
        files, root = self._at("")
        paths = [f"{root}/{each}" for each in inside]
        with self._as_disk_errors():
            if self._kind == "s3" and paths:
                files.rm(paths)  # a thousand with each request
                return
            for path in paths:
                with suppress(FileNotFoundError):
                    files.rm_file(path)

    @property
    def _kind(self) -> str:
        return self.address.partition("://")[0]

    def _at(self, inside: str) -> tuple[AbstractFileSystem, str]:
        self._reached = self._reached or self._reach()
        files, root = self._reached
        return files, f"{root}/{inside}" if inside else root

    def _reach(self) -> tuple[AbstractFileSystem, str]:
        import fsspec  # noqa: PLC0415 - only where an address is read

        kind = self._kind
        if kind not in KINDS:
            read = ", ".join(f"{one}://" for one in KINDS if one not in _OF_OURS)
            raise RemoteError(f"Folders at {kind}:// are not read.", hint=f"Those at {read} are.")
        try:
            reached: tuple[AbstractFileSystem, str] = fsspec.core.url_to_fs(
                self.address, skip_instance_cache=True
            )
        except ImportError as error:
            package = PACKAGES.get(kind)
            hint = f"Run: pip install '{package}'" if package else f"{error}."
            raise RemoteError(f"What reads {kind}:// is not installed.", hint=hint) from error
        except ValueError as error:
            raise RemoteError(f"{self.address} can't be read: {error}.") from error
        return reached

    @contextmanager
    def _as_disk_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> RemoteError | OSError:
        """Return what a library's error means: for one file or folder, or for all of them."""
        if isinstance(error, RemoteError):
            return error
        if isinstance(error, FileNotFoundError):
            return FileNotFoundError(errno.ENOENT, "it is not there any more")
        if isinstance(error, PermissionError):
            return PermissionError(errno.EACCES, f"the server refuses it: {error}".rstrip(". "))
        if isinstance(error, OSError) and not _is_network(error):
            message = error.strerror or str(error)
            return error if concerns_disk(error) else OSError(errno.EIO, message.rstrip(". "))
        if type(error).__name__ == "NoCredentialsError":
            return RemoteError(f"There are no keys for {self.address}.", hint=f"Set {KEYS}.")
        said = _QUERY.sub("", str(error).strip()) or type(error).__name__
        return RemoteError(
            f"{self.address} can't be reached: {said.rstrip('.')}.",
            hint="Check the network and the server; what was read before stays in the index.",
        )


def _write_part(files: AbstractFileSystem, path: str, data: bytes) -> None:
    files.makedirs(path.rpartition("/")[0], exist_ok=True)
    part = f"{path}.{secrets.token_hex(4)}{PART}"
    try:
        files.pipe_file(part, data)
        files.mv(part, path)
    except BaseException:
        with suppress(Exception):
            files.rm_file(part)
        raise


def _bounded(max_bytes: int) -> Callback:
    """Return what fsspec tells of bytes that came, and which ends it where they are too many."""
    from fsspec.callbacks import Callback  # noqa: PLC0415 - as above

    class Bounded(Callback):  # type: ignore[misc]  # fsspec has no types
        def relative_update(self, inc: int = 1) -> None:
            super().relative_update(inc)
            if self.value > max_bytes:
                raise OSError(errno.EIO, "it is larger than it was listed")

    return Bounded()


def _is_network(error: OSError) -> bool:
    known = isinstance(error, ConnectionError | TimeoutError | socket.gaierror)
    return known or error.errno in _NETWORK


def _remote_entry(info: Mapping[str, Any], name: str) -> RemoteEntry:
    time = next((info[key] for key in _TIMES if info.get(key)), 0)
    if isinstance(time, str):
        try:
            time = dt.datetime.fromisoformat(time)
        except ValueError:
            time = 0
    second = int(time.timestamp() if isinstance(time, dt.datetime) else time)
    tag = next((str(info[key]) for key in _TAGS if info.get(key)), "").strip('"')
    digest = hashlib.sha256(tag.encode()).digest()
    part = int.from_bytes(digest[:8], "big") % 1_000_000 if tag else 0
    return RemoteEntry(
        name=name,
        is_folder=info["type"] == "directory",
        size_bytes=int(info.get("size") or 0),
        mtime_ns=second * 1_000_000_000 + part * 1_000,
    )

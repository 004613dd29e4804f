"""The child process that downloads one model: the only code that ever asks a model hub.

Is given the model as JSON and the store, writes how far it is as JSON, a line at a time, or what
has `failed` as a sentence for the person. A process of its own, because huggingface_hub decides on
import whether it is offline, and the program itself always is. What was fetched stays when it is
killed at any moment; the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from rag.decoding import decoded
from rag.errors import ModelError
from rag.models.registry.downloads import Manifest, ModelStore, StoredFile, finish
from rag.models.registry.model_table import HubModel

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from huggingface_hub.hf_api import ModelInfo

WANTED: Final = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "LICENSE*", "NOTICE*")
"""Weights as safetensors, settings, tokenizers, licences. Never pickles or programs."""

UNWANTED: Final = ("onnx/*", "openvino/*", "original/*", "consolidated*", "pytorch_model*", ".*")
IMAGE_TENSORS: Final = "open_clip_*.safetensors"
PARTIAL: Final = ".part"
HASH: Final = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a repository, with the hash that the hub's API gives.

    `sha256` is that of its bytes where it is stored as a large file; else `git` is the SHA-1 of
    the git object that holds it.
    """

    name: str
    size_bytes: int
    sha256: str
    git: str

    def part_in(self, folder: Path) -> Path:
        """Return where it grows; what another revision left there is not gone on with."""
        return folder / f"{self.name}.{(self.sha256 or self.git)[:12]}{PARTIAL}"

    def is_at(self, path: Path) -> bool:
        """Whether a file is there, and is this one, byte for byte."""
        if _size(path) != self.size_bytes or not path.is_file():
            return False
        kind, head = ("sha256", b"") if self.sha256 else ("sha1", b"blob %d\0" % self.size_bytes)
        begun = hashlib.new(kind, head, usedforsecurity=False)  # git's: Pro Git, 10.2
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: begun).hexdigest() == (self.sha256 or self.git)


def _say(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


class _CountedFile(io.FileIO):
    def __init__(self, path: Path, count: Callable[[int], None]) -> None:
        super().__init__(path, "ab")
        self._count = count

    def write(self, data: ReadableBuffer, /) -> int:
        written = super().write(data)
        self._count(written)
        return written

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        """Go back: a server that can't go on begins anew."""
        self._count(position - self.tell())
        return super().seek(position, whence)


def fetch(model: HubModel, store: ModelStore) -> None:
    """Bring a model of the hub into the store. Raises ModelError with what went wrong."""
    from huggingface_hub import HfApi, hf_hub_url

    folder = store.unfinished(model.name)
    info = HfApi().model_info(model.repository, revision=model.revision, files_metadata=True)
    files = _chosen(info, images=model.part == "images")
    lacking = [file for file in files if not file.is_at(folder / file.name)]
    begun = sum(_size(file.part_in(folder)) for file in lacking)
    total = sum(file.size_bytes for file in files)
    left = sum(file.size_bytes for file in lacking) - begun
    store.check_space(model.name, left)
    done = 0

    def count(size_bytes: int) -> None:
        nonlocal done
        done += size_bytes
        _say(done_bytes=done, total_bytes=total)

    count(total - left)
    for file in lacking:
        url = hf_hub_url(model.repository, file.name, revision=info.sha)
        _bring(url, file, folder, count)
    stored = tuple(StoredFile(name=file.name, size_bytes=file.size_bytes) for file in files)
    manifest = Manifest(repository=model.repository, revision=str(info.sha), files=stored)
    wanted = {folder / file.name for file in files}
    for path in folder.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    finish(folder, store.path(model.name), manifest)


def _chosen(info: ModelInfo, *, images: bool) -> list[RemoteFile]:
    """Return the files to fetch, small before large; raise ModelError where no weights are."""
    files = [
        RemoteFile(
            name=sibling.rfilename,
            size_bytes=sibling.size or 0,
            sha256=sibling.lfs.sha256 if sibling.lfs else "",
            git=sibling.blob_id or "",
        )
        for sibling in info.siblings or ()
        if is_wanted(sibling.rfilename, images=images)
    ]
    unnamed = [file.name for file in files if not HASH.fullmatch(file.sha256 or file.git)]
    if unnamed:
        raise ModelError(f"The hub tells no hash of {unnamed[0]}, so it can't be verified.")
    if not any(file.name.endswith(".safetensors") for file in files):
        raise ModelError(f"{info.id} holds no weights as safetensors; other formats are not read.")
    return sorted(files, key=lambda file: file.size_bytes)


def is_wanted(name: str, *, images: bool) -> bool:
    """Whether a file of a repository is fetched. A name that leaves the folder never is."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        return False
    if any(fnmatch(name, pattern) for pattern in UNWANTED):
        return False
    if images and path.suffix == ".safetensors":
        return fnmatch(name, IMAGE_TENSORS)
    return any(fnmatch(path.name, pattern) for pattern in WANTED)


def _bring(url: str, file: RemoteFile, folder: Path, count: Callable[[int], None]) -> None:
    """Download one file, from where an earlier run stopped; it has its name once it is whole."""
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # not in __all__

    part = file.part_in(folder)
    part.parent.mkdir(parents=True, exist_ok=True)
    begun = _size(part)
    # Bytes as they are: a compressed answer can't be gone on with.
    headers = {**build_hf_headers(), "accept-encoding": "identity"}
    with _CountedFile(part, count) as out:
        http_get(url, out, resume_size=begun, headers=headers, expected_size=file.size_bytes)
    if not file.is_at(part):
        part.unlink()
        raise ModelError(
            f"{file.name} came damaged, its hash is not what the hub tells, and was deleted.",
            hint="Try again; the other files stay.",
        )
    part.replace(folder / file.name)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def message_of(error: Exception, repository: str) -> str:
    """Return what went wrong, and what to do, as sentences for the person."""
    import httpx2
    from huggingface_hub import constants, errors

    if isinstance(error, ModelError):
        return str(error)
    where = f"{constants.ENDPOINT}/{repository}"
    if isinstance(error, errors.GatedRepoError):
        return (
            f"The makers of {repository} ask you to accept their terms first. Do so at {where},"
            " then set HF_TOKEN to a token of your account and try again."
        )
    if isinstance(error, errors.RepositoryNotFoundError | errors.RevisionNotFoundError):
        return f"The hub has no {repository}, or not for everybody: see {where}."
    if isinstance(error, errors.HfHubHTTPError) and error.response is not None:
        code = error.response.status_code
        return f"The hub answered {code} for {repository}. Try again later; what came is kept."
    if any(isinstance(cause, httpx2.HTTPError) for cause in _causes(error)):
        return (
            f"The hub {constants.ENDPOINT} can't be reached. Check the network and try again;"
            " what came before is kept."
        )
    if isinstance(error, OSError):
        return f"The download stopped: {error}. Try again; what came is kept."
    raise error


def main() -> None:
    """Serve one request."""
    model = decoded(sys.argv[1], HubModel)
    try:
        fetch(model, ModelStore(Path(sys.argv[2])))
    except Exception as error:  # noqa: BLE001 - told as a sentence, or raised again as a bug
        _say(failed=message_of(error, model.repository))
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()

"""One suffix, fuzzed: `target.py SUFFIX FINDINGS [libFuzzer's options]`; see fuzzing.py above."""

from __future__ import annotations

import hashlib
import io
import sys
import tempfile
import time
import traceback
import zipfile
from pathlib import Path
from random import Random
from typing import Final

import atheris

with atheris.instrument_imports(include=["ingest", "rag"]):
    from ingest.archives import containers
    from ingest.chunking.chunker import chunk_document
    from ingest.discovery import discover
    from ingest.discovery.formats import BY_MEDIA_TYPE
    from ingest.parsers.registry import parser_for
    from rag.errors import PagelightError
    from rag.settings import Settings
    from rag.storage.documents import codec
    from rag.storage.files.members import MemberStore
    from rag.storage.images.assets import AssetStore

    for kind in BY_MEDIA_TYPE:
        parser_for(kind, settings=Settings())  # imports the formats' modules

SLOW_S: Final = 10.0
MAX_MEMBERS: Final = 60
ARCHIVE_SHARE: Final = 0.9
"""Of the changes to an archive, so many are to the content of a member."""

BUDGET: Final = containers.UnpackingBudget(members=100, size_bytes=10_000_000)
SETTINGS: Final = Settings(file_mb=10, archive_mb=10, unpacked_mb=10, image_megapixels=10)


class Target:
    """Reads what the fuzzer makes, and keeps what is neither a document nor a reason."""

    def __init__(self, suffix: str, findings: Path, scratch: Path) -> None:
        self._findings = findings
        self._kind = suffix[1:]
        self._path = scratch / f"a{suffix}"
        self._scratch = scratch

    def __call__(self, data: bytes) -> None:
        self._path.write_bytes(data)
        start_s = time.perf_counter()
        try:
            self._read()
        except PagelightError:
            pass
        except Exception as error:  # noqa: BLE001 - what is looked for
            self._keep(data, _place(error), traceback.format_exc())
        if time.perf_counter() - start_s > SLOW_S:
            self._keep(data, "slow", f"{time.perf_counter() - start_s:.1f} s")

    def _read(self) -> None:
        file = discover.identify(_found(self._path), settings=SETTINGS)
        parser = parser_for(file.media_type, settings=SETTINGS)
        if parser is None:
            return
        assets = AssetStore(self._scratch / "assets", megapixels=SETTINGS.image_megapixels)
        document = parser.parse(file, assets)
        stored = codec.decode_elements(codec.dump(document.elements))
        if stored != document.elements:
            raise AssertionError("what is stored is not what was read")
        "\n".join(element.text for element in document.elements).encode()
        chunk_document(document, count_tokens=lambda text: len(text) // 4 + 2, max_tokens=250)
        if file.media_type in containers.CONTAINERS:
            store = MemberStore(self._scratch / "members")
            containers.unpack(file, store=store, settings=SETTINGS, budget=BUDGET)

    def _keep(self, data: bytes, place: str, told: str) -> None:
        name = hashlib.sha256(place.encode()).hexdigest()[:12]
        path = self._findings / f"{self._kind}-{name}"
        if not path.exists() or path.stat().st_size > len(data):
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(told, "utf-8", errors="replace")


def _place(error: Exception) -> str:
    """Name the kind of an error, and the lines of ours that it passed last."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f[0]]
    return repr((type(error).__name__, [(f.filename, f.lineno) for f in frames[-2:]]))


def _found(path: Path) -> discover.FoundFile:
    return discover.FoundFile(
        path=str(path),
        source=path.name,
        root=str(path.parent),
        size_bytes=path.stat().st_size,
        mtime_ns=1,
    )


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change a member of an archive, which a change of its bytes would only break; else bytes."""
    rng = Random(seed)  # noqa: S311 - no secret
    members = _members(data)
    if not members or rng.random() > ARCHIVE_SHARE:
        return bytes(atheris.Mutate(data, max_size))
    name = rng.choice(sorted(members))
    members[name] = bytes(atheris.Mutate(members[name], max_size // 2))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    made = buffer.getvalue()
    return made if len(made) <= max_size else data[:max_size]


def _members(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            some = archive.infolist()[:MAX_MEMBERS]
            if sum(member.file_size for member in some) > SETTINGS.file_mb * 1_000_000:
                return {}
            return {member.filename: archive.read(member) for member in some}
    except Exception:  # noqa: BLE001 - damaged: its bytes are changed instead
        return {}


def main() -> None:
    suffix, findings = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        target = Target(suffix, findings.resolve(), Path(scratch))
        atheris.Setup([sys.argv[0], *sys.argv[3:]], target, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

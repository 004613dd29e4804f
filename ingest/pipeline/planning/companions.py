"""What documents show or are read with beside their own file, by the hashes of it.

A picture of a note, the subtitles of a recording: where one changes, comes or goes, the document is
to be read again. Knows sources and hashes; opens nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ingest.discovery.references import area_of, referred
from ingest.pipeline.planning.expand import Expansion
from rag.datamodel import Document
from rag.storage.documents.records import FileRecord

Known = Mapping[str, Mapping[str, str]]
"""The hashes of what documents were read with: by document, by the name that they call it."""

NOTHING_KNOWN: Final[Known] = {}


class FileHashes:
    """The hash of each file that is there, or that can't be looked at just now (`stay`)."""

    def __init__(
        self, files: Expansion, former: Mapping[str, FileRecord], stay: Collection[str]
    ) -> None:
        broken = {file.source for file, _ in files.unreadable}
        self._there = (files.sources - broken).union(stay)
        self._file_hashes = {file.source: file.sha256 for file in files.updates}
        self._former = former

    def of(self, source: str) -> str:
        """Return it; "" for a file that is not there."""
        if source not in self._there:
            return ""
        return self._file_hashes.get(source) or self._former[source].sha256

    def sources(self, doc_ids: Collection[str]) -> dict[str, list[str]]:
        """Return where each of these documents lies now, if it does."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for source in self._there if doc_ids else ():
            if (doc_id := self.of(source)) in doc_ids:
                found[doc_id].append(source)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """How all files stand. `hash_of` returns "" for a source that is not there.

    `extra` are the names of folders that are watched beside the own one.
    """

    hash_of: Callable[[str], str]
    extra: Collection[str]
    kept_apart: bool

    def noted(self, document: Document, sources: Iterable[str]) -> Document:
        """Return a document that was read from these sources with the hashes of its companions."""
        known = [one.name for one in document.companions]
        hashes = self._hashes(known, sources)
        companions = tuple(replace(one, sha256=hashes[one.name]) for one in document.companions)
        return replace(document, companions=companions)

    def changed(self, known: Known, sources: Mapping[str, Collection[str]]) -> set[str]:
        """Return the `sources`, of documents, of which a companion is another one now."""
        return {
            source
            for doc_id, all_of_it in sources.items()
            if self._hashes(known[doc_id], all_of_it) != known[doc_id]
            for source in all_of_it
        }

    def _hashes(self, names: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
        by_area: defaultdict[str, list[str]] = defaultdict(list)
        for source in sources:
            by_area[self._area(source)].append(source)
        return {name: self._agreed(name, by_area.values()) for name in names}

    def _agreed(self, name: str, areas: Iterable[Iterable[str]]) -> str:
        """Return the one hash that all areas have under a name, as `LocalFiles` reads it."""
        found = {
            next(filter(None, (self._hash(source, name) for source in sources)), "")
            for sources in areas
        }
        return found.pop() if len(found) == 1 else ""

    def _hash(self, source: str, name: str) -> str:
        target = referred(source, name)
        is_near = target is not None and self._area(target) == self._area(source)
        return self.hash_of(target) if target is not None and is_near else ""

    def _area(self, source: str) -> str:
        is_extra = source.partition("/")[0] in self.extra and "/" in source
        return area_of(source, is_extra=is_extra, kept_apart=self.kept_apart)

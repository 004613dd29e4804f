"""Subtitles as files (SubRip .srt, WebVTT .vtt): alone, or beside the recording they belong to."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from ingest.discovery.encoding import decode_text
from ingest.discovery.sidecars import recordings, sidecars
from ingest.parsers.base.elements import document_of
from ingest.parsers.base.local_files import LocalFiles
from ingest.parsers.media.cues import MAX_CUES, Cue, in_order, read_cues
from ingest.parsers.media.turns import paragraphs
from rag.datamodel import Document, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings


def parse_subtitles(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """SRT and WebVTT (W3C). Beside their recording they hold no words of their own: it has them."""
    path = Path(file.path)
    owners = recordings(path.name, _names(path.parent))
    if owners:
        return document_of(file, (), warnings=[f"its lines are read with {owners[0]}"])
    cues = list(islice(read_cues(decode_text(file.at.read_bytes())), MAX_CUES + 1))
    if not cues:
        raise SourceError("The file holds no subtitles: no line of times was found.")
    beyond = f"only the first {MAX_CUES:,} of its subtitles were read"
    warnings = [beyond] if len(cues) > MAX_CUES else []
    return document_of(file, paragraphs(in_order(cues[:MAX_CUES])), warnings=warnings)


def beside(file: SourceFile, local: LocalFiles) -> list[Cue]:
    """Return the subtitles that lie beside a recording, of the first file that holds some."""
    path = Path(file.path)
    for name in sidecars(path.name, _names(path.parent)):
        data = local.read(name) or b""
        cues = list(islice(read_cues(decode_text(data)), MAX_CUES + 1))
        if cues:
            return cues
    return []


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []

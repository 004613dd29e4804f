"""Words of a cell that are struck, raised or lowered: 10 with a raised 6 is 10^6, never 106."""

from __future__ import annotations

import zipfile
from typing import Final

from lxml import etree

from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked

_FORMATS: Final = (b"strike", b"vertAlign")
_TEXTS: Final = "sharedstrings.xml"
PLACES: Final[dict[str, Place]] = {"superscript": "raised", "subscript": "lowered"}


def rich_texts(archive: zipfile.ZipFile) -> list[str] | None:
    """Return a workbook's shared texts with what formatting says; None where it says nothing."""
    part = next((n for n in archive.namelist() if n.lower().endswith(_TEXTS)), None)
    if part is None or not _is_formatted(archive, part):
        return None
    made: list[str] = []
    with archive.open(part) as source:
        for _, item in etree.iterparse(source, tag="{*}si", resolve_entities=False):
            made.append(_text(item))
            item.clear()
    return made


def _is_formatted(archive: zipfile.ZipFile, part: str) -> bool:
    data = archive.read(part)
    return any(word in data for word in _FORMATS)


def _text(item: etree._Element) -> str:
    runs: list[Run] = []
    for node in item:
        tag = etree.QName(node).localname
        if tag == "t":
            runs.append((node.text or "", PLAIN))
        elif tag == "r":
            runs.append((node.findtext("{*}t") or "", _look(node)))
    return marked(runs)


def _look(run: etree._Element) -> Look:
    align, strike = run.find("{*}rPr/{*}vertAlign"), run.find("{*}rPr/{*}strike")
    place = PLACES.get(align.get("val", ""), "") if align is not None else ""
    is_struck = strike is not None and is_on(strike.get("val"))
    return Look(is_struck, place) if is_struck or place else PLAIN


def is_on(value: str | None) -> bool:
    """Say whether an element that switches something on does so, by its `val`."""
    return value not in {"0", "false"}

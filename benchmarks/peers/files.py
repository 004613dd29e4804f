"""Which files of a folder are compared over: what every library reads by a loader of its own.

PDFs count as text where most of their pages have some, and as scans where none has.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from pypdfium2 import PdfDocument

SUFFIXES: Final = {".csv", ".docx", ".html", ".md", ".txt"}
MIN_CHARS: Final = 20
"""Of a page with text; a number or a stamp is none."""

PAGES_A_SCAN: Final = 4


def copy_texts(folder: Path, target: Path, *, every: int) -> int:
    """Copy every so manieth of the files that hold text, by name; return how many."""
    chosen = [path for path in _files(folder) if _is_text(path)][::every]
    for path in chosen:
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return len(chosen)


def cut_scans(folder: Path, target: Path, *, pages: int) -> int:
    """Write so many pages at most, the first few of each scan, as files; return how many."""
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    for path in _files(folder):
        if path.suffix == ".pdf" and _text_share(path) == 0:
            scan, cut = PdfDocument(path), PdfDocument.new()
            cut.import_pages(scan, list(range(min(len(scan), PAGES_A_SCAN, pages - written))))
            written += len(cut)
            if len(cut):
                cut.save(target / path.name)
    return written


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _is_text(path: Path) -> bool:
    return path.suffix in SUFFIXES or (path.suffix == ".pdf" and _text_share(path) > 1 / 2)


def _text_share(path: Path) -> float:
    pages = PdfDocument(path)
    return sum(page.get_textpage().count_chars() >= MIN_CHARS for page in pages) / len(pages)

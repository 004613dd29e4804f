"""Zip containers (Office files) with fixed dates: the same script writes the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final

WRITTEN: Final = datetime(2026, 3, 2, 9, 0, 0)  # noqa: DTZ001 - the file formats hold no zone
ZIP_DATE: Final = (2026, 3, 2, 9, 0, 0)


def settle(path: Path) -> None:
    """Write the container again with fixed dates, in it and on its entries."""
    path.write_bytes(_settled(path.read_bytes()))


def _settled(container: bytes) -> bytes:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(container)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, date_time=ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, _undated(entry.filename, old.read(entry)))
    return written.getvalue()


def _undated(name: str, content: bytes) -> bytes:
    if name.endswith(".xlsx"):  # a chart carries its data as a workbook
        return _settled(content)
    # openpyxl writes the present time whatever one sets.
    stamp = WRITTEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    dated = rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*"
    return re.sub(dated, rb"\g<1>" + stamp, content) if name == "docProps/core.xml" else content

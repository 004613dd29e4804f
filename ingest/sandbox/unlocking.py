"""Files with a password, opened as they are without it, where a password that was lent fits.

Knows which formats have one of their own; archives take theirs themselves (`ingest.archives`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ingest.archives.outlook import COMPOUND_FILE
from ingest.archives.passwords import lent
from rag.opening import name_of

_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024


@contextmanager
def unlocked(path: Path) -> Iterator[Path]:
    """Lend a copy without a password; the file itself where it has none, or none fits.

    The copy is the person's alone to read, and is gone with the end.
    """
    if not lent():
        yield path
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / name_of(path)
        yield copy if _is_unlocked(path, copy) else path


def _is_unlocked(path: Path, copy: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(_PDF_WITHIN)
    if head.startswith(COMPOUND_FILE):
        return any(_is_office_unlocked(path, copy, password) for password in lent())
    return _PDF in head and any(_is_pdf_unlocked(path, copy, password) for password in lent())


def _is_office_unlocked(path: Path, copy: Path, password: str) -> bool:
    import msoffcrypto  # noqa: PLC0415 - only where passwords are lent
    from msoffcrypto.exceptions import DecryptionError, FileFormatError  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as stream, copy.open("wb") as plain:
            file = msoffcrypto.OfficeFile(stream)
            if not file.is_encrypted():
                return False
            file.load_key(password=password)
            file.decrypt(plain)
    except (DecryptionError, FileFormatError):
        return False
    return True


def _is_pdf_unlocked(path: Path, copy: Path, password: str) -> bool:
    import pypdfium2 as pdfium  # noqa: PLC0415 - only where passwords are lent
    from pypdfium2.raw import FPDF_REMOVE_SECURITY  # noqa: PLC0415 - as above

    from ingest.parsers.pdf.letters.words import PDFIUM  # noqa: PLC0415 - as above

    with PDFIUM:
        try:
            doc = pdfium.PdfDocument(path, password=password)
        except (pdfium.PdfiumError, OSError):
            return False
        try:
            doc.save(copy, flags=FPDF_REMOVE_SECURITY)
        finally:
            doc.close()
    return True

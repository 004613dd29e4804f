"""Makes small PDFs by hand, and the pieces of text that pages are made of."""

import hashlib
import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pypdf

from ingest.parsers.pdf.letters.words import Piece, Word
from ingest.parsers.pdf.pdf import parse_pdf as read_pdf
from rag.datamodel import Document, SourceFile
from rag.settings import Settings

WIDTH_PT, HEIGHT_PT = 600, 800
HEBREW = 0x05D0
HEBREW_NAMES = " ".join(f"/afii{57664 + n}" for n in range(27))
"""Names of glyphs from alef to tav, as Adobe's Glyph List has them."""


@dataclass
class Page:
    """A page drawn with its origin at the top left, in points."""

    rotate: int = 0
    crop: tuple[int, int, int, int] | None = None
    size: tuple[int, int] = (WIDTH_PT, HEIGHT_PT)
    drawn: list[str] = field(default_factory=list)
    pictures: bool = False
    more: str = ""
    """Entries of its dictionary of resources: states of graphics, properties."""
    notes: list[tuple[str, bytes]] = field(default_factory=list)
    """Annotations: their dictionary but for `AP`, and what is drawn of them."""

    def text(self, x: float, y: float, words: str, *, size: float = 10, bold: bool = False):
        font = "B" if bold else "F"
        baseline = HEIGHT_PT - y - size
        self.drawn.append(f"BT /{font} {size} Tf {x} {baseline} Td ({escaped(words)}) Tj ET")
        return self

    def lines(self, x: float, y: float, *lines: str, size: float = 10, bold: bool = False):
        for n, words in enumerate(lines):
            self.text(x, y + 1.2 * size * n, words, size=size, bold=bold)
        return self

    def hebrew(self, right: float, y: float, words: str, *, size: float = 10):
        """Hebrew that begins at `right`, its letters drawn from the left as most programs do."""
        drawn = "".join(chr(ord(c) - HEBREW + 97) if c != " " else c for c in reversed(words))
        x, baseline = right - 0.5 * size * len(words), HEIGHT_PT - y - size
        self.drawn.append(f"BT /H {size} Tf {x} {baseline} Td ({escaped(drawn)}) Tj ET")
        return self

    def rule(self, x0: float, y0: float, x1: float, y1: float):
        self.drawn.append(f"{x0} {HEIGHT_PT - y0} m {x1} {HEIGHT_PT - y1} l S")
        return self

    def box(self, x: float, y: float, width: float, height: float, *, grey: float = 0.5):
        self.drawn.append(f"{grey} g {x} {HEIGHT_PT - y - height} {width} {height} re f 0 g")
        return self

    def field(self, x: float, y: float, width: float, value: str, *, drawn: bool = True):
        """A field of a form, filled in; if not `drawn`, a reader is to draw it."""
        entry = f"/Subtype /Widget /FT /Tx /T (f{len(self.notes)}) /V ({value}) /F 4"
        look = f"/Tx BMC BT /F 10 Tf 1 3 Td ({value}) Tj ET EMC".encode("latin-1")
        return self._note(entry, x, y, width, 14, look if drawn else b"")

    def comment(self, x: float, y: float, words: str, *, kind: str = "Text", author: str = "Ada"):
        entry = f"/Subtype /{kind} /Contents ({words}) /T ({author})"
        return self._note(entry, x, y, 20, 14, b"0 0 20 14 re f")

    def _note(self, entry: str, x: float, y: float, width: float, height: float, look: bytes):  # noqa: PLR0917 - a rectangle
        place = f"/Rect [{x} {HEIGHT_PT - y - height} {x + width} {HEIGHT_PT - y}]"
        box = f"/BBox [0 0 {width} {height}]".encode()
        form = b"<< /Type /XObject /Subtype /Form %s /Resources << /Font << /F 3 0 R >> >> /Length"
        stream = (form + b" %d >>\nstream\n%s\nendstream") % (box, len(look), look)
        self.notes.append((f"/Type /Annot {entry} {place}", stream if look else b""))
        return self

    def picture(self, x: float, y: float, width: float, height: float):
        self.pictures = True
        self.drawn.append(f"q {width} 0 0 {height} {x} {HEIGHT_PT - y - height} cm /P Do Q")
        return self

    def scan(self):
        """A picture of paper over the whole page."""
        self.drawn.append(f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm /S Do Q")
        return self


def escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def pdf_bytes(*pages: Page, title: str = "") -> bytes:
    """Return a PDF of the pages, with the standard fonts and one grey picture of 8 x 8."""
    picture = zlib.compress(bytes(range(64)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(picture), picture),
        f"<< /Title ({title}) >>".encode("latin-1"),
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Hebrew /FirstChar 32 /LastChar 123 /Widths "
        f"[{'500 ' * 92}] /Encoding << /Differences [97 {HEBREW_NAMES}] >> >>".encode(),
        _scan(),
    ]
    kids, fields = [], []
    for page in pages:
        notes = []
        for entry, look in page.notes:
            shown = ""
            if look:
                objects.append(look)
                shown = f"/AP << /N {len(objects)} 0 R >>"
            objects.append(f"<< {entry} {shown} >>".encode("latin-1"))
            notes.append(f"{len(objects)} 0 R")
            fields += notes[-1:] if "/Widget" in entry else []
        content = "\n".join(page.drawn).encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        crop = f"/CropBox [{' '.join(map(str, page.crop))}] " if page.crop else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.size[0]} {page.size[1]}] {crop}"
            f"/Rotate {page.rotate} /Contents {len(objects)} 0 R "
            f"/Annots [{' '.join(notes)}] /Resources << "
            f"/Font << /F 3 0 R /B 4 0 R /H 7 0 R >> /XObject << /P 5 0 R /S 8 0 R >> "
            f"{page.more} >> >>".encode("latin-1")
        )
        kids.append(f"{len(objects)} 0 R")
    if fields:
        objects[0] = (
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /NeedAppearances true /DA (/F 10 Tf 0 g)"
            f" /DR << /Font << /F 3 0 R >> >> /Fields [{' '.join(fields)}] >> >>"
        ).encode()
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    return _assembled(objects)


def with_files(data: bytes, **files: bytes) -> bytes:
    """Return a PDF with attached files, by their names."""
    writer = pypdf.PdfWriter(io.BytesIO(data))
    for name, content in files.items():
        writer.add_attachment(name, content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _scan() -> bytes:
    """Return a picture of 60 x 80: white paper, dark lines in its upper half."""
    rows = [bytes([40] * 60) if row % 2 and row < 40 else bytes([250] * 60) for row in range(80)]
    data = zlib.compress(b"".join(rows))
    return (
        b"<< /Type /XObject /Subtype /Image /Width 60 /Height 80 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    ) % (len(data), data)


def _assembled(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def parse_pdf(folder: Path, data: bytes, *, name: str = "made.pdf", page_limit=5000) -> Document:
    path = folder / name
    path.write_bytes(data)
    file = SourceFile(
        path=str(path),
        source=name,
        root=str(folder),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="application/pdf",
        size_bytes=len(data),
        mtime_ns=0,
    )
    return read_pdf(file, None, settings=Settings(page_limit=page_limit))


def piece(text: str, x: float, y: float, *, size: float = 10, bold: bool = False) -> Piece:
    """Return one piece: letters half as wide as their size, words with a space between."""
    words, at = [], x
    for word in text.split(" "):
        width = 0.5 * size * len(word)
        rect = (at, y, at + width, y + size)
        words.append(Word(text=word, rect=rect, size_pt=size, bold=bold))
        at += width + 0.25 * size
    return Piece.of(words)


def right_piece(text: str, right: float, y: float, *, size: float = 10) -> Piece:
    """Return a piece that ends at `right`."""
    made = piece(text, 0, y, size=size)
    return piece(text, right - made.rect[2], y, size=size)

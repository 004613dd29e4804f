"""A small folder of documents made for the browser journeys: what stands where is known."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PAGE_PT = (612, 792)
FACT = "The Brockenstein station recorded a snow depth of 312 cm on 3 March 1999."
FACT_AT_PT = (72, 430)
FACT_SIZE_PT = 14
LETTERING = ("HUT REGISTER", "Visitors sign at counter 47")
PROBE_NAME = "<img src=x onerror=pwned()>.txt"
PROBE = (
    "The zebrawood password policy says: <script>window.pwned=1</script> "
    "<img src='http://probe.example/x.png' onerror='window.pwned=1'> "
    "![x](http://probe.example/y.png) [link](javascript:window.pwned=1) as shown in [1]."
)


def make_corpus(folder: Path) -> Path:
    """Write the documents; return the folder."""
    folder.mkdir(parents=True)
    (folder / "station-report.pdf").write_bytes(_pdf(_report_pages()))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a document follows\n")
    (folder / PROBE_NAME).write_text(PROBE, encoding="utf-8")
    (folder / "rota.csv").write_text(
        "keeper,weeks on duty,since,instrument,languages,village,substitute\n"
        "Ilse Amend,19,1994-10-01,barometer,Romansh,Altdorf,Kloss\n"
        "Tomasz Rehr,22,1997-05-15,thermograph,Polish,Andermatt,Pichlbauer\n",
        encoding="utf-8",
    )
    (folder / "notice.md").write_text(
        "# Path closures\n\nThe Lower Gully path is closed from November to the end of April.\n",
        encoding="utf-8",
    )
    make_sign(folder / "register-sign.png")
    return folder


def make_sign(path: Path) -> Path:
    """Draw a sign with lettering, large and black on white."""
    sign = Image.new("RGB", (900, 420), "white")
    draw = ImageDraw.Draw(sign)
    draw.rectangle((10, 10, 889, 409), outline="black", width=6)
    for row, (line, size) in enumerate(zip(LETTERING, (72, 56), strict=True)):
        draw.text((60, 80 + 140 * row), line, fill="black", font=ImageFont.load_default(size))
    sign.save(path)
    return path


def _report_pages() -> list[list[tuple[int, int, int, str]]]:
    """Lines of each page: x and y of the baseline in points from below, size, text."""
    first = [
        (72, 720, 22, "Annual report of the Brockenstein station"),
        (72, 670, 12, "This report tells of the people, the instruments and the weather."),
        (72, 650, 12, "It was printed in Altdorf in April 2000 for the members of the society."),
    ]
    second = [
        (72, 720, 18, "Snow"),
        (72, 680, 12, "Snow lay on the ridge for two hundred and nine days of the winter."),
        (*FACT_AT_PT, FACT_SIZE_PT, FACT),
        (72, 300, 12, "The summer brought thunderstorms, and one hailstorm broke the glass dome."),
    ]
    return [first, second]


def _pdf(pages: list[list[tuple[int, int, int, str]]]) -> bytes:
    """Write a PDF of text lines in Helvetica, by hand: every byte is known."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        drawn = "\n".join(f"BT /F1 {s} Tf {x} {y} Td ({t}) Tj ET" for x, y, s, t in lines)
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        size = f"[0 0 {PAGE_PT[0]} {PAGE_PT[1]}]"
        fonts = "<< /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {size} /Resources {fonts} "
            f"/Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _with_xref(objects)


def _with_xref(objects: list[str]) -> bytes:
    out, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return (f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}{trailer}").encode(
        "latin-1"
    )

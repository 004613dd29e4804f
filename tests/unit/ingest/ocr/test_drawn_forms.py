"""Forms and receipts drawn here, read by the real reader: what stands by what in their words."""

import numpy as np
import pytest
from builders_pictures import lettered

from ingest.layout.layout import Line
from ingest.ocr.lines import LetteredPicture, page_elements
from ingest.ocr.ocr import RapidOcr
from rag.datamodel import Element

RECEIPT = [
    ("ALPINE BAKERY", 190, 40),
    ("12 Lake Road, Davos", 170, 90),
    ("Receipt no.: 40371", 60, 150),
    ("Qty", 60, 220),
    ("Item", 180, 220),
    ("Price", 480, 220),
    ("2", 70, 270),
    ("Rye bread", 180, 270),
    ("9.80", 490, 270),
    ("1", 70, 320),
    ("Butter", 180, 320),
    ("4.20", 490, 320),
    ("Total", 60, 390),
    ("14.00", 480, 390),
    ("Cash :", 60, 440),
    ("20.00", 480, 440),
    ("Change :", 60, 490),
    ("6.00", 490, 490),
    ("Thank you", 230, 560),
]
FORM = [
    ("Application for a licence", 60, 40),
    ("Name:", 60, 120),
    ("Ella Warren", 290, 120),
    ("Born:", 560, 120),
    ("1 May 1978", 780, 120),
    ("Licence no.:", 60, 170),
    ("WA-45782", 290, 170),
    ("Valid until:", 560, 170),
    ("31 May 2031", 780, 170),
    ("Office:", 60, 220),
    ("Records", 290, 220),
    ("Signed in Chur", 560, 220),
]


@pytest.fixture(scope="module")
def ocr() -> RapidOcr:
    return RapidOcr(threads=1)


def read(ocr: RapidOcr, drawn: list[tuple[str, int, int]], size: tuple[int, int]) -> list[Element]:
    pixels: np.ndarray = lettered(drawn, size=size, height_px=30)
    lines = [
        Line(text=line.text, bbox=line.bbox, confidence=line.confidence)
        for line in ocr.read(pixels)
    ]
    return page_elements(LetteredPicture(lines=lines, aspect=size[0] / size[1], coloured_share=0.0))


def test_a_receipt_is_its_name_its_items_and_its_sums(ocr):
    title, head, items, sums = read(ocr, RECEIPT, (640, 640))

    assert (title.role, title.text) == ("heading", "ALPINE BAKERY")
    assert head.text.endswith("Receipt no.: 40371")
    assert items.role == "table"
    assert items.text.split("\n")[:2] == ["Qty | Item | Price", "2 | Rye bread | 9.80"]
    assert sums.text.split("\n")[0] == "Total | 14.00"
    assert sums.text.split("\n")[2].replace(" ", "") == "Change:|6.00"


def test_each_label_of_a_form_stands_with_its_own_value(ocr):
    title, form = read(ocr, FORM, (1000, 300))

    assert title.text == "Application for a licence"
    assert form.text.split("\n") == [
        "Name: | Ella Warren",
        "Licence no.: | WA-45782",
        "Office: | Records",
        "Born: | 1 May 1978",
        "Valid until: | 31 May 2031",
        "Signed in Chur",
    ]

"""Letters put right where the sheet tells."""

from ingest.layout.layout import Line
from ingest.lettering.repair import repaired
from rag.datamodel import BBox

PLACE = BBox(x0=0.1, y0=0.1, x1=0.5, y1=0.15)


def texts(*words: str) -> list[str]:
    return [line.text for line in repaired([Line(text=text, bbox=PLACE) for text in words])]


def test_a_dollar_sign_read_as_a_letter_is_put_right_among_dollars():
    assert texts("Total: S8.20", "Net: $8.20") == ["Total: $8.20", "Net: $8.20"]


def test_without_dollars_on_the_sheet_a_letter_stays_a_letter():
    assert texts("Total: S8.20", "Net: 8.20") == ["Total: S8.20", "Net: 8.20"]


def test_numbers_of_things_stay_as_they_are():
    kept = ["Section S8.2", "Part S82", "GS8.20", "S8.20.1", "$1.00"]

    assert texts(*kept) == kept

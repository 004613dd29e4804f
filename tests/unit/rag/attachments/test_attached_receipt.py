"""Receipts: the total, the date and the shop, also of a photograph that is not straight."""

import pytest
from builders_attachments import RECEIPT, lettered

from rag.attachments.pieces import pieces_of, rows_of, slope
from rag.attachments.receipt import receipt_of


def receipt(*words, rise=0.0):
    return receipt_of(rows_of(pieces_of(lettered(*words, rise=rise))))


@pytest.mark.parametrize("rise", [-0.06, -0.02, 0.0, 0.03, 0.06])
def test_rows_are_level_though_the_photograph_is_not(rise):
    pieces = pieces_of(lettered(*RECEIPT, rise=rise))
    assert slope([piece.bbox for piece in pieces]) == pytest.approx(rise, abs=0.011)
    rows = [" ".join(piece.text for piece in row) for row in rows_of(pieces)]
    assert "Total (incl. VAT) 27.54" in rows
    assert "Change 2.46" in rows


@pytest.mark.parametrize("rise", [-0.05, 0.0, 0.05])
def test_total_date_and_shop_are_read(rise):
    read = receipt(*RECEIPT, rise=rise)
    assert read.total.value == "27.54"
    assert read.date.value == "14/03/2019"
    assert read.shop.value == "ALPINE HARDWARE LTD"
    assert read.change.value == "2.46"


def test_the_total_is_told_by_cash_and_change_where_its_label_was_misread():
    words = [
        word if word[2] != "Total (incl. VAT)" else (0.1, 0.5, "T0tl in V") for word in RECEIPT
    ]
    assert receipt(*words).total.value == "27.54"


def test_amounts_of_any_country_are_read():
    words = [
        (0.1, 0.05, "Gasthof Post GmbH"),
        (0.1, 0.30, "Zimmer"),
        (0.8, 0.30, "1.200,00"),
        (0.1, 0.40, "Gesamt"),
        (0.8, 0.40, "1.234,50"),
    ]
    assert receipt(*words).total.value == "1.234,50"


def test_lettering_without_amounts_is_no_receipt():
    assert receipt((0.1, 0.1, "Total eclipse"), (0.1, 0.2, "of the sun in 1999")) is None

"""What the parser makes of real documents: only what any reader would agree on."""

import pytest
from builders_pdf import parse_pdf

from rag.datamodel import FULL_PAGE


@pytest.fixture
def parsed(shared_data, tmp_path):
    return lambda name: parse_pdf(tmp_path, (shared_data / "corpus" / name).read_bytes())


def whole_pages(doc):
    return {
        element.page
        for element in doc.elements
        if element.pending and element.provenances[0].bbox == FULL_PAGE
    }


def test_pages_with_a_garbled_text_layer_are_read_from_their_picture(parsed):
    doc = parsed("reports/afe620b9beac86c1027b96d31d396407.pdf")

    assert {1, 2, 5} <= whole_pages(doc)
    assert 12 not in whole_pages(doc)


def test_a_paper_in_two_columns_is_not_read_by_ocr_and_its_heads_are_found(parsed):
    doc = parsed("papers/tracemonkey.pdf")
    headings = [element.text for element in doc.elements if element.role == "heading"]

    assert whole_pages(doc) == set()
    assert headings[:2] == ["Abstract", "1. Introduction"]
    assert "8. Related Work" in headings


def test_a_balance_sheet_keeps_its_rows_and_columns(parsed):
    doc = parsed("reports/ultabeauty-2023q4-earnings.pdf")
    rows = [row for e in doc.elements if e.role == "table" for row in e.text.split("\n")]

    assert "Cash and cash equivalents | $737,877 | $431,560" in rows
    assert "Current assets:" in rows

"""Tables as files: nothing in them computes, everything in them is found again."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pagelight.services.answering.table import as_csv, as_xlsx, harmless


def a_row(text="317 cm", *, source="a.pdf", answered=True, quote="Snow lay 317 cm deep."):
    cell = {
        "question": "How deep?",
        "answered": answered,
        "text": text if answered else "",
        "likeliest": text,
        "confidence": 0.8,
        "page": 2,
        "bbox": None,
        "start_s": None,
        "quote": quote,
    }
    return {"document": "d", "source": source, "cells": [cell]}


def read_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def read_sheet(data):
    book = load_workbook(io.BytesIO(data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    book.close()
    return rows, kinds


def test_a_row_has_answer_page_quote_and_confidence():
    expected = ["a.pdf", "317 cm", 2, "Snow lay 317 cm deep.", 0.8]

    assert read_csv(as_csv(["How deep?"], [a_row()]))[1] == [str(value) for value in expected]
    assert read_sheet(as_xlsx(["How deep?"], [a_row()]))[0][1] == expected


@pytest.mark.parametrize("mark", [";", "\t", "\n", "; ", ',";'])
@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("http://a")', "@SUM(A1)", "-2+cmd|' /C'!A0"]
)
def test_no_formula_comes_about_where_a_spreadsheet_divides_at_other_marks(mark, formula):
    """As it does where a comma is the decimal mark: a line is divided at semicolons there."""
    rows = [a_row(f"snow{mark}{formula}", source=f"a{mark}{formula}", quote=f"{mark}{formula}")]
    text = as_csv([f"How deep?{mark}{formula}"], rows).decode("utf-8-sig")
    cells = [
        cell
        for delimiter in ",;\t"
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for cell in row
    ]

    assert [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@"))] == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "  =", "＝"])
def test_nothing_of_a_document_becomes_a_formula(start):
    evil = f"{start}HYPERLINK(1)"
    row = a_row(evil, source=evil, quote=evil)

    for line in read_csv(as_csv([evil], [row])):
        assert not any(value.lstrip().startswith(tuple("=+-@＝")) for value in line)
    rows, kinds = read_sheet(as_xlsx([evil], [row]))
    assert "f" not in kinds
    assert not any(str(v).lstrip().startswith(tuple("=+-@＝")) for r in rows for v in r)


@given(st.text())
def test_any_text_of_a_document_can_be_written(text):
    row = a_row(text, source=text or "a", quote=text)

    assert len(read_csv(as_csv([text], [row]))[1]) == 5
    assert not harmless(text).lstrip().startswith(tuple("=+-@"))

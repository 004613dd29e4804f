"""Numbers of a sentence stand in the rows and columns that it and its question name."""

import pytest
from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.verification.misplaced import in_other_cells

CHIPS = "Chip | Flash size | EEPROM | SRAM\nAT90S4414 | 4k | 256 | 256\nAT90S8515 | 8k | 512 | 512"
PAID = "Hand | 1 credit | 4 credits\nFull house | 8 | 32\nFlush | 5 | 20"
DAILY = "date | gust | depth\n2025-02-14 | 75 | 260\n2025-02-15 | 93 | 267"
TOURS = "Tour | Price | Start\nSunrise visit | 16 euros | 05:15\nStation | 9 euros | 11:00"


def rivals(said, question, *texts, role="table"):
    hits = [
        Hit(chunk=chunk(str(n), text, role=role), score=1, rank=n, channel="reranked")
        for n, text in enumerate(texts, start=1)
    ]
    return [one.rival for one in in_other_cells(said, question, hits)]


@pytest.mark.parametrize(
    ("said", "question", "text", "rival"),
    [
        ("AT90S8515 has a 512 KB flash memory.", "AT90S8515 flash size", CHIPS, "8k"),
        ("A full house pays 8.", "what does a full house pay on four credits", PAID, "32"),
        ("The depth on 14 February 2025 was 267.", "depth on 14 February", DAILY, "2025-02-14"),
    ],
    ids=["a column", "a column by a number in words", "a row by its date"],
)
def test_a_number_of_a_cell_that_is_named_less_is_told(said, question, text, rival):
    assert rivals(said, question, text) == [rival]


@pytest.mark.parametrize(
    ("said", "question", "text"),
    [
        ("AT90S8515 has 512 of SRAM.", "AT90S8515 sram", CHIPS),
        ("A full house pays 32.", "what does a full house pay on four credits", PAID),
        ("The sunrise visit is at 05:15 for 16 euros.", "price of the sunrise visit", TOURS),
        ("There are 77 of them.", "how many hands", PAID),
    ],
    ids=["its own", "in words", "one of two is asked for", "of no row"],
)
def test_other_numbers_are_not(said, question, text):
    assert rivals(said, question, text) == []


def test_what_is_no_table_has_no_cells():
    assert rivals("A full house pays 8.", "pay on four credits", PAID, role="text") == []


def test_what_a_sentence_tells_too_stands():
    told = "A full house pays 8 coins for a start."
    assert rivals("A full house pays 8.", "pay on four credits", PAID, told) == []

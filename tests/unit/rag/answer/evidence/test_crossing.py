import pytest

from rag.answer.evidence.crossing import crossing
from rag.text import content_stems

CHIPS = "Chip | Flash size | EEPROM\nAT2313 | 2k | 128\nAT1200 | 1k | 64"
NAMES = ("Chip", "Flash size", "EEPROM")
RUNS = "Event | Time | Runner\n100 m | 9.72 | Bolt\n100 m | 9.69 | Bolt\n200 m | 19.30 | Bolt"


def shares(question):
    """Rarer words weigh more; here the longer are the rarer."""
    stems = content_stems(question)
    return {stem: len(stem) / sum(map(len, stems)) for stem in stems}


def found(question, row, column, text=CHIPS, names=NAMES):
    return crossing(text, row, column, names, shares(question))


def test_the_column_that_shares_most_has_no_gap_and_one_that_shares_less_has():
    question = "What is the EEPROM size of the AT2313?"
    eeprom = found(question, "AT2313 | 2k | 128", 2)
    flash = found(question, "AT2313 | 2k | 128", 1)

    assert eeprom["both_best"] == 1
    assert eeprom["column_gap"] == 0
    assert -1 < flash["column_gap"] < 0


def test_the_row_that_shares_most_has_no_gap_and_the_others_have():
    names = ("Event", "Time", "Runner")
    question = "Who ran the 100 m in 9.69?"
    same, event, other = (
        found(question, row, 2, RUNS, names)["row_gap"]
        for row in [*RUNS.split("\n")[2:0:-1], "200 m | 19.30 | Bolt"]
    )

    assert same == 0 > event > other


def test_of_rows_that_fit_alike_none_is_best():
    rows = CHIPS + "\nAT2313 | 4k | 256"

    assert (
        found("What is the EEPROM of the AT2313?", "AT2313 | 2k | 128", 2, rows)["both_best"] == 0
    )


def test_the_column_of_the_answer_itself_makes_no_row_fit():
    gap = found("Which chip has 64 of EEPROM?", "AT2313 | 2k | 128", 2)["row_gap"]

    assert gap == 0


@pytest.mark.parametrize("column", [0, 1, 2])
def test_what_the_question_names_nothing_of_has_no_gap(column):
    assert not any(found("How tall is the tower?", "AT1200 | 1k | 64", column).values())


def test_a_table_without_names_of_columns_has_no_gap_of_columns():
    assert (
        found("What is the EEPROM of AT1200?", "AT1200 | 1k | 64", 2, names=())["column_gap"] == 0
    )

import pytest

from rag.answer.question.dimensions import clashes, with_unit


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What was the mean temperature in January?", "73 cm"),
        ("How deep was the snow?", "-4.2 °C"),
        ("How heavy is the stove?", "2 m"),
        ("How tall is the mast?", "12 %"),
        ("What is the supply voltage?", "40 mW"),
        ("What is the telephone number of the station?", "2514"),
        ("How many more hours of sun did July have?", "221 mm"),
        ("How many kilometres is the trail?", "3 days"),
    ],
)
def test_a_number_of_another_dimension_clashes(question, answer):
    assert clashes(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What was the mean temperature in January?", "-4.2 °C"),
        ("What was the mean temperature in January?", "-4.2"),
        ("How long is the trail?", "12 km"),
        ("How many hours did it rain?", "9 h"),
        ("How many visitors came in July?", "221"),
        ("How long did the storm last?", "3 days"),
        ("How long did the storm last?", "the whole of March"),
        ("What did the snow do?", "73 cm"),
        ("What is the phone number of the station?", "+41 81 555 01 12"),
        ("Which phone number is called in an emergency?", "112"),
    ],
)
def test_what_may_answer_does_not_clash(question, answer):
    assert not clashes(question, answer)


@pytest.mark.parametrize(
    ("number", "row", "name", "expected"),
    [
        ("125", ["8051AH", "125", "mA"], "", "125 mA"),
        ("125", ["8051AH", "125"], "Frequency [MHz]", "125 MHz"),
        ("125 V", ["8051AH", "125 V", "mA"], "", "125 V"),
        ("125", ["8051AH", "125", "Max"], "Value", "125"),
    ],
)
def test_a_number_of_a_table_has_the_unit_beside_it(number, row, name, expected):
    assert with_unit(number, row, name) == expected


def test_a_current_is_no_voltage():
    assert clashes("What is the supply voltage of the 8051AH?", "125 mA")
    assert not clashes("What are the current assets?", "$125")

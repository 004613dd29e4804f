import pytest

from rag.number_forms import decimal_mark, read_number


@pytest.mark.parametrize(
    ("text", "around", "value"),
    [
        ("1.234", "Umsatz | 1.234 | 2.345.678", 1234),
        ("1.234", "Anteil 3,5 und 4,25", 1234),
        ("1,234", "Anteil 3,5 und 4,25", 1.234),
        ("1,234", "the share of 3,5 and of 4,25", 1234),
        ("1,234", "see [1,2] and 3.5", 1234),
        ("1.234", "12.05.2024", 1.234),
    ],
)
def test_what_a_number_leaves_open_those_around_it_tell(text, around, value):
    assert read_number(text, decimal_mark(around)).value == pytest.approx(value)


ABSTRACT = "Abstract: 1.234 of the huts were closed by the snow that fell with the storm."
GERMAN = "Die Hütte liegt auf 1.234 m. Was fehlt, was bleibt, und was ist mit dem Weg?"


@pytest.mark.parametrize(
    ("text", "around", "language", "value"),
    [
        ("1.234", "Höhe | 1.234", "de", 1234),
        ("1.234", GERMAN, "de", 1234),
        ("1,234", "Faktor | 1,234", "de", 1.234),
        ("1.234", "Höhe | 1.234", "en", 1.234),
        ("1.234", "Höhe | 1.234", None, 1.234),
        ("1.234", "Faktor | 1.234 | 12.5", "de", 1.234),
        ("1.234", ABSTRACT, "de", 1.234),
        ("1.234", "높이 | 1.234", "ko", 1.234),
        ("1.234", "? | 1.234", "xx", 1.234),
    ],
)
def test_what_they_leave_open_the_language_of_the_document_tells(text, around, language, value):
    read = read_number(text, decimal_mark(around, language))

    assert read.value == pytest.approx(value)

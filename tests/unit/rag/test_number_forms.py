import pytest

from rag.number_forms import as_spoken, decimal_mark, read_number, tells_scale_alone


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


@pytest.mark.parametrize(
    ("written", "language", "mark", "spoken"),
    [
        ("2,514 m", "de", ".", "2.514 m"),
        ("1.5 % of 3,000.25", "fr", ".", "1,5 % of 3\u202f000,25"),
        ("2.514 m, am 12.03. um 1,5 %", "en", ",", "2,514 m, am 12.03. um 1.5 %"),
        ("192.168.0.1 in 2025", "de", ".", "192.168.0.1 in 2025"),
        ("2,514 m", "zh", ".", "2,514 m"),
        ("2,514 m", "xx", ".", "2,514 m"),
    ],
)
def test_numbers_of_a_source_are_written_as_a_language_does(written, language, mark, spoken):
    assert as_spoken(written, language, written, mark) == spoken


def test_a_number_that_no_source_has_stays():
    assert as_spoken("1.234 m", "de", "1,234 m", ".") == "1.234 m"


@pytest.mark.parametrize(
    ("caption", "is_alone"),
    [
        ("$ in millions, except per share amounts", True),
        ("(In thousands)", True),
        ("Cash flows were as follows ($ in millions)", False),
        ("Six Months", False),
    ],
)
def test_a_caption_may_tell_nothing_but_a_scale(caption, is_alone):
    assert tells_scale_alone(caption) == is_alone

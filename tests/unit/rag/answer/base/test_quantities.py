import pytest

from rag.answer.base.quantities import measure, quantity, shown, size_of


@pytest.mark.parametrize(
    ("text", "value", "decimals", "unit"),
    [
        ("$59,268", 59268, 0, "$"),
        ("(1,097)", -1097, 0, ""),
        ("-0.7 °C", -0.7, 1, ""),
        ("7.1%", 7.1, 1, "%"),
        ("1,3", 1.3, 1, ""),
        ("3:34:14", 12854, 0, ""),
        ("1 234 567 €", 1234567, 0, "€"),
        ("1\u202f234,5 €", 1234.5, 1, "€"),
        ("1\u00a0234", 1234, 0, ""),
        ("1'234", 1234, 0, ""),
        ("CHF 1’234’567.05", 1234567.05, 2, ""),
        ("1.234,56", 1234.56, 2, ""),
        ("1.234.567", 1234567, 0, ""),
        ("1,234.56", 1234.56, 2, ""),
        ("1,234", 1234, 0, ""),
        ("1.234", 1.234, 3, ""),
        ("0,125", 0.125, 3, ""),
    ],
)
def test_a_number_is_read_as_it_is_written(text, value, decimals, unit):
    read = quantity(text)

    assert (read.value, read.decimals, read.unit) == (pytest.approx(value), decimals, unit)


@pytest.mark.parametrize(
    ("text", "around", "value", "told"),
    [
        ("1.234", "Umsatz | 1.234 | 2.345.678", 1234, "1.234 is read as 1,234"),
        ("1.234", "Anteil 3,5 und 4,25", 1234, "1.234 is read as 1,234"),
        ("1,234", "Anteil 3,5 und 4,25", 1.234, "1,234 is read as 1.234"),
        ("1,234", "the share of 3,5 and of 4,25", 1234, ""),
        ("1,234", "see [1,2] and 3.5", 1234, ""),
        ("1.234", "12.05.2024", 1.234, ""),
    ],
)
def test_what_a_number_leaves_open_those_around_it_tell(text, around, value, told):
    read = quantity(text, around=around)

    assert (read.value, read.told) == (pytest.approx(value), told)


ABSTRACT = "Abstract: 1.234 of the huts were closed by the snow that fell with the storm."
GERMAN = "Die Hütte liegt auf 1.234 m. Was fehlt, was bleibt, und was ist mit dem Weg?"


@pytest.mark.parametrize(
    ("text", "around", "language", "value", "told"),
    [
        ("1.234", "Höhe | 1.234", "de", 1234, "1.234 is read as 1,234"),
        ("1.234", GERMAN, "de", 1234, "1.234 is read as 1,234"),
        ("1,234", "Faktor | 1,234", "de", 1.234, "1,234 is read as 1.234"),
        ("1.234", "Höhe | 1.234", "en", 1.234, ""),
        ("1.234", "Höhe | 1.234", None, 1.234, ""),
        ("1.234", "Faktor | 1.234 | 12.5", "de", 1.234, ""),
        ("1.234", ABSTRACT, "de", 1.234, ""),
        ("1.234", "높이 | 1.234", "ko", 1.234, ""),
        ("1.234", "? | 1.234", "xx", 1.234, ""),
    ],
)
def test_what_they_leave_open_the_language_of_the_document_tells(
    text, around, language, value, told
):
    read = quantity(text, around=around, language=language)

    assert (read.value, read.told) == (pytest.approx(value), told)


def test_labels_that_stand_side_by_side_are_no_thousands():
    assert quantity("100 200 300").value == 100


def test_a_scale_is_taken_from_the_number_or_from_its_table():
    assert quantity("$13.2 billion").size == pytest.approx(13.2e9)
    assert quantity("815", around="($ in millions, except stores)").size == pytest.approx(815e6)
    assert quantity("815", around="millions of people").size == 815


def test_what_is_no_number_is_not_read():
    assert quantity("none") is None
    assert quantity("192.168.0.1") is None
    assert quantity("1.2.2024") is None


def test_numbers_are_shown_with_groups_and_unit():
    assert shown(43465, 0, "$") == "$43,465"
    assert shown(-7.14, 1, "%") == "-7.1%"
    assert shown(-0.001, 1) == "0.0"
    assert shown(1221, 0, "mm") == "1,221 mm"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("212 cm", "cm"),
        ("8.2°C", "°C"),
        ("Precip. mm", "mm"),
        ("Gust (km/h)", "km/h"),
        ("Sun h", "h"),
        ("221", ""),
        ("Days of rain", ""),
        ("Tom", ""),
    ],
)
def test_a_unit_ends_a_number_or_the_name_of_a_column(text, expected):
    assert measure(text) == expected


@pytest.mark.parametrize(
    ("text", "size"),
    [("4k", 4000), ("2.5 million", 2_500_000), ("128 bytes", 128), ("none", None)],
)
def test_amounts_are_read_with_their_scale(text, size):
    assert size_of(text) == size

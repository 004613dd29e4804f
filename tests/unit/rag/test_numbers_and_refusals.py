import pytest

from rag.quantities import measure, quantity
from rag.refusal import is_refusal


@pytest.mark.parametrize(
    ("text", "value", "decimals", "unit"),
    [
        ("$59,268", 59268, 0, "$"),
        ("(1,097)", -1097, 0, ""),
        ("-0.7 °C", -0.7, 1, ""),
        ("7.1%", 7.1, 1, "%"),
        ("3:34:14", 12854, 0, ""),
        ("1\u202f234,5 €", 1234.5, 1, "€"),
        ("CHF 1’234’567.05", 1234567.05, 2, ""),
        ("1.234,56", 1234.56, 2, ""),
        ("1,234.56", 1234.56, 2, ""),
        ("1,234", 1234, 0, ""),
        ("0,125", 0.125, 3, ""),
    ],
)
def test_a_number_is_read_as_it_is_written(text, value, decimals, unit):
    read = quantity(text)

    assert (read.value, read.decimals, read.unit) == (pytest.approx(value), decimals, unit)


def test_labels_that_stand_side_by_side_are_no_thousands():
    assert quantity("100 200 300").value == 100


def test_a_scale_is_taken_from_the_number():
    assert quantity("$13.2 billion").size == pytest.approx(13.2e9)
    assert quantity("815").size == 815


def test_what_is_no_number_is_not_read():
    assert quantity("none") is None
    assert quantity("192.168.0.1") is None
    assert quantity("1.2.2024") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("212 cm", "cm"), ("Precip. mm", "mm"), ("Gust (km/h)", "km/h"), ("221", ""), ("Tom", "")],
)
def test_a_unit_ends_a_number_or_the_name_of_a_column(text, expected):
    assert measure(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[0]",
        "**[0]**",
        "(0)",
        "[]",
        "NO_ANSWER",
        "[0] The sources tell of snow, not of 3 whales.",
        "Von Walen ist nirgends die Rede. [0]",
        "関連する情報はありません。[0]",
    ],
)
def test_the_mark_of_no_source_and_its_look_alikes_are_a_refusal(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "The documents do not hold an answer to this.",
        "The provided sources don't mention who wrote the report.",
        "None of the sources states the price.",
        "Die Quellen enthalten keine Angaben zu den Kosten.",
        "Dazu wird nichts gesagt.",
        "Les sources ne contiennent aucune information à ce sujet.",
        "Les documents fournis ne mentionnent pas le prix.",
        "Las fuentes no contienen esta información.",
        "No se menciona en los documentos.",
        "Le fonti non contengono questa informazione.",
    ],
)
def test_a_plain_refusal_is_known_in_five_languages(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Snow lay 317 cm deep [1].",
        "The documents do not say how much rain fell, but snow lay deep.",
        "The documents do not state A; they state B [2].",
        "Die Quellen nennen keine Kosten, aber eine Dauer von drei Tagen.",
        "Las fuentes no dicen el precio, pero sí la duración.",
        "No dogs may enter the hut.",
        "The warden does not smoke.",
        "The first item is items[0].",
        "",
        "The sources do not hold it [1], [0].",
    ],
)
def test_an_answer_or_a_half_one_is_no_refusal(text):
    assert not is_refusal(text)

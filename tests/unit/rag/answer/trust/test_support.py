import pytest

from rag.answer.trust.support import Passage, matching, unfound_numbers

PASSAGE = Passage(
    text="Snow lay 317 cm deep in March 1999. The pass was not open. Rain fell in June on Arosa.",
    lead="winter report",
)


def signs(claim):
    return matching(claim, PASSAGE, lambda _: 1.0)


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("1,419 people came", "1419 people"),
        ("revenue was 1.2 billion", "revenue of 1,234 (in millions)"),
        ("three passes", "3 passes"),
        ("it fell by 25 %, from 400 to 300", "400 in May, 300 in June"),
        ("in June 2018", "20.06.2018"),
    ],
)
def test_numbers_are_found_in_another_form_or_worked_out(claim, told):
    assert unfound_numbers(claim, told) == []


def test_a_number_of_another_size_is_missed():
    assert unfound_numbers("317 cm", "317.5 or 31.7 cm or 3170") == ["317"]


def test_a_denial_that_the_text_has_not_is_seen():
    assert signs("Snow lay not 317 cm deep in March 1999.")["no_denial"] == 1
    assert signs("Snow lay 317 cm deep in March 1999.")["no_denial"] == 0


def test_a_denial_that_is_left_out_is_seen():
    assert signs("The pass was open.")["no_lost_denial"] == 1
    assert signs("The pass was not open.")["no_lost_denial"] == 0


def test_a_word_put_in_the_place_of_another_is_seen():
    swapped = signs("Snow fell in June on Arosa.")

    assert swapped["no_same_word"] > 0
    assert signs("Rain fell in June on Arosa.")["no_same_word"] == 0


def test_a_number_in_the_place_of_another_is_seen():
    assert signs("Snow lay 1999 cm deep in March 317.")["no_same_number"] == 1


def test_the_contrary_word_is_seen():
    passage = Passage(text="Sales rose sharply in 2020.")
    found = matching("Sales fell sharply in 2020.", passage, lambda _: 1.0)

    assert found["no_opposite"] == 1


def test_a_name_that_the_text_has_not_is_missed():
    assert signs("In June rain fell on Davos.")["no_name"] == 0.5


@pytest.mark.parametrize(
    ("language", "text", "claim"),
    [
        ("de", "Ein Vogel baut ein Nest am Dach.", "Die Vögel bauten Nester an den Dächern."),
        ("fr", "Un cheval tire un traîneau.", "Les chevaux tiraient les traîneaux."),
        ("es", "El perro negro corre.", "Los perros negros corrieron."),
    ],
)
def test_words_are_compared_by_the_stems_of_their_language(language, text, claim):
    found = matching(claim, Passage(text=text, language=language), lambda _: 1.0)
    as_english = matching(claim, Passage(text=text), lambda _: 1.0)

    assert (found["cover"], found["no_same_word"], found["no_name"]) == (1, 0, 0)
    assert as_english["cover"] < 1


def test_a_denial_is_seen_with_its_accents():
    passage = Passage(text="El paso quedó abierto en junio.", language="es")

    assert matching("Ningún paso quedó abierto.", passage, lambda _: 1.0)["no_denial"] == 1

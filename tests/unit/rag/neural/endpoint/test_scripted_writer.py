"""What becomes of an answer that a server writes in other forms: marks, refusals, half answers."""

import pytest
from builders_script import cited
from chat_server import saying

from rag.answer.base.refusal import NOTHING_FOUND
from rag.answer.pipeline import DOUBTED, UNCITED
from rag.answer.writing import LOOPED


def test_the_model_is_asked_where_our_confidence_is_low_and_a_person_is_warned(script):
    *_, answer = script.ask(saying("317 cm [1]."))

    assert (answer.state, answer.text, answer.notes) == ("stated", "317 cm [1].", (DOUBTED,))
    assert len(script.server.asked) == 1


@pytest.mark.parametrize(
    ("pieces", "text", "numbers"),
    [
        (("Deep ", "【1", "】 and white [", "source 2]."), "Deep [1] and white [2].", [1, 2]),
        (("Tief [Quelle", "n 1 und 3]."), "Tief [1, 3].", [1, 3]),
        (("Deep [1", "-3]."), "Deep [1, 2, 3].", [1, 2, 3]),
        (("Deep [1][2]", "."), "Deep [1][2].", [1, 2]),
    ],
)
def test_marks_in_other_brackets_are_citations(script, pieces, text, numbers):
    *_, answer = script.ask(saying(*pieces))

    assert (answer.text, cited(answer)) == (text, numbers)


def test_wrong_marks_stand_for_no_source(script):
    *_, answer = script.ask(saying("Deep [1], white [7], cold [12-14]."))

    assert (cited(answer), answer.unresolved) == ([1], (7, 12, 13, 14))


@pytest.mark.parametrize(
    "told",
    [
        "[0]",
        "【0】",
        "[Quelle 0]",
        "雪の記述はありません。[0]",
        "The sources do not mention this.",
        "Die Quellen enthalten dazu keine Angaben.",
        "Les sources ne mentionnent pas cette information.",
        "Las fuentes no contienen esta información.",
        "Le fonti non contengono questa informazione.",
    ],
)
def test_a_refusal_in_any_of_five_languages_shows_the_places_found(script, told):
    *_, answer = script.ask(saying(*told.partition(" ")))

    assert (answer.state, answer.text, answer.notes) == ("nothing", NOTHING_FOUND, ())
    assert answer.nearest


def test_a_half_answer_is_one(script):
    *_, answer = script.ask(saying("The documents say 317 cm [1], not when it melted [0]."))

    assert (answer.state, cited(answer), answer.unresolved) == ("stated", [1], ())
    assert answer.text == "The documents say 317 cm [1], not when it melted."


def test_an_answer_that_cites_nothing_is_told_and_what_is_found_is_quoted_after_it(script):
    *_, answer = script.ask(saying("It lay high."), held=0.9)

    assert answer.text.startswith("It lay high.\n\n")
    assert "317 cm" in answer.text
    assert answer.citations
    assert answer.notes == (UNCITED,)


def test_an_answer_that_cites_nothing_and_is_doubted_stands_alone(script):
    *_, answer = script.ask(saying("It lay high."))

    assert (answer.text, answer.notes) == ("It lay high.", (DOUBTED, UNCITED))
    assert answer.context.hits


@pytest.mark.parametrize("again", ["Deep and white. ", "[1] ", "- ", "深い雪。"])
def test_a_model_that_never_ends_is_cut_off(script, again):
    *_, answer = script.ask(saying("Deep [1]. ", *[again] * 2000), held=0.9)

    assert answer.notes[0] == LOOPED
    assert answer.text.startswith("Deep [1].")
    assert len(answer.text) < 1000


def test_what_is_long_and_alike_is_not_cut_off(script):
    rows = [f"| {n} | deep | white |\n" for n in range(100)]
    *_, answer = script.ask(saying("Deep [1].\n", *rows), held=0.9)

    assert answer.notes == ()
    assert "| 99 |" in answer.text

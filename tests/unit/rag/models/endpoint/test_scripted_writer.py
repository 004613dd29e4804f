"""What becomes of an answer that a server writes in other forms: marks, refusals, half answers."""

import pytest
from builders_script import cited, said
from chat_server import saying

from rag.generation.composition import UNHELD
from rag.generation.guarded import LOOPED
from rag.pipeline.wiring import DOUBTED, UNANSWERED


def test_the_model_is_asked_where_our_confidence_is_low_and_a_person_is_warned(script):
    *_, answer = script.ask(saying("317 cm [1]."))

    assert (answer.state, said(answer), answer.notes) == ("answered", "317 cm [1].", (DOUBTED,))
    assert (answer.confidence, len(script.server.asked)) == (0.1, 1)


@pytest.mark.parametrize(
    ("pieces", "text", "numbers"),
    [
        (("317 cm ", "【1", "】 and deep [", "source 2]."), "317 cm and deep [1] [2].", [1, 2]),
        (("317 cm [Quelle", "n 1 und 3]."), "317 cm [1] [2].", [1, 2]),
        (("317 cm [1", "-3]."), "317 cm [1] [2] [3].", [1, 2, 3]),
        (("317 cm [1][2]", "."), "317 cm [1] [2].", [1, 2]),
    ],
)
def test_marks_in_other_brackets_are_citations(script, pieces, text, numbers):
    *_, answer = script.ask(saying(*pieces))

    assert (said(answer), cited(answer)) == (text, numbers)


@pytest.mark.parametrize("told", ["They eat grass [7].", "They eat grass [1].", "They eat grass."])
def test_a_wrong_mark_or_none_becomes_that_of_the_place_which_holds_the_words(script, told):
    *_, answer = script.ask(saying(told))

    assert (said(answer), answer.unresolved) == ("They eat grass [1].", ())
    assert answer.citations[0].chunk.source == "marmots.txt"


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

    assert (answer.state, answer.notes) == ("partial", (UNANSWERED,))
    assert answer.nearest


def test_what_its_sources_do_not_bear_out_is_left_out_and_that_is_told(script):
    *_, half = script.ask(saying("It was 317 cm [1]. It melted in 2004 [1]."), held=0.9)
    *_, whole = script.ask(saying("It was 555 cm [1]."), held=0.9)

    assert (said(half), half.notes) == ("It was 317 cm [1].", (UNHELD,))
    assert (said(whole), whole.notes) == ("", (UNHELD,))
    assert "555" not in whole.text


@pytest.mark.parametrize("again", ["Deep and white. ", "[1] ", "- ", "深い雪。"])
def test_a_model_that_never_ends_is_cut_off(script, again):
    *_, answer = script.ask(saying("317 cm [1]. ", *[again] * 2000), held=0.9)

    assert answer.notes[0] == LOOPED
    assert said(answer).startswith("317 cm")
    assert len(said(answer)) < 1000

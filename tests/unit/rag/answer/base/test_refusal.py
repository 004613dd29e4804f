"""What a model writes where the sources hold no answer."""

import pytest

from rag.answer.base.refusal import is_refusal


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

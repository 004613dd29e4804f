"""What a model writes where the sources hold no answer."""

import pytest

import prompts
from rag.answer.base.refusal import NO_SOURCE, is_refusal


def test_the_model_is_told_the_mark_of_no_source():
    assert f"write only: {NO_SOURCE}\n" in prompts.load("system").template


@pytest.mark.parametrize(
    "text",
    [
        "[0]",
        " [0].\n",
        "**[0]**",
        "`[0]`",
        "(0)",
        "[0] [0]",
        "[]",
        "[none]",
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
        "There is no information about this in the documents.",
        "I cannot find the answer in the given sources.",
        "None of the sources states the price.",
        "Not mentioned in the documents.",
        "Die Quellen enthalten keine Angaben zu den Kosten.",
        "Die Dokumente beantworten diese Frage nicht.",
        "Aus den vorliegenden Unterlagen geht das nicht hervor.",
        "Dazu wird nichts gesagt.",
        "Ich kann diese Frage anhand der Quellen nicht beantworten.",
        "Les sources ne contiennent aucune information à ce sujet.",
        "Les documents fournis ne mentionnent pas le prix.",
        "Cette information n'est pas précisée dans les extraits.",
        "Je ne trouve pas la réponse.",
        "Las fuentes no contienen esta información.",
        "No se menciona en los documentos.",
        "No puedo responder a esta pregunta con las fuentes.",
        "Le fonti non contengono questa informazione.",
        "Non è indicato nei documenti.",
        "Nessuna informazione su questo.",
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
        "Les sources ne donnent pas le prix, mais la durée.",
        "Las fuentes no dicen el precio, pero sí la duración.",
        "Le fonti non dicono il prezzo, ma la durata.",
        "No dogs may enter the hut.",
        "No, the pass is closed in winter.",
        "Nein, im Winter ist der Pass geschlossen.",
        "Non, le col est fermé.",
        "The warden does not smoke.",
        "Documents do not expire.",
        "Der Text darf nicht kopiert werden.",
        "The first item is items[0].",
        "0",
        "",
        "The sources do not hold it [1], [0].",
    ],
)
def test_an_answer_or_a_half_one_is_no_refusal(text):
    assert not is_refusal(text)

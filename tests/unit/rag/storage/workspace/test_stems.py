"""Words in other forms than those asked with are found, in each language by its own stems."""

from dataclasses import replace

import pytest
from builders_index import make_document, open_index, put_document

GERMAN = (
    "Die Häuser am Pass stehen seit dem Brand leer.",
    "Im Winter misst der Wärter die Schneehöhe zweimal am Tag.",
    "Für Besucher gelten kürzere Öffnungszeiten.",
    "Der Verein zahlte einen Beitrag für die Dächer.",
    "Die Temperaturen fielen im Januar unter null.",
    "Der Bericht nennt die Ursachen der Lawinen.",
    "Zwei Brücken wurden gesperrt.",
    "Die Mitglieder wählen ihren Vorstand.",
    "Alle Geräte werden jährlich geprüft.",
    "Die Karte zeigt die alten Wege.",
    "Der Arzt kommt freitags ins Tal.",
    "Die Stürme beschädigten den Mast.",
)
FRENCH = (
    "Les maisons du col restent vides depuis l'incendie.",
    "Le gardien mesure la neige deux fois par jour.",
    "Les visiteurs trouvent des horaires réduits.",
    "L'association a versé des cotisations pour le toit.",
    "Les températures mensuelles sont publiées chaque printemps.",
    "Le rapport explique les causes des avalanches.",
    "Deux chevaux portaient le bois.",
    "Les membres élisent leur président.",
    "Tous les instruments furent étalonnés en mai.",
    "La carte montre les anciens chemins.",
    "Le médecin vient au village le vendredi.",
    "Les tempêtes ont endommagé le mât.",
)
ENGLISH = (
    "The gauges are read twice a day.",
    "Visitors pay at the gate.",
    "Storms damaged the mast.",
)
ASKED = {
    "de": dict(
        zip(
            "Haus Schneehöhen Öffnungszeit Dach Temperatur Lawine Brücke Vorstände Gerät Weg Ärzte"
            " Sturm".split(),
            GERMAN,
            strict=True,
        )
    ),
    "fr": dict(
        zip(
            "maison mesurer réduite verser mensuel expliquer cheval président étalonner ancienne"
            " médecins endommager".split(),
            FRENCH,
            strict=True,
        )
    ),
}
ABOUT = {"de": "Was steht im Bericht über {}?", "fr": "Que dit la carte de {} ?"}

ASKED_BESIDE = {
    "de": ("Ein Haus kostet viel.", "Der Weg ist lang."),
    "nl": ("Een huis kost veel.", "De weg is lang."),
    "sv": ("Ett hus kostar mycket.", "Vägen är lång."),
}
"""Passages beside the one that is looked for, of each language."""

EMPTY = "Die Häuser stehen leer."


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with open_index(tmp_path_factory.mktemp("stems") / "w") as made:
        for language, texts in {"de": GERMAN, "fr": FRENCH, "en": ENGLISH}.items():
            put(made, *texts, language=language)
        yield made


def put(index, *texts, language):
    """Store texts as one document."""
    document = replace(make_document(*texts, source=f"{texts[0]}.txt"), language=language)
    put_document(index, document)


def found(index, question):
    return [hit.chunk.text for hit in index.search_lexical(question, k=9)]


def not_found(index, language, asked):
    return [
        word
        for word, text in ASKED[language].items()
        if text not in found(index, asked.format(word))
    ]


@pytest.mark.parametrize("language", ASKED)
def test_words_are_found_in_other_forms(index, language):
    assert not_found(index, language, "{}") == []
    assert not_found(index, language, ABOUT[language]) == []


def test_a_stem_meets_no_word_of_another_language(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, "The tag was low.", language="en")
        put(index, EMPTY, language="de")

        assert found(index, "Tagen") == []
        assert index.document_frequencies(["tagen", "tag"])[0] == {"tagen": 0, "tag": 1}


def test_a_few_documents_in_another_language_rank_as_they_would_alone(tmp_path):
    """How rare a stem is, is told among all chunks, as it is of words."""
    strays = [f"Word {n} of the Dach report." for n in range(3)]
    with open_index(tmp_path / "w") as index:
        put(index, *strays, *(f"Line {n} of the report." for n in range(40)), language="en")
        put(index, "Die Dächer wurden gedeckt.", "Die Wege sind frei.", language="de")

        assert found(index, "Was weiß man über das Dach?")[0] == "Die Dächer wurden gedeckt."


@pytest.mark.parametrize(
    ("language", "asked", "first"),
    [
        ("de", "Was kostet ein Netzwerkdrucker?", "Der Drucker im Netzwerk druckt."),
        ("nl", "Wat kost een netwerkprinter?", "De printer in het netwerk drukt af."),
        ("sv", "Vad kostar en nätverksskrivare?", "Varje skrivare i ditt nätverk skriver."),
    ],
)
def test_a_compound_finds_the_words_that_it_is_made_of(tmp_path, language, asked, first):
    with open_index(tmp_path / "w") as index:
        put(index, first, *ASKED_BESIDE[language], language=language)

        assert found(index, asked)[0] == first


def test_a_compound_as_frequent_as_its_parts_is_left_whole(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, "Der Bahnhof ist zu.", "Die Bahn fährt.", "Der Hof liegt da.", language="de")

        assert found(index, "Bahnhof") == ["Der Bahnhof ist zu."]


def test_a_stem_with_accents_is_known_though_the_word_itself_stands_nowhere(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, "Mätningar görs varje dag.", "Vägen är stängd.", language="sv")

        assert found(index, "Vilken mätning görs?")[0] == "Mätningar görs varje dag."

"""The language of a document: that of its words, else what the file declares."""

from dataclasses import replace

import pytest
from builders_index import make_document
from builders_ingest import Bench

from ingest.chunking.cutting import MIN_LETTERS, language_of, with_language

TEXTS = {
    "en": "The station on the pass was built after the war, and it has been staffed ever since.",
    "de": "Die Station auf dem Pass wurde nach dem Krieg gebaut und ist seither immer besetzt.",
    "fr": "La station du col fut construite après la guerre, et elle est occupée depuis lors.",
    "es": "La estación del puerto se construyó después de la guerra y está ocupada desde entonces.",
    "it": "La stazione sul passo fu costruita dopo la guerra e da allora è sempre presidiata.",
    "pt": "A estação no passo foi construída depois da guerra e está ocupada desde então.",
    "nl": "Het station op de pas werd na de oorlog gebouwd en is sindsdien altijd bemand.",
    "ko": "고개에 있는 관측소는 전쟁이 끝난 뒤에 지어졌으며 그 이후로 항상 사람이 있습니다.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_document_is_in_the_language_of_its_words(language):
    assert language_of([TEXTS[language]]) == language


def test_the_words_tell_more_than_what_the_program_declared():
    declared = replace(make_document(TEXTS["de"]), language="en")
    short = replace(make_document("Schnee"), language="de")

    assert with_language(declared).language == "de"
    assert with_language(short).language == "de"
    assert with_language(make_document("Schnee")).language is None
    assert len("Schnee") < MIN_LETTERS


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    made.write("de.txt", TEXTS["de"])
    made.write("fr.txt", TEXTS["fr"])
    made.write("short.txt", "Schnee")
    return made


def languages(bench):
    with bench.open() as index:
        return {record.sources[0]: record.language for record in index.documents()}


def of_chunks(bench):
    with bench.open() as index:
        hits = index.search_lexical("station Schnee", k=9)
    return {hit.chunk.source: hit.chunk.language for hit in hits}


def test_an_ingest_tells_the_language_of_every_document_and_what_is_found_in_it(bench):
    bench.run()

    assert languages(bench) == {"de.txt": "de", "fr.txt": "fr", "short.txt": ""}
    assert of_chunks(bench) == {"de.txt": "de", "fr.txt": "fr", "short.txt": None}

"""Sentences that come from below, said in the language of who reads."""

import pytest

from pagelight.ui.html.language import speaking
from pagelight.ui.html.sentences import explained, translated
from rag.errors import PagelightError, SourceError


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("The link leads nowhere.", "El enlace no lleva a ninguna parte."),
        ("Waiting: 3 before you …", "En espera: 3 antes que usted …"),
        (
            "a.pdf is damaged and could not be repaired. Get a copy without protection.",
            "a.pdf está dañado y no se pudo reparar. Consiga una copia sin protección.",
        ),
        (
            "The file holds unknown binary data. Read are PDF (pdf).",
            "El archivo contiene datos binarios desconocidos. Se leen: PDF (pdf).",
        ),
        (
            "Searched again for “snow. of 1999”: a.pdf, page 3",
            "Se buscó de nuevo «snow. of 1999»: a.pdf, page 3",
        ),
        (
            "Found by its words (2nd) and by meaning (13th).",
            "Encontrado por sus palabras (puesto 2) y por el sentido (puesto 13).",
        ),
        ("Searched again for “snow”: nothing", "Se buscó de nuevo «snow»: nada"),
        (
            "Only the first 1,000 pages were read; RAG_PAGE_LIMIT sets how many.",
            "Solo se leyeron las primeras 1.000 páginas; RAG_PAGE_LIMIT fija cuántas.",
        ),
    ],
)
def test_a_sentence_is_said_with_its_values(english, spanish):
    assert translated(english) == english
    with speaking("es"):
        assert translated(english) == spanish


def test_beside_a_sentence_that_is_not_known_the_others_are_said():
    with speaking("de"):
        told = translated("The moon is 1,234 cheeses. Get an intact copy of it.")

    assert told == "The moon is 1,234 cheeses. Besorgen Sie eine unversehrte Kopie."


def test_an_error_is_explained_whether_its_values_were_kept_or_not():
    kept = PagelightError("The file has over {n} MB.", hint="Raise RAG_FILE_MB.", n=1000)
    filled = SourceError("The file has 1,000 MB; the limit is 500 MB.", hint="Raise RAG_FILE_MB.")

    with speaking("de"):
        assert explained(kept) == "Die Datei hat über 1.000 MB. Erhöhen Sie RAG_FILE_MB."
        assert explained(filled) == (
            "Die Datei hat 1.000 MB; die Grenze ist 500 MB. Erhöhen Sie RAG_FILE_MB."
        )

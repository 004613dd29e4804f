"""The page in the language of who reads: the catalogues have every word, and no other."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import UndefinedError
from jinja2.ext import babel_extract
from markupsafe import Markup

import pagelight
import rag
from pagelight.ui.chat.routes import time_text
from pagelight.ui.language import (
    LANGUAGES,
    catalogue,
    chosen,
    explained,
    known,
    say,
    say_count,
    say_number,
    speaking,
    translated,
)
from pagelight.ui.templating import environment, render
from rag.errors import PagelightError, SourceError
from rag.pipeline.engine.stages import across_languages
from rag.refusal import NOT_HELD, NOTHING_FOUND

ROOT = Path(pagelight.__file__).parent
SAYING = {"key": None, "say": None, "say_count": (2, 3), "_": None, "ngettext": (1, 2)}
SCRIPT = {"say": None, "sayCount": (2, 3)}
FOLDERS_OF_ANSWERS = "attachments generation pipeline retrieval summarization understanding".split()
MODULES_OF_ANSWERS = ["refusal.py", *(f"{folder}/**/*.py" for folder in FOLDERS_OF_ANSWERS)]
SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]* [^\n]*[.:]").fullmatch
FIELDS = re.compile(r"\{\w+\}")
OTHERS = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same_in_every_language(language):
    for english, told in catalogue(language).items():
        assert sorted(FIELDS.findall(english)) == sorted(FIELDS.findall(told)), english
        assert told.strip() == told != ""
        assert not set(told) & set('<>"'), told  # it stands in attributes too


def test_every_language_has_the_same_words():
    assert len({frozenset(catalogue(language)) for language in OTHERS}) == 1


def said():
    """Yield each sentence, and the file that says it."""
    for methods, keywords in (
        ([("**.py", "python")], SAYING),
        ([("**.html", babel_extract)], SAYING),
        ([("**.js", "javascript")], SCRIPT),
    ):
        options = {"**.html": {"extensions": "jinja2.ext.i18n", "trimmed": "true"}}
        found = extract_from_dir(ROOT, methods, options, keywords)
        for name, _line, messages, *_ in found:
            for message in (messages,) if isinstance(messages, str) else messages:
                if not name.endswith(("ui/language.py", "shell/language.js")):
                    yield message, name


def test_every_sentence_of_the_page_is_in_the_catalogues():
    words = catalogue("de")
    missing = {message: name for message, name in said() if message and message not in words}

    assert not missing


def test_nobody_is_told_of_lettering():
    told = {*catalogue("de"), *(message for message, _ in said())}

    assert not [words for words in told if "lettering" in words.casefold()]


def test_what_answers_say_of_themselves_is_in_the_catalogues():
    said = [text for modules in MODULES_OF_ANSWERS for text in constants(modules)]
    said = [text for text in said if isinstance(text, str) and SENTENCE(text)]
    former = {NOT_HELD}  # only in conversations that were kept

    assert len(said) > 30
    assert set(said) - former <= set(catalogue("it"))


def constants(modules):
    """Yield the strings that modules of the package `rag`, by a pattern, have as constants."""
    for path in Path(rag.__file__).parent.glob(modules):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant):
                yield node.value.value


def test_words_are_said_in_the_language_that_is_spoken():
    assert say("Copy") == "Copy"
    with speaking("de"):
        assert say("{n} of {count}", n=2, count=3) == "2 von 3"
        assert say_count(1, "{n} source.", "{n} sources.") == "1 Quelle."
        assert known("Snow fell.") == "Snow fell."
        assert known(NOTHING_FOUND) != NOTHING_FOUND
    assert say("Copy") == "Copy"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "nl,fr;q=0.5", "fr"),
        ("", "nl", "en"),
        ("", "*", "en"),
        ("a=b; language=es", "de", "es"),
        ("language=xx", "de", "de"),
        ("language=../en; \x00", "fr-CH", "fr"),
    ],
)
def test_the_language_is_the_chosen_one_or_that_of_the_browser(cookie, accepted, language):
    assert chosen(cookie=cookie, accepted=accepted) == language


def test_numbers_have_the_marks_of_the_language():
    assert say_number(1234.5, places=1) == "1,234.5"
    with speaking("de"):
        assert say_number(1234) == "1.234"
        assert say_number(6.14, places=1) == "6,1"


def test_days_and_times_are_told_as_the_language_has_them():
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    then = datetime(2026, 3, 5, 9, 30, tzinfo=UTC).timestamp()

    assert time_text(then, now) == "5 Mar"
    with speaking("de"):
        assert time_text(then, now) == "5. März"
    with speaking("fr"):
        assert time_text(now.timestamp(), now) == "15:00"


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
        (
            "Install LibreOffice, or save the file as .docx.",
            "Instale LibreOffice o guarde el archivo como .docx.",
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


def test_which_model_would_find_more_is_said_as_it_is_said_in_english():
    with speaking("es"):
        told = translated(across_languages())

    assert told.startswith("El modelo multilingual-e5-small (72 MB) los encontraría")


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


def filled(template, **values):
    return environment().from_string(template).render(**values)


def test_what_is_filled_in_is_shown_not_obeyed():
    assert render("remark.html", text="<b>\x07\n") == '<p class="remark">&lt;b&gt;\ufffd&#10;</p>'
    assert render("remark.html", text=Markup("<b>")) == '<p class="remark"><b></p>'
    with pytest.raises(UndefinedError):
        render("remark.html")


def test_sentences_are_said_in_the_language_of_who_reads_their_values_escaped():
    assert filled('{{ _("Here now:") }} {{ _("Use {name} now", name=n) }}', n="<a>") == (
        "Here now: Use &lt;a&gt; now"
    )
    with speaking("de"):
        told = filled('{{ ngettext("{n} page", "{n} pages", n) }}, {{ number(n) }}', n=1234)
    assert told == "1.234 Seiten, 1.234"

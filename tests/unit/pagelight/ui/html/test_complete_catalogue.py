"""Every sentence that the page says stands in the catalogues."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from jinja2.ext import babel_extract

import pagelight
from pagelight.ui.html.language import catalogue

ROOT = Path(pagelight.__file__).parent
SAYING = {"key": None, "say": None, "say_count": (2, 3), "_": None, "ngettext": (1, 2)}
SCRIPT = {"say": None, "sayCount": (2, 3)}


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
                if not name.endswith(("html/language.py", "shell/language.js")):
                    yield message, name


def test_every_sentence_of_the_page_is_in_the_catalogues():
    known = catalogue("de")
    missing = {message: name for message, name in said() if message and message not in known}

    assert not missing
